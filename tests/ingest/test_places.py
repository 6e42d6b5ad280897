"""References become places, places become ids, and the store says what the source said last."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from hub import Batch, CustomerRecord, OrderLineRecord, OrderRecord
from hub.core.ingest.ingest import Ingest
from hub.core.ingest.places import with_places
from hub.core.store.database import Database
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.staging import FIRST_NAME, NAME, names_of
from hub.core.store.tables import Organisation

_IDS = st.sampled_from(["a", "b", "c", "d", "ä", "10", "9"])
_DAY = datetime(2024, 1, 1, tzinfo=UTC)


def _texts(places: pa.ChunkedArray, own: pa.Table | None, names: pa.Table | None) -> list[str | None]:
    """What places stand for."""
    return [_text(place, own, names) for place in places.to_pylist()]


def _text(place: int | None, own: pa.Table | None, names: pa.Table | None) -> str | None:
    if place is None:
        return None
    table, column, row = (own, "id", place - 1) if place < FIRST_NAME else (names, NAME, place - FIRST_NAME)
    assert table is not None
    text: str = table[column][row].as_py()
    return text


@given(
    orders=st.dictionaries(_IDS, _IDS),
    lines=st.lists(st.tuples(_IDS, st.sampled_from("12"), st.none() | _IDS)),
    brings_orders=st.booleans(),
)
def test_places_stand_for_what_was_named(
    orders: dict[str, str], lines: list[tuple[str, str, str | None]], brings_orders: bool
) -> None:
    string = pa.string()
    tables = {
        "order_lines": pa.table(
            {
                "id": pa.array([line for _, line, _ in lines], string),
                "order": pa.array([order for order, _, _ in lines], string),
                "event": pa.array([event for _, _, event in lines], string),
            }
        )
    }
    if brings_orders:
        tables["orders"] = pa.table(
            {"id": pa.array(list(orders), string), "customer": pa.array(list(orders.values()), string)}
        )
    placed = with_places(tables)
    own = placed.get("orders")
    if own is not None:
        customers = _texts(own["customer"], None, placed.get(names_of("customers")))
        assert dict(zip(own["id"].to_pylist(), customers, strict=True)) == orders
    found = placed["order_lines"]
    named = _texts(found["order"], own, placed.get(names_of("orders")))
    events = _texts(found["event"], None, placed.get(names_of("events")))
    keys = list(zip(named, found["id"].to_pylist(), strict=True))
    assert len(set(keys)) == len(keys)
    assert dict(zip(keys, events, strict=True)) == {(order, line): event for order, line, event in lines}
    for kind in ("customers", "orders", "events"):
        if names := placed.get(names_of(kind)):
            texts = names[NAME].to_pylist()
            assert len(set(texts)) == len(texts) > 0


class _Model:
    """What the store should hold, kept in plain Python."""

    def __init__(self) -> None:
        self.customers: dict[str, tuple[str | None, int]] = {}
        self.orders: dict[str, tuple[str, int, int]] = {}
        self.lines: dict[tuple[str, str], tuple[str | None, int, int]] = {}

    def take(self, records: Sequence[CustomerRecord | OrderRecord | OrderLineRecord], revision: int) -> int:
        """Take a batch; return how many lines are refused."""
        last = {(type(record), *(getattr(record, name) for name in record.key)): record for record in records}
        refused = 0
        for one in (record for record in last.values() if isinstance(record, CustomerRecord)):
            _put(self.customers, one.id, (one.city,), revision)
        for order in (record for record in last.values() if isinstance(record, OrderRecord)):
            self.customers.setdefault(order.customer, (None, revision))
            former = self.orders.get(order.id, (order.customer,))[0]
            if former != order.customer:  # nothing that stays theirs would tell that they changed
                self.customers[former] = (self.customers[former][0], revision)
            _put(self.orders, order.id, (order.customer, int(order.total * 100)), revision)
        for line in (record for record in last.values() if isinstance(record, OrderLineRecord)):
            if line.order in self.orders:
                _put(self.lines, (line.order, line.id), (line.event, line.quantity), revision)
            else:
                refused += 1
        return refused


def _put(rows: dict[Any, Any], key: Any, values: tuple[Any, ...], revision: int) -> None:
    if key not in rows or rows[key][:-1] != values:
        rows[key] = (*values, revision)


def _records(random: Random) -> list[CustomerRecord | OrderRecord | OrderLineRecord]:
    def name(letter: str, most: int) -> str:
        return f"{letter}{random.randrange(most)}"

    customers = [CustomerRecord(id=name("c", 12), city=random.choice(["Ulm", "Bonn"])) for _ in range(3)]
    orders = [
        OrderRecord(id=name("o", 30), customer=name("c", 16), ordered_at=_DAY, total=Decimal(random.randrange(3)))
        for _ in range(random.choice([0, 8]))
    ]
    events = [None, "e1", "e2"]
    lines = [
        OrderLineRecord(
            id=name("", 3), order=name("o", 32), event=random.choice(events), quantity=random.randrange(3)
        )
        for _ in range(random.choice([0, 20]))
    ]
    return [*customers[: random.randrange(4)], *orders, *lines]


@pytest.mark.parametrize("seed", range(4))
def test_any_batches_leave_what_was_said_last(database: Database, organisation: Organisation, seed: int) -> None:
    random, model, ingest = Random(seed), _Model(), Ingest(database, organisation, "shop")
    for revision in range(1, 9):
        records = _records(random) or [CustomerRecord(id="c1", city="Ulm")]
        refused = model.take(records, revision)
        (report,) = ingest.store([Batch.of(*records)])
        assert len(report.rejected) == refused
    with database.reading() as connection:
        customers = connection.execute(sa.text("SELECT external_id, city, revision FROM customers"))
        assert {key: tuple(rest) for key, *rest in customers} == model.customers
        orders = connection.execute(
            sa.text(
                "SELECT o.external_id, c.external_id, o.total, o.revision "
                "FROM orders o JOIN customers c ON c.number = o.customer_number"
            )
        )
        assert {key: tuple(rest) for key, *rest in orders} == model.orders
        lines = connection.execute(
            sa.text(
                "SELECT o.external_id, l.external_id, e.external_id, l.quantity, l.revision FROM order_lines l "
                "JOIN orders o ON o.id = l.order_id LEFT JOIN events e ON e.id = l.event_id"
            )
        )
        assert {(order, line): tuple(rest) for order, line, *rest in lines} == model.lines


def test_numbers_are_dense_and_never_given_twice(database: Database, organisation: Organisation) -> None:
    ingest = Ingest(database, organisation, "shop")

    def bring(*ids: str) -> dict[str, int]:
        list(ingest.store([Batch.of(*(CustomerRecord(id=one) for one in ids))]))
        with database.reading() as connection:
            found = connection.execute(sa.text("SELECT external_id, number FROM customers"))
            return {row.external_id: row.number for row in found}

    assert bring("a", "b") == {"a": 1, "b": 2}
    assert bring("x", "b", "y", "a", "z") == {"a": 1, "b": 2, "x": 3, "y": 4, "z": 5}
    with database.writing() as connection:
        erase_customers(connection, [4, 5])
    assert bring("z", "x") == {"a": 1, "b": 2, "x": 3, "z": 6}


def test_a_text_of_white_space_is_none(database: Database, organisation: Organisation) -> None:
    batch = Batch.of(
        OrderRecord(id=" ", customer="a", ordered_at=_DAY, total=Decimal(1)),
        OrderRecord(id="1", customer=" \t", ordered_at=_DAY, total=Decimal(1)),
        OrderRecord(id="2 ", customer=" a", ordered_at=_DAY, total=Decimal(1)),
    )
    (report,) = Ingest(database, organisation, "shop").store([batch])
    assert [(row.reason, row.field) for row in report.rejected] == [
        ("id is empty", "id"),
        ("customer is empty", "customer"),
    ]
    assert report.inserted == {"orders": 1, "customers": 1}


def test_an_order_that_two_batches_share_costs_no_more_than_others(
    sqlite_url: str, make_theatre: Callable[[Database], Organisation]
) -> None:
    """SQLite's planner once answered this by comparing all lines with all others."""
    database, size, steps = Database(sqlite_url), 3000, [0]

    def count() -> int:
        steps[0] += 1
        return 0

    def lines_of(first: int) -> Batch:
        orders = [
            OrderRecord(id=str(n), customer="1", ordered_at=_DAY, total=Decimal(1))
            for n in range(first, first + size)
        ]
        shared = [OrderLineRecord(id="2", order=str(first - 1), quantity=1)] if first else []
        return Batch.of(
            *orders, *shared, *(OrderLineRecord(id="1", order=order.id, quantity=1) for order in orders)
        )

    sa.event.listen(database.engine, "checkout", lambda driver, *_: driver.set_progress_handler(count, 1000))
    ingest = Ingest(database, make_theatre(database), "shop")
    spent = []
    for first in (0, size):
        before = steps[0]
        (report,) = ingest.store([lines_of(first)])
        spent.append(steps[0] - before)
    assert report.inserted["order_lines"] == size + 1
    assert max(spent) < size, spent  # a thousand of the database's steps for each order: ten times what it takes
    database.close()
