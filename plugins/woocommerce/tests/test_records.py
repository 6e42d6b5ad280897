"""What becomes of WooCommerce's rows: statuses, refunds, guests, times, consents; and what is refused, and why."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hub_woocommerce.orders import guest_id

from hub.testing.platforms.woocommerce import Shop
from hub.testing.platforms.woocommerce.listing import ORDER_STATUSES

from .conftest import MakeSource, line

Tables = Mapping[str, list[dict[str, Any]]]


def read(make_source: MakeSource, **settings: Any) -> tuple[Tables, list[tuple[str, str]]]:
    tables: dict[str, list[dict[str, Any]]] = {}
    rejected = []
    for batch in make_source(**settings).read(None):
        rejected += [(row.field, row.reason) for row in batch.rejected]
        for kind, table in batch.tables.items():
            tables.setdefault(kind, []).extend(table.to_pylist())
    return tables, rejected


STATUSES = {
    "pending": "pending",
    "on-hold": "pending",
    "processing": "paid",
    "completed": "completed",
    "cancelled": "cancelled",
    "failed": "cancelled",
    "refunded": "refunded",
}


def test_every_status_is_one_of_ours(shop: Shop, make_source: MakeSource) -> None:
    assert set(STATUSES) | {"checkout-draft"} == ORDER_STATUSES
    for number, status in enumerate(sorted(ORDER_STATUSES), 1):
        shop.order(number, 1, status=status)
    found = {row["id"]: row["status"] for row in read(make_source)[0]["orders"]}
    assert found == {
        str(number): STATUSES[status]
        for number, status in enumerate(sorted(ORDER_STATUSES), 1)
        if status != "checkout-draft"
    }


def test_a_status_of_a_plugin_is_as_set_or_as_paid(shop: Shop, make_source: MakeSource) -> None:
    shop.order(1, 1, status="packed")
    shop.order(2, 1, status="packed", date_paid=datetime(2024, 5, 1, tzinfo=UTC))
    assert [row["status"] for row in read(make_source)[0]["orders"]] == ["pending", "paid"]
    told = read(make_source, statuses={"packed": "completed"})[0]["orders"]
    assert [row["status"] for row in told] == ["completed", "completed"]


def test_an_order_with_lines_and_a_refund(shop: Shop, make_source: MakeSource) -> None:
    lines = [line(1, 7, 3, "49.97", "9.49"), line(2, 0, 0.5, "1.00")]
    shop.order(1, 5, total="60.46", currency="dkk", line_items=lines, created_via="pos-rest-api")
    shop.refund(1, "10.00")
    shop.refund(1, "0.46")
    tables, rejected = read(make_source)
    assert rejected == []
    order = tables["orders"][0]
    assert (order["customer"], order["total"], order["currency"]) == ("5", Decimal("50.00"), "DKK")
    assert (order["status"], order["sales_channel"]) == ("paid", "box_office")
    assert [(row["product"], row["quantity"], row["total"]) for row in tables["order_lines"]] == [
        ("7", 3, Decimal("59.46")),
        (None, 1, Decimal("1.00")),
    ]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "UTC"])
def test_times_are_right_wherever_the_shop_is(shop: Shop, make_source: MakeSource, zone: str) -> None:
    shop.time_zone = ZoneInfo(zone)
    moment = datetime(2024, 3, 10, 6, 59, 59, tzinfo=UTC)
    shop.order(1, 1, created=moment)
    shop.customer(1, created=moment)
    tables, _ = read(make_source)
    assert tables["orders"][0]["ordered_at"] == tables["customers"][0]["registered_at"] == moment


def test_a_guest_is_known_by_the_billing_address(shop: Shop, make_source: MakeSource) -> None:
    billing = {
        "email": "Ada@example.com",
        "first_name": "Ada",
        "country": "de",
        "address_1": "Am Ufer 1",
        "phone": "1",
    }
    shop.order(1, 0, billing=billing)
    shop.order(2, 0, billing={"email": " ada@EXAMPLE.com "})
    shop.customer(3, email="ada@example.com")
    tables, _ = read(make_source)
    assert {row["customer"] for row in tables["orders"]} == {guest_id("ada@example.com")}
    guests = [row for row in tables["customers"] if row["account_kind"] == "guest"]
    assert (guests[0]["email"], guests[0]["street"], guests[0]["country"]) == (
        "Ada@example.com",
        "Am Ufer 1",
        "DE",
    )
    assert {row["id"] for row in tables["customers"]} == {guest_id("ada@example.com"), "3"}
    assert "ada" not in guest_id("ada@example.com")


def test_accounts_are_customers_and_staff_is_not(shop: Shop, make_source: MakeSource) -> None:
    roles = ("customer", "subscriber", "wholesale_customer", "administrator", "shop_manager")
    for number, role in enumerate(roles, 1):
        shop.customer(number, role=role)
    shop.customer(
        9, role="administrator", is_paying_customer=True, billing={"first_name": "Ada", "phone": "+49 1"}
    )
    found = {row["id"]: row for row in read(make_source)[0]["customers"]}
    assert set(found) == {"1", "2", "3", "9"}
    assert (found["9"]["first_name"], found["9"]["phone"], found["9"]["account_kind"]) == (
        "Ada",
        "+49 1",
        "registered",
    )


def test_products_have_a_category(shop: Shop, make_source: MakeSource) -> None:
    none = {"id": 1, "name": "Uncategorized", "slug": "uncategorized"}
    shop.product(1, name="Mug", categories=[none, {"id": 2, "name": "Cups &amp; mugs", "slug": "cups"}])
    shop.product(2, name="Card", categories=[none])
    assert read(make_source)[0]["products"] == [
        {"id": "1", "name": "Mug", "category": "Cups & mugs"},
        {"id": "2", "name": "Card", "category": None},
    ]


def test_opt_ins(shop: Shop, make_source: MakeSource) -> None:
    def noted(value: object) -> list[dict[str, object]]:
        return [{"id": 1, "key": "_opt_in", "value": value}]

    moment = datetime(2024, 5, 1, tzinfo=UTC)
    for number, value in enumerate(("yes", "0", ""), 1):
        shop.customer(number, created=moment, meta_data=noted(value))
        shop.order(number, number, created=moment, meta_data=noted(value))
    assert "consents" not in read(make_source)[0]
    found = read(make_source, opt_in_field="_opt_in", permission="offers")[0]["consents"]
    assert [(row["customer"], row["given"], row["at"], row["place"]) for row in found] == [
        ("1", True, moment, "WooCommerce account"),
        ("2", False, None, "WooCommerce account"),
        ("1", True, moment, "WooCommerce order"),
    ]
    assert {row["permission"] for row in found} == {"offers"}


@pytest.mark.parametrize(
    ("kind", "wrong", "field", "words"),
    [
        ("order", {"total": "-1"}, "total", "greater than or equal"),
        ("order", {"total": "much"}, "total", "no amount"),
        ("order", {"created": None}, "ordered_at", "nobody knows when"),
        ("order", {"customer_id": 0}, "customer", "no billing email"),
        ("order", {"line_items": [line(1, 1, -2, "x")]}, "total", "no amount"),
        ("order", {"line_items": [line(0, 1)]}, "id", "no id"),
        ("customer", {"email": "x" * 400}, "email", "at most 320"),
        ("product", {"name": "x" * 600}, "name", "at most 500"),
    ],
)
def test_a_bad_row_is_told_with_its_id_and_the_rest_goes_on(
    shop: Shop, make_source: MakeSource, kind: str, wrong: dict[str, Any], field: str, words: str
) -> None:
    for number in (1, 2):
        shop.customer(number)
        shop.product(number)
        shop.order(number, 1)
    getattr(shop, kind)(2, **wrong)
    tables, rejected = read(make_source)
    assert [name for name, _ in rejected] == [field]
    assert rejected[0][1].startswith(f"{kind} 2: ")
    assert words in rejected[0][1]
    assert "xxx" not in rejected[0][1]
    assert [row["id"] for row in tables[f"{kind}s"]] == ["1"]
