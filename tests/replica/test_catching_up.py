"""A replica that follows step by step holds what one built at once holds, whatever happened."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.records import (
    Batch,
    ConsentChannel,
    ConsentRecord,
    CustomerRecord,
    EventRecord,
    OrderLineRecord,
    OrderRecord,
    OrderStatus,
    ProductRecord,
    Record,
    TagRecord,
)
from hub.core.contracts.relations import COLUMNS
from hub.core.engines.duckdb import DuckDBEngine
from hub.core.ingest.ingest import Ingest
from hub.core.replica import catching_up
from hub.core.replica.replica import Replica
from hub.core.store.database import Database
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.tables import Organisation

TABLES = tuple(COLUMNS)
NAMES = st.sampled_from(["a", "b", "c"])
TIMES = st.integers(0, 40).map(lambda days: datetime(2024, 3, 1 + days % 28, 12 + days // 28, tzinfo=UTC))

RECORDS = st.one_of(
    st.builds(CustomerRecord, id=NAMES, country=st.sampled_from(["DE", None]), city=st.just("Köln") | st.none()),
    st.builds(
        OrderRecord, id=NAMES, customer=NAMES, ordered_at=TIMES, total=st.integers(0, 50).map(Decimal),
        currency=st.sampled_from([None, "EUR", "DKK"]), status=st.sampled_from(OrderStatus),
    ),
    st.builds(
        OrderLineRecord, id=NAMES, order=NAMES, event=st.none() | NAMES, product=st.none() | NAMES,
        category=st.none() | NAMES, quantity=st.integers(0, 4),
    ),
    st.builds(EventRecord, id=NAMES, category=st.none() | NAMES),
    st.builds(ProductRecord, id=NAMES, category=st.none() | NAMES),
    st.builds(
        ConsentRecord, customer=NAMES, permission=st.just("newsletter"), channel=st.sampled_from(ConsentChannel),
        given=st.booleans(), at=TIMES,
    ),
    st.builds(TagRecord, customer=NAMES, tag=NAMES),
)  # fmt: skip
STEPS = st.lists(st.lists(RECORDS, max_size=8) | st.integers(1, 4), min_size=1, max_size=6)


def contents(replica: Replica) -> dict[str, list[str]]:
    replica.refresh()
    return {table: sorted(repr(row) for row in replica.rows(f"FROM {table}")) for table in TABLES}


@given(steps=STEPS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_following_equals_building(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    make_theatre: Callable[[Database], Organisation],
    steps: list[list[Record] | int],
) -> None:
    folder = tmp_path_factory.mktemp("following")
    (folder / "hub.sqlite").write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{folder / 'hub.sqlite'}")
    theatre = make_theatre(database)
    following = Replica(database, theatre, None)
    for step in steps:
        if isinstance(step, int):
            with database.writing() as connection:
                erase_customers(connection, [step])
        else:
            list(Ingest(database, theatre, "test").store([Batch.of(*step)]))
        following.refresh()
    built = Replica(database, theatre, None)
    assert contents(following) == contents(built)
    following.close()
    built.close()
    database.close()


@pytest.mark.parametrize("many_rows", [0, 20_000])
def test_every_reader_on_both_databases_fills_a_replica_alike(
    database: Database, organisation: Organisation, many_rows: int
) -> None:
    records = [
        CustomerRecord(
            id="1", country="de", city="Köln", latitude=50.9, registered_at=datetime(2020, 1, 2, tzinfo=UTC)
        ),
        CustomerRecord(id="2"),
        OrderRecord(id="o1", customer="1", ordered_at=datetime(2024, 1, 1, tzinfo=UTC), total=Decimal("12.50")),
        OrderRecord(
            id="o2",
            customer="1",
            ordered_at=datetime(2024, 1, 2, tzinfo=UTC),
            total=Decimal(9),
            status=OrderStatus.CANCELLED,
        ),
        OrderLineRecord(id="1", order="o1", event="e1", quantity=2),
        EventRecord(id="e1", category="opera"),
        ConsentRecord(customer="1", permission="newsletter", at=datetime(2024, 1, 1, tzinfo=UTC)),
        TagRecord(customer="2", tag="vip"),
    ]
    list(Ingest(database, organisation, "test").store([Batch.of(*records)]))
    replica = Replica(database, organisation, None, many_rows)
    replica.refresh()
    traits = (
        "SELECT country, city, latitude, registered_at, orders, tickets, revenue, last_purchase_at FROM traits"
    )
    assert sorted(replica.rows(traits), key=repr) == [
        ("DE", "Köln", 50.9, 1577923200, 1, 2, 1250, 1704067200),
        (None, None, None, None, 0, 0, 0, None),
    ]
    lines = "SELECT external_id, l.category, quantity FROM lines l JOIN events e ON e.id = l.event"
    assert replica.rows(lines) == [("e1", "opera", 2)]
    assert replica.rows("SELECT permission, channel, given FROM consents") == [("newsletter", "email", True)]
    replica.close()


def test_a_few_changes_are_read_without_the_bulk_reader(database: Database, organisation: Organisation) -> None:
    ingest = Ingest(database, organisation, "test")
    list(ingest.store([Batch.of(CustomerRecord(id="1", latitude=1.5), CustomerRecord(id="2"))]))
    replica = Replica(database, organisation, None)
    first = replica.refresh()
    list(ingest.store([Batch.of(CustomerRecord(id="2", country="DK"))]))
    second = replica.refresh()
    assert second > first
    with DuckDBEngine(replica, 2).snapshot(Calendar(date(2024, 6, 1), ZoneInfo("Europe/Berlin"))) as snapshot:
        changed = snapshot.changed_since(first)
        assert changed is not None
        assert changed.numbers().tolist() == [2]
        assert snapshot.changed_since(0) is None
    assert sorted(replica.rows("SELECT latitude, country FROM traits"), key=repr) == [(1.5, None), (None, "DK")]
    replica.close()


def test_a_large_import_reaches_every_derived_table(database: Database, organisation: Organisation) -> None:
    """DuckDB 2.0 loses rows when a transaction inserts into a table more than a row group, nothing, then a few."""
    many = 130_000
    ingest = Ingest(database, organisation, "test")
    list(ingest.store([Batch.of(CustomerRecord(id="first"))]))
    replica = Replica(database, organisation, None)
    replica.refresh()
    names = [f"c{number}" for number in range(many)]
    list(ingest.store([Batch({"customers": pa.table({"id": names})})]))
    list(ingest.store([Batch.of(TagRecord(customer="c1", tag="vip"))]))
    revision = replica.refresh()
    built = Replica(database, organisation, None)
    for one in (replica, built):
        assert one.refresh() == revision
        assert one.rows("SELECT count(*) FROM traits") == [(many + 1,)]
    replica.close()
    built.close()


def test_a_replica_of_another_version_is_built_anew(
    database: Database, organisation: Organisation, tmp_path: Path
) -> None:
    list(Ingest(database, organisation, "test").store([Batch.of(CustomerRecord(id="1"))]))
    file = tmp_path / "replica.duckdb"
    with duckdb.connect(str(file)) as other:
        other.execute("CREATE TABLE meta (layout INTEGER); INSERT INTO meta VALUES (0)")
        other.execute("CREATE TABLE traits (number INTEGER); INSERT INTO traits VALUES (7)")
    replica = Replica(database, organisation, file)
    replica.refresh()
    assert replica.rows("SELECT number, orders FROM traits") == [(1, 0)]
    replica.close()


def test_what_is_written_while_changes_are_counted_is_copied_too(
    database: Database, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest = Ingest(database, organisation, "test")
    list(ingest.store([Batch.of(CustomerRecord(id="1"))]))
    replica = Replica(database, organisation, None)
    replica.refresh()
    counted = catching_up.pending

    def interrupted(*asked: Any) -> catching_up.Pending:
        found = counted(*asked)
        list(ingest.store([Batch.of(TagRecord(customer="1", tag="vip"))]))
        return found

    list(ingest.store([Batch.of(CustomerRecord(id="1", country="DK"))]))
    monkeypatch.setattr("hub.core.replica.replica.pending", interrupted)
    replica.refresh()
    assert replica.rows("SELECT country FROM traits") == [("DK",)]
    assert replica.rows("SELECT tag FROM tags") == [("vip",)]
    replica.close()
