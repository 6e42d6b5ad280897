"""Carts count in minor units and know what order came of them; subscriptions run from day to day."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hub import CartRecord, OrderRecord, SubscriptionRecord

Shop = Any

AT = datetime(2024, 1, 1, 9, tzinfo=UTC)
SECONDS = int(AT.timestamp())
DAY = (date(2024, 9, 1) - date(1970, 1, 1)).days


def cart(identifier: str, **more: Any) -> CartRecord:
    return CartRecord(id=identifier, customer="1", changed_at=AT, total=Decimal("12.345"), **more)


def test_carts_are_kept_in_minor_units_of_their_currency(shop: Shop) -> None:
    carts = [cart("1"), cart("2", currency="jpy"), cart("3", currency="TND")]
    assert shop.bring(*carts).inserted == {"carts": 3, "customers": 1}
    assert shop.stays(*carts)
    stored = shop.rows("SELECT external_id, currency, total, changed_at, order_id FROM carts ORDER BY 1")
    assert stored == [
        ("1", "EUR", 1235, SECONDS, None),
        ("2", "JPY", 12, SECONDS, None),
        ("3", "TND", 12345, SECONDS, None),
    ]
    shop.bring(cart("4"))
    assert shop.rows("SELECT currency FROM carts WHERE external_id = '4'") == [("EUR",)]


def test_a_cart_becomes_an_order(shop: Shop) -> None:
    shop.bring(cart("c"))
    order = OrderRecord(id="o", customer="1", ordered_at=AT, total=Decimal(5))
    assert shop.bring(order, cart("c", order="o")).updated["carts"] == 1
    linked = "SELECT o.external_id, c.revision FROM carts c JOIN orders o ON o.id = c.order_id"
    assert shop.rows(linked) == [("o", 2)]
    shop.bring(cart("c"))  # says nothing of an order
    assert shop.rows(linked) == [("o", 2)]


def test_each_cart_finds_its_own_order(shop: Shop) -> None:
    orders = [OrderRecord(id=name, customer="1", ordered_at=AT, total=Decimal(5)) for name in "abc"]
    shop.bring(*orders, *(cart(f"cart {name}", order=name) for name in "abc"))
    found = shop.rows("SELECT c.external_id, o.external_id FROM carts c JOIN orders o ON o.id = c.order_id")
    assert sorted(found) == [("cart a", "a"), ("cart b", "b"), ("cart c", "c")]


def test_a_cart_of_an_unknown_order_is_told(shop: Shop) -> None:
    row = {"id": "c", "customer": "1", "changed_at": AT, "total": Decimal(1), "order": None}
    report = shop.bring_rows("carts", row, row | {"id": "d", "customer": "2", "order": "lost"})
    reason = "order is not known: bring the order first, or leave it empty while the cart has none"
    assert shop.reasons(report) == [(3, "order", reason)]
    assert report.inserted == {"carts": 1, "customers": 1}


def test_subscriptions_run_from_day_to_day(shop: Shop) -> None:
    records = [
        SubscriptionRecord(id="s", customer="1", name="Premieres", starts_on=date(2024, 9, 1)),
        SubscriptionRecord(
            id="t", customer="2", name="Youth", starts_on=date(2024, 9, 1), ends_on=date(2024, 9, 1)
        ),
    ]
    assert shop.bring(*records).inserted == {"subscriptions": 2, "customers": 2}
    assert shop.stays(*records)
    stored = "SELECT external_id, name, starts_on, ends_on, revision FROM subscriptions ORDER BY 1"
    assert shop.rows(stored) == [("s", "Premieres", DAY, None, 1), ("t", "Youth", DAY, DAY, 1)]
    renewed = records[0].model_copy(update={"ends_on": date(2024, 9, 11)})
    assert shop.bring(renewed.model_validate(renewed.model_dump())).updated == {"subscriptions": 1}
    assert shop.rows(stored)[0] == ("s", "Premieres", DAY, DAY + 10, 3)


def test_a_subscription_that_ends_before_it_starts_is_told(shop: Shop) -> None:
    row = {"id": "s", "customer": "1", "name": "Youth", "starts_on": date(2024, 9, 1)}
    report = shop.bring_rows("subscriptions", row | {"ends_on": date(2024, 8, 31)}, row | {"id": "t"})
    assert shop.reasons(report) == [(2, "ends_on", "ends_on is before starts_on")]
    assert report.inserted == {"subscriptions": 1, "customers": 1}
