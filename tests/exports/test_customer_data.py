"""Customer data comes back from its files as it was, whatever the texts are."""

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from hub import (
    CompanyRecord,
    ConsentRecord,
    CustomerRecord,
    CustomFieldRecord,
    CustomFieldType,
    CustomValueRecord,
    EventRecord,
    OrderLineRecord,
    OrderRecord,
    Record,
    TagRecord,
)
from hub.core.contracts.errors import NotFound
from hub.core.exports import data as exporting
from hub.core.store.database import Database
from tests.exports.conftest import Place
from tests.exports.invented import histories

NewPlace = Callable[[], AbstractContextManager[Place]]

FACTS = {
    "customers": "SELECT s.name AS source, c.external_id AS key, c.*, p.external_id AS partner FROM customers c "
    "JOIN sources s ON s.id = c.source_id LEFT JOIN companies p ON p.id = c.company_id",
    "companies": "SELECT s.name AS source, c.* FROM companies c JOIN sources s ON s.id = c.source_id",
    "venues": "SELECT * FROM venues",
    "events": "SELECT e.*, c.name AS category, p.name AS production, v.name AS venue FROM events e LEFT JOIN "
    "categories c ON c.id = e.category_id LEFT JOIN productions p ON p.id = e.production_id LEFT JOIN venues v "
    "ON v.id = e.venue_id",
    "products": "SELECT p.*, c.name AS category FROM products p LEFT JOIN categories c ON c.id = p.category_id",
    "orders": "SELECT o.*, c.external_id AS customer FROM orders o JOIN customers c "
    "ON c.number = o.customer_number",
    "order_lines": "SELECT l.*, o.external_id AS of_order, e.external_id AS event, p.external_id AS product, "
    "c.name AS category FROM order_lines l JOIN orders o ON o.id = l.order_id LEFT JOIN events e ON e.id = "
    "l.event_id LEFT JOIN products p ON p.id = l.product_id LEFT JOIN categories c ON c.id = l.category_id",
    "carts": "SELECT k.*, c.external_id AS customer, o.external_id AS came FROM carts k JOIN customers c ON "
    "c.number = k.customer_number LEFT JOIN orders o ON o.id = k.order_id",
    "subscriptions": "SELECT x.*, c.external_id AS customer FROM subscriptions x JOIN customers c "
    "ON c.number = x.customer_number",
    "consents": "SELECT x.*, c.external_id AS customer FROM consents x JOIN customers c "
    "ON c.number = x.customer_number",
    "identities": "SELECT x.*, c.external_id AS customer FROM identities x JOIN customers c "
    "ON c.number = x.customer_number",
    "tags": "SELECT t.name, c.external_id AS customer FROM customer_tags x JOIN customers c "
    "ON c.number = x.customer_number JOIN tags t ON t.id = x.tag_id",
    "groups": "SELECT t.name, c.external_id AS customer FROM customer_group_members x JOIN customers c "
    "ON c.number = x.customer_number JOIN customer_groups t ON t.id = x.group_id",
    "custom_fields": "SELECT * FROM custom_fields",
    "custom_values": "SELECT x.*, f.name AS field, c.external_id AS customer FROM custom_values x "
    "JOIN customers c ON c.number = x.customer_number JOIN custom_fields f ON f.id = x.field_id",
}
OWN = ("id", "number", "revision", "organisation_id")


def facts(database: Database) -> dict[str, list[str]]:
    """Everything that is stored of each kind, but for the store's own numbers."""
    found = {}
    with database.reading() as connection:
        for kind, query in FACTS.items():
            rows = connection.execute(sa.text(query)).mappings()
            found[kind] = sorted(
                repr({
                    name: value
                    for name, value in row.items()
                    if name == "external_id" or (name not in OWN and not name.endswith(("_id", "_number")))
                })
                for row in rows
            )  # fmt: skip
    return found


def cells(written: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written.decode(), newline="")))


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), histories())
def test_whatever_there_is_comes_back(new_place: NewPlace, first: list[Record], second: list[Record]) -> None:
    with new_place() as one, new_place() as other:
        one.bring("shop", *first)
        one.bring("Kasse/1", *(record for record in second if record.kind in ("customers", "orders", "consents")))
        written = one.files()
        other.take(written)
        assert facts(other.database) == facts(one.database)
        again = other.files()
        assert {path: content for path, (_, content) in again.items()} == {
            path: content for path, (_, content) in written.items()
        }


def test_it_comes_back_on_both_databases(place: Place, new_place: NewPlace) -> None:
    place.bring(
        "shop",
        CompanyRecord(id="ä", name="=Firma"),
        CompanyRecord(id="Z", name="'Firma"),
        CustomerRecord(id="C-1", first_name="two\nlines", phone="+49 30", company="ä", latitude=1e-7),
        CustomerRecord(id="c-1", last_name='","'),
        EventRecord(id="E", title="Hamlet", starts_at=datetime(2026, 1, 20, 18, tzinfo=UTC), venue="Saal"),
        OrderRecord(id="O", customer="C-1", ordered_at=datetime(2026, 1, 1, tzinfo=UTC), total=Decimal("12.5")),
        OrderRecord(
            id="Y",
            customer="C-1",
            ordered_at=datetime(2026, 1, 1, tzinfo=UTC),
            total=Decimal(1500),
            currency="JPY",
        ),
        OrderLineRecord(id="1", order="O", event="E", quantity=2),
        ConsentRecord(customer="c-1", permission="newsletter", at=datetime(2025, 1, 1, tzinfo=UTC), given=False),
        TagRecord(customer="C-1", tag="@friend"),
        CustomFieldRecord(name="Size", value_type=CustomFieldType.NUMBER),
        CustomValueRecord(customer="C-1", field="Size", value="-3,75"),
    )
    written = place.files()
    with new_place() as other:
        other.take(written)
        assert {path: content for path, (_, content) in other.files().items()} == {
            path: content for path, (_, content) in written.items()
        }
    assert list(written) == [
        "shop/companies.csv", "shop/customers.csv", "shop/venues.csv", "shop/events.csv", "shop/orders.csv",
        "shop/order_lines.csv", "shop/consents.csv", "shop/tags.csv", "shop/custom_fields.csv",
        "shop/custom_values.csv",
    ]  # fmt: skip
    rows = {path: cells(content) for path, (_, content) in written.items()}
    assert [row["id"] for row in rows["shop/companies.csv"]] == ["Z", "ä"]
    assert rows["shop/companies.csv"][1]["name"] == "'=Firma"
    assert [(row["id"], row["total"], row["currency"], row["line"]) for row in rows["shop/orders.csv"]] == [
        ("O", "12.50", "EUR", ""), ("Y", "1500", "JPY", ""),
    ]  # fmt: skip
    assert rows["shop/order_lines.csv"][0]["total"] == ""
    assert rows["shop/custom_values.csv"][0]["value"] == "-3.75"


def test_the_bulk_reader_writes_the_same(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.bring(
        "shop",
        *(CustomerRecord(id=f"{number}", email="a@example.com" if number % 3 else None) for number in range(50)),
        *(TagRecord(customer=f"{number}", tag="=x") for number in range(0, 50, 2)),
        CustomFieldRecord(name="Seat", value_type=CustomFieldType.CHOICE, choices="ä|b"),
        CustomValueRecord(customer="7", field="Seat", value="ä"),
    )
    few = {path: content for path, (_, content) in place.files().items()}
    monkeypatch.setattr(exporting, "MANY", 1)
    assert {path: content for path, (_, content) in place.files().items()} == few
    assert len(cells(few["shop/customers.csv"])) == 50


def test_purchases_can_be_left_out_and_a_file_be_had_alone(place: Place) -> None:
    place.bring(
        "shop",
        OrderRecord(id="O", customer="C", ordered_at=datetime(2026, 1, 1, tzinfo=UTC), total=Decimal(1)),
    )
    place.bring("till", CustomerRecord(id="C", email="other@example.com"))
    assert list(place.files(purchases=False)) == ["shop/customers.csv", "till/customers.csv"]
    assert b"".join(place.data.file("till", "customers")) == place.files()["till/customers.csv"][1]
    assert b"".join(place.data.file("till", "tags")) == b'"customer","tag"\n'
    with pytest.raises(NotFound, match="there is no source 'shup'; there are: shop, till"):
        place.data.file("shup", "tags")
    with pytest.raises(NotFound):
        place.data.files("shup")
