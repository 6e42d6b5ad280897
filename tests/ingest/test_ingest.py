"""Facts come in once, whole and checked; a bad row is told and the rest goes on."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa

from hub import (
    Batch,
    ConsentRecord,
    CustomerRecord,
    EventRecord,
    IntegratorError,
    OrderLineRecord,
    OrderRecord,
    ProductRecord,
    TagRecord,
)
from hub.core.ingest.ingest import Ingest
from hub.core.ingest.report import IngestReport
from hub.core.store.database import Database
from hub.core.store.tables import Organisation

DAY = datetime(2024, 1, 1, 9, tzinfo=UTC)
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def ingest(database: Database, organisation: Organisation) -> Ingest:
    return Ingest(database, organisation, "shop", lambda: NOW)


def bring(ingest: Ingest, *batches: Batch) -> IngestReport:
    return list(ingest.store(batches))[-1]


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_the_same_again_changes_nothing(database: Database, ingest: Ingest) -> None:
    batch = Batch.of(
        CustomerRecord(id="1", email="a@example.com", country="de"),
        EventRecord(id="e", title="Nabucco", category="opera", venue="Hall", production="Nabucco"),
        ProductRecord(id="p", category="books"),
        OrderRecord(id="o", customer="1", ordered_at=DAY, total=Decimal("12.30")),
        OrderLineRecord(id="1", order="o", event="e", quantity=2),
        ConsentRecord(customer="1", permission="newsletter"),
        TagRecord(customer="1", tag="vip"),
    )
    first = bring(ingest, batch)
    assert dict(first.inserted) == {
        "customers": 1, "events": 1, "products": 1, "orders": 1, "order_lines": 1, "consents": 1, "tags": 1,
    }  # fmt: skip
    again = bring(ingest, batch)
    assert sum(again.inserted.values()) == sum(again.updated.values()) == 0
    assert sum(again.unchanged.values()) == 7
    assert rows(database, "SELECT DISTINCT revision FROM orders") == [(1,)]


def test_only_what_differs_gets_a_new_revision(database: Database, ingest: Ingest) -> None:
    bring(ingest, Batch.of(CustomerRecord(id="1", city="Ulm"), CustomerRecord(id="2", city="Ulm")))
    report = bring(ingest, Batch.of(CustomerRecord(id="1", city="Ulm"), CustomerRecord(id="2", city="Bonn")))
    assert (report.updated["customers"], report.unchanged["customers"]) == (1, 1)
    assert rows(database, "SELECT external_id, city, revision FROM customers ORDER BY 1") == [
        ("1", "Ulm", 1),
        ("2", "Bonn", 2),
    ]


def test_what_a_batch_does_not_speak_of_is_left_alone(database: Database, ingest: Ingest) -> None:
    bring(ingest, Batch.of(CustomerRecord(id="1", email="a@example.com", city="Ulm")))
    bring(ingest, Batch.of(CustomerRecord(id="1", city=None, phone="1")))
    assert rows(database, "SELECT email, city, phone FROM customers") == [("a@example.com", None, "1")]


def test_an_order_makes_its_unknown_customer(database: Database, ingest: Ingest) -> None:
    report = bring(ingest, Batch.of(OrderRecord(id="o", customer="new", ordered_at=DAY, total=Decimal(1))))
    assert report.inserted["customers"] == 1
    assert rows(database, "SELECT external_id FROM customers") == [("new",)]


def test_the_last_of_rows_with_one_key_holds(database: Database, ingest: Ingest) -> None:
    bring(ingest, Batch.of(*(CustomerRecord(id="1", city=city) for city in ("Ulm", "Bonn", "Kiel"))))
    assert rows(database, "SELECT city FROM customers") == [("Kiel",)]


def test_ids_of_two_sources_are_two_customers(database: Database, organisation: Organisation) -> None:
    for source in ("shop", "till"):
        bring(Ingest(database, organisation, source), Batch.of(CustomerRecord(id="1")))
    assert len(rows(database, "SELECT number FROM customers")) == 2


def test_money_is_kept_in_minor_units_of_its_currency(database: Database, ingest: Ingest) -> None:
    orders = [
        OrderRecord(id=code, customer="1", ordered_at=DAY, total=Decimal("12.345"), currency=code)
        for code in ("EUR", "JPY", "TND")
    ]
    bring(ingest, Batch.of(*orders))
    assert rows(database, "SELECT currency, total FROM orders ORDER BY 1") == [
        ("EUR", 1235),
        ("JPY", 12),
        ("TND", 12345),
    ]


def test_bad_rows_are_told_with_their_line_and_the_rest_goes_on(database: Database, ingest: Ingest) -> None:
    orders = pa.table(
        {
            "id": ["1", None, "3", "4", "5"],
            "customer": ["a", "a", "a", "a", "x" * 300],
            "ordered_at": pa.array([DAY] * 5, pa.timestamp("us", tz="UTC")),
            "total": pa.array([Decimal(5), Decimal(5), Decimal(-5), Decimal(5), Decimal(5)], pa.decimal128(18, 4)),
            "status": ["paid", "paid", "paid", "lost", None],
            "line": [2, 3, 4, 5, 6],
        }
    )
    lines = pa.table({"id": ["1", "1"], "order": ["1", "unknown"], "line": [2, 9]})
    report = bring(ingest, Batch({"orders": orders, "order_lines": lines}))
    assert [(row.line, row.field) for row in report.rejected] == [
        (3, "id"),
        (4, "total"),
        (5, "status"),
        (6, "customer"),
        (9, "order"),
    ]
    assert rows(database, "SELECT external_id FROM orders") == [("1",)]


def test_the_log_of_consents_grows_only_with_news(database: Database, ingest: Ingest) -> None:
    given = Batch.of(ConsentRecord(customer="1", permission="newsletter"))
    withdrawn = Batch.of(ConsentRecord(customer="1", permission="newsletter", given=False))
    dated = Batch.of(ConsentRecord(customer="1", permission="newsletter", at=DAY, place="order"))
    for batch in (given, given, dated, dated, withdrawn, given):
        bring(ingest, batch)
    log = rows(database, "SELECT given, at, place FROM consents ORDER BY id")
    now = int(NOW.timestamp())
    assert [(bool(given), at, place) for given, at, place in log] == [
        (True, now, None),
        (True, int(DAY.timestamp()), "order"),
        (False, now, None),
    ]


def test_every_row_of_a_table_counts(database: Database, ingest: Ingest) -> None:
    tags = [TagRecord(customer=str(number % 7), tag=f"tag {number % 3}") for number in range(21)]
    assert bring(ingest, Batch.of(*tags)).inserted == {"tags": 21, "customers": 7}
    consents = [ConsentRecord(customer=str(number), permission="news") for number in range(9)]
    assert bring(ingest, Batch.of(*consents)).inserted == {"consents": 9, "customers": 2}


def test_no_row_is_left_pointing_nowhere(
    sqlite_url: str, make_theatre: Callable[[Database], Organisation]
) -> None:
    """Foreign keys are not checked while facts are merged, so the merges themselves must keep them."""
    database = Database(sqlite_url)
    ingest = Ingest(database, make_theatre(database), "shop")
    orders = [OrderRecord(id=str(n), customer=str(n % 5), ordered_at=DAY, total=Decimal(n)) for n in range(20)]
    lines = [
        OrderLineRecord(id="1", order=str(n), event=f"e{n % 3}", product=None if n % 2 else "p", category="c")
        for n in range(25)
    ]
    bring(ingest, Batch.of(*orders, *lines, TagRecord(customer="9", tag="t"), EventRecord(id="e1", venue="v")))
    assert rows(database, "PRAGMA foreign_key_check") == []
    assert rows(database, "PRAGMA foreign_keys") == [(1,)]
    database.close()


def test_a_cursor_is_kept_with_its_batch(ingest: Ingest) -> None:
    assert ingest.cursor() is None
    bring(ingest, Batch.of(CustomerRecord(id="1"), cursor="page 2"), Batch.of(CustomerRecord(id="2")))
    assert ingest.cursor() == "page 2"


def test_trying_out_counts_and_leaves_nothing(database: Database, ingest: Ingest) -> None:
    batches = [Batch.of(CustomerRecord(id="1")), Batch.of(CustomerRecord(id="1"), CustomerRecord(id="2"))]
    report = ingest.try_out(batches)
    assert (report.dry_run, report.inserted["customers"]) == (True, 2)
    assert rows(database, "SELECT * FROM customers") == []
    assert rows(database, "SELECT value FROM revision") == [(0,)]


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ({"people": pa.table({"id": ["1"]})}, "unknown kind 'people'"),
        ({"customers": pa.table({"id": ["1"], "shoe": ["9"]})}, "no column 'shoe'"),
        ({"customers": pa.table({"email": ["a@example.com"]})}, "need the column 'id'"),
        ({"customers": pa.table({"id": ["1"], "born_on": ["soon"]})}, "wrong type"),
    ],
)
def test_a_source_that_breaks_its_contract_is_named(ingest: Ingest, tables: dict[str, Any], sentence: str) -> None:
    with pytest.raises(IntegratorError, match=f"(?s)'shop'.*{sentence}"):
        bring(ingest, Batch(tables))
