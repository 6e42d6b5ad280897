"""The replica built from the store, beside DuckDB aggregating the same facts from Parquet into a trait table."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from bench.changing import changed_hub
from bench.comparison import Comparison, Work
from bench.world import World, clock
from hub.core.app import Hub, open_hub
from hub.core.replica.replica import Replica

_CHANGED = 1_000
_COPIES = ("customers", "orders", "order_lines", "events")

_TRAITS = """
    CREATE TABLE traits AS
    SELECT c.*, coalesce(b.orders, 0) AS orders, coalesce(b.revenue, 0) AS revenue, b.first_at, b.last_at,
           coalesce(h.tickets, 0) AS tickets
    FROM '{folder}/customers.parquet' c
    LEFT JOIN (
        SELECT customer, count(*) AS orders, sum(total)::BIGINT AS revenue, min(ordered_at) AS first_at,
               max(ordered_at) AS last_at
        FROM '{folder}/orders.parquet' WHERE counts GROUP BY customer) b ON b.customer = c.id
    LEFT JOIN (
        SELECT o.customer, sum(l.quantity)::BIGINT AS tickets
        FROM '{folder}/order_lines.parquet' l JOIN '{folder}/orders.parquet' o ON o.id = l.order_id
        WHERE o.counts AND l.product_id IS NULL GROUP BY o.customer) h ON h.customer = c.id"""

_LINES = """
    CREATE TABLE lines AS
    SELECT o.customer, o.ordered_at, e.day - o.day, l.event_id, coalesce(l.category, e.category) AS category,
           l.quantity, l.total
    FROM '{folder}/order_lines.parquet' l JOIN '{folder}/orders.parquet' o ON o.id = l.order_id
    LEFT JOIN '{folder}/events.parquet' e ON e.id = l.event_id WHERE o.counts"""


def comparisons() -> Sequence[Comparison]:
    """Building the replica, and catching up."""
    return [
        Comparison(
            "replica.build",
            build,
            aggregate,
            "the replica built anew from SQLite",
            "DuckDB joins and aggregates the same facts from Parquet",
        ),
        Comparison(
            "replica.catch-up",
            catch_up,
            build_changed,
            f"the replica after {_CHANGED:,} customers changed",
            "the replica built anew",
        ),
    ]


@contextmanager
def build(world: World) -> Iterator[Work]:
    """Build another replica beside the home's own."""
    with tempfile.TemporaryDirectory(dir=world.folder) as folder, closing(open_hub(world.home, clock)) as hub:
        yield from _built_anew(hub, Path(folder))


@contextmanager
def catch_up(world: World) -> Iterator[Work]:
    """Bring the home's replica up to date."""
    with changed_hub(world, lambda hub: hub.engine.refresh(), _CHANGED) as hub:

        def work() -> int:
            hub.engine.refresh()
            return int(hub.replica.rows("SELECT sum(tickets) FROM traits")[0][0])

        yield work


@contextmanager
def build_changed(world: World) -> Iterator[Work]:
    """Build another replica after the same change."""
    with changed_hub(world, lambda hub: None, _CHANGED) as hub:
        yield from _built_anew(hub, hub.home)


def _built_anew(hub: Hub, folder: Path) -> Iterator[Work]:
    with closing(Replica(hub.database, hub.organisation, folder / "another.duckdb")) as replica:

        def work() -> int:
            replica.refresh()
            return int(replica.rows("SELECT sum(tickets) FROM traits")[0][0])

        yield work


@contextmanager
def aggregate(world: World) -> Iterator[Work]:
    """Make flat lines and traits of the copies, which were written to Parquet before."""
    with tempfile.TemporaryDirectory(dir=world.folder) as folder:
        with closing(duckdb.connect(str(_replica_file(world)), read_only=True)) as replica:
            for table in _COPIES:
                replica.execute(f"COPY copies.{table} TO '{folder}/{table}.parquet'")
        with closing(duckdb.connect(str(Path(folder) / "floor.duckdb"))) as connection:
            connection.execute("SET enable_progress_bar = false")

            def work() -> int:
                connection.execute(_LINES.format(folder=folder))
                connection.execute(_TRAITS.format(folder=folder))
                return int(connection.execute("SELECT sum(tickets) FROM traits").fetchall()[0][0])

            yield work


def _replica_file(world: World) -> Path:
    (file,) = (world.home / "replica").glob("*.duckdb")
    return file
