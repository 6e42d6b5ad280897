"""What becomes of Mailchimp's rows: statuses, amounts, times, consents; and what is refused with a reason."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from .conftest import MakeShop
from .shop import Shop, line

Tables = Mapping[str, list[dict[str, Any]]]


@pytest.fixture
def mug(shop: Shop) -> Shop:
    shop.product("mug", type="merchandise")
    shop.customer("ada")
    return shop


def read(make_shop: MakeShop, **settings: Any) -> tuple[Tables, list[tuple[str, str]]]:
    tables: dict[str, list[dict[str, Any]]] = {}
    rejected = []
    for batch in make_shop(**settings).read(None):
        rejected += [(row.field, row.reason) for row in batch.rejected]
        for kind, table in batch.tables.items():
            tables.setdefault(kind, []).extend(table.to_pylist())
    return tables, rejected


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "paid"),
        ({"financial_status": "paid", "fulfillment_status": "shipped"}, "completed"),
        ({"financial_status": "PENDING"}, "pending"),
        ({"financial_status": "refunded", "fulfillment_status": "shipped"}, "refunded"),
        ({"financial_status": "partially_refunded"}, "paid"),
        ({"financial_status": "cancelled"}, "cancelled"),
        ({"financial_status": "paid", "cancelled_at_foreign": "2024-05-02T00:00:00Z"}, "cancelled"),
    ],
)
def test_statuses(mug: Shop, make_shop: MakeShop, fields: dict[str, str], status: str) -> None:
    mug.order("1", "ada", **fields)
    assert read(make_shop)[0]["orders"][0]["status"] == status


def test_an_order_with_its_lines(mug: Shop, make_shop: MakeShop) -> None:
    lines = [line("a", "mug", 3, 19.99, 10), line("b", "mug", 1, 0.1)]
    mug.order("1", "ada", order_total=50.07, currency_code="dkk", lines=lines)
    tables, rejected = read(make_shop)
    assert rejected == []
    order = tables["orders"][0]
    assert order["ordered_at"] == datetime(2024, 5, 1, 8, tzinfo=UTC)
    assert (order["customer"], order["total"], order["currency"]) == ("ada", Decimal("50.07"), "DKK")
    assert [(row["product"], row["quantity"], row["total"]) for row in tables["order_lines"]] == [
        ("mug", 3, Decimal("49.97")),
        ("mug", 1, Decimal("0.10")),
    ]
    assert tables["products"] == [{"id": "mug", "name": "Mug", "category": "merchandise"}]


def test_a_customer_with_an_address(mug: Shop, make_shop: MakeShop) -> None:
    address = {
        "address1": "Am Ufer 1",
        "address2": "",
        "city": "Ulm",
        "postal_code": "89073",
        "country_code": "DE",
    }
    mug.customer("ada", first_name=" Ada ", last_name="", address=address)
    found = read(make_shop)[0]["customers"][0]
    assert (found["first_name"], found["last_name"], found["email"]) == ("Ada", None, "ada@example.com")
    assert (found["street"], found["postcode"], found["city"], found["country"]) == (
        "Am Ufer 1",
        "89073",
        "Ulm",
        "DE",
    )


def test_an_opt_in_counts_from_when_the_customer_was_made(mug: Shop, make_shop: MakeShop) -> None:
    mug.customer("grace", opt_in_status=True)
    mug.spoil("customers", "grace", created_at="2024-01-01T00:00:00+00:00")
    consents = {row["customer"]: row for row in read(make_shop)[0]["consents"]}
    assert (consents["grace"]["given"], consents["grace"]["at"]) == (True, datetime(2024, 1, 1, tzinfo=UTC))
    assert (consents["ada"]["given"], consents["ada"]["at"]) == (False, None)
    assert "consents" not in read(make_shop, permission="")[0]


@pytest.mark.parametrize(
    ("kind", "wrong", "field", "words"),
    [
        ("orders", {"order_total": -1}, "total", "greater than or equal"),
        ("orders", {"order_total": "much"}, "total", "no amount"),
        ("orders", {"processed_at_foreign": None}, "ordered_at", "nobody knows when"),
        ("orders", {"processed_at_foreign": "soon"}, "ordered_at", "ISO 8601"),
        ("orders", {"lines": [line("", "mug")]}, "id", "at least 1"),
        ("customers", {"email_address": "x" * 400}, "email", "at most 320"),
        ("products", {"type": "x" * 300}, "category", "at most 200"),
        ("carts", {"order_total": -1}, "total", "greater than or equal"),
    ],
)
def test_a_bad_row_is_told_with_its_id_and_the_rest_goes_on(
    mug: Shop, make_shop: MakeShop, kind: str, wrong: dict[str, Any], field: str, words: str
) -> None:
    mug.customer("bad")
    mug.product("bad")
    for name in ("bad", "good"):
        mug.order(name, "ada")
        mug.cart(name, "ada")
    mug.spoil(kind, "bad", **wrong)
    tables, rejected = read(make_shop)
    assert [name for name, _ in rejected] == [field]
    assert rejected[0][1].startswith(f"{kind.removesuffix('s')} bad: ")
    assert words in rejected[0][1]
    assert "x" * 300 not in rejected[0][1]
    assert {row["id"] for row in tables["orders"]} >= {"good"}
    assert "bad" not in {row["id"] for row in tables[kind]}
