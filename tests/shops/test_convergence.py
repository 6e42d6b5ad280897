"""Whatever happens in a shop, and to the runs that pull it: in the end the hub has what the shop has."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hub import DataSource
from hub.core.ingest.connected import ConnectedSources
from hub.core.ingest.pulling import Puller
from hub.core.ingest.service import Imports
from hub.core.store.database import Database
from hub.core.store.tables import Connection, Organisation
from hub.testing.platforms.faults import Fault

from .conftest import OTHER_LINE, ConnectedShop, opened, source_of

NUMBERS = st.integers(1, 6)
EVENTS = st.one_of(
    st.tuples(st.just("rename"), NUMBERS, st.sampled_from(["Ada", "Grace"])),
    st.tuples(st.just("sell"), NUMBERS, NUMBERS),
    st.tuples(st.sampled_from(["refund", "take_out", "drop_order", "drop_customer"]), NUMBERS),
    st.tuples(st.just("pull")),
    st.tuples(st.just("killed"), st.integers(1, 4)),
    st.tuples(st.just("fault"), st.sampled_from(["customers", "orders", "products"])),
)


class Killed(BaseException):
    """The process ends after a batch."""


class Season:
    """A shop and what it should have, and the imports that pull it."""

    def __init__(self, shop: ConnectedShop, imports: ConnectedSources, connection: Connection) -> None:
        self.shop, self._imports, self._connection = shop, imports, connection
        self.customers: dict[int, str | None] = {}
        self.orders: dict[int, tuple[int, bool, bool]] = {}
        self._next = 0

    def happen(self, event: tuple[Any, ...]) -> None:
        getattr(self, event[0])(*event[1:])

    def rename(self, customer: int, name: str) -> None:
        self.customers[customer] = name
        self.shop.rename(customer, name)

    def sell(self, _order: int, customer: int) -> None:
        if customer not in self.customers:
            self.rename(customer, "Ada")
        self._next += 1
        self.orders[self._next] = (customer, False, False)
        self.shop.sell(self._next, customer)

    def refund(self, place: int) -> None:
        if (order := self._order(place)) is not None:
            self.orders[order] = (self.orders[order][0], True, self.orders[order][2])
            self.shop.refund(order)

    def take_out(self, place: int) -> None:
        if (order := self._order(place)) is not None:
            self.orders[order] = (*self.orders[order][:2], True)
            self.shop.take_out(order)

    def drop_order(self, place: int) -> None:
        if (order := self._order(place)) is not None:
            del self.orders[order]
            self.shop.drop_order(order)

    def drop_customer(self, customer: int) -> None:
        if customer in self.customers:
            for order in [one for one, (owner, *_) in self.orders.items() if owner == customer]:
                del self.orders[order]
                self.shop.drop_order(order)
            del self.customers[customer]
            self.shop.drop_customer(customer)

    def fault(self, listing: str) -> None:
        self.shop.platform.faults.add(Fault.html(503, "<html>later</html>"), on=listing)
        self.pull()
        self.shop.platform.faults.clear()

    def killed(self, batches: int) -> None:
        left = iter(range(batches - 1))

        def count(_report: object) -> None:
            if next(left, None) is None:
                raise Killed

        try:
            self._imports.run(self._connection, progress=count)
        except Killed:
            return

    def pull(self) -> str:
        return self._imports.run(self._connection).run.status

    def _order(self, place: int) -> int | None:
        known = sorted(self.orders)
        return known[place % len(known)] if known else None


@pytest.mark.parametrize("name", ["mailchimp", "woocommerce"])
def test_in_the_end_the_hub_has_what_the_shop_has(
    name: str, database: Database, organisation: Organisation, tmp_path: Path
) -> None:
    sources: dict[str, DataSource[Any]] = {}
    clock = lambda: datetime.now(UTC)  # noqa: E731 - as the hub is given one
    imports = Imports(database, organisation, lambda _kind: name, clock)
    puller = Puller(database, imports, lambda connection: sources[connection.name], clock)
    pulls = ConnectedSources(database, organisation, puller, lambda _schedule: None, clock)

    @settings(max_examples=10, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(st.lists(EVENTS, min_size=3, max_size=14), st.sampled_from([2, 60]))
    def converges(events: list[tuple[Any, ...]], batch_rows: int) -> None:
        with opened(name) as shop, source_of(shop, tmp_path, batch_rows=batch_rows) as source:
            connection = connect(database, organisation, f"shop {len(sources)}")
            sources[connection.name] = source
            season = Season(shop, pulls, connection)
            for event in events:
                season.happen(event)
            assert season.pull() == "succeeded"
            assert stored(database, connection.name) == expected(season)
            before = revision(database)
            assert season.pull() == "succeeded"
            assert stored(database, connection.name) == expected(season)
            assert changed_after(database, before) == 0

    converges()


def connect(database: Database, organisation: Organisation, name: str) -> Connection:
    """A connection to a data source, as far as imports look at it."""
    now = datetime.now(UTC)
    made = Connection(
        organisation_id=organisation.id or 0, name=name, kind="data_source", component="shop", settings="{}",
        created_at=now, changed_at=now,
    )  # fmt: skip
    with database.session(write=True) as session:
        session.add(made)
    return made


def expected(season: Season) -> tuple[list[Any], list[Any], list[Any]]:
    customers = sorted((str(number), first_name) for number, first_name in season.customers.items())
    orders, lines = [], []
    for order, (customer, refunded, other_line) in season.orders.items():
        orders.append((str(order), str(customer), "refunded" if refunded else "paid"))
        lines.append((str(order), other_line))
    return customers, sorted(orders), sorted(lines)


def stored(database: Database, source: str) -> tuple[list[Any], list[Any], list[Any]]:
    own = "SELECT id FROM sources WHERE name = :source"
    bought = "orders AS o JOIN customers AS c ON number = customer_number"
    sold = "order_lines JOIN orders ON orders.id = order_id"
    queries = (
        f"SELECT external_id, first_name FROM customers WHERE source_id IN ({own})",
        f"SELECT o.external_id, c.external_id, status FROM {bought} WHERE o.source_id IN ({own})",
        f"SELECT orders.external_id, order_lines.external_id FROM {sold} WHERE source_id IN ({own})",
    )
    with database.reading() as connection:
        customers, orders, lines = (
            [tuple(row) for row in connection.execute(sa.text(query), {"source": source})] for query in queries
        )
    other = [(order, int(line) > OTHER_LINE) for order, line in lines]
    return sorted(customers), sorted(orders), sorted(other)


def revision(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(sa.text("SELECT value FROM revision")).scalar_one())


def changed_after(database: Database, before: int) -> int:
    """How many rows were written or deleted: what did not change is left alone."""
    tables = ("customers", "orders", "order_lines", "tombstones")
    counts = " + ".join(f"(SELECT count(*) FROM {table} WHERE revision > {before})" for table in tables)
    with database.reading() as connection:
        return int(connection.execute(sa.text(f"SELECT {counts}")).scalar_one())
