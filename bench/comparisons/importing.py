"""CSV files into a fresh SQLite store, beside DuckDB reading and typing the same files."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from bench.comparison import Comparison, Work
from bench.home import bring
from bench.world import World, clock, theatre
from hub.core.app import Hub, make_home, open_hub

_TYPES = {
    "customers": "'born_on': 'DATE', 'registered_at': 'TIMESTAMPTZ', 'postcode': 'VARCHAR'",
    "orders": "'line': 'VARCHAR', 'ordered_at': 'TIMESTAMPTZ', 'total': 'DECIMAL(18, 4)', "
    "'line_total': 'DECIMAL(18, 4)', 'category': 'VARCHAR', 'quantity': 'BIGINT'",
}


def comparisons() -> Sequence[Comparison]:
    """The import of customers and orders, and the same files once more."""
    return [
        Comparison(
            "import.new",
            fresh_import,
            read_and_type,
            "customers and orders from CSV into an empty store",
            "DuckDB reads and types the files into a file of its own",
            budget=3,
            needs_home=False,
        ),
        Comparison(
            "import.again",
            import_again,
            read_and_type,
            "the same files once more, nothing changed",
            "DuckDB reads and types the files into a file of its own",
        ),
    ]


@contextmanager
def fresh_import(world: World) -> Iterator[Work]:
    """Import into a new home."""
    with tempfile.TemporaryDirectory(dir=world.folder) as folder:
        home = Path(folder) / "home"
        make_home(home, theatre())
        with closing(open_hub(home, clock)) as hub:
            assert hub.registry
            yield lambda: _import(hub, world)


@contextmanager
def import_again(world: World) -> Iterator[Work]:
    """Import what is there already."""
    with closing(open_hub(world.home, clock)) as hub:
        assert hub.registry
        yield lambda: _import(hub, world)


def _import(hub: Hub, world: World) -> int:
    reports = bring(hub, world, "customers"), bring(hub, world, "orders")
    return sum(
        counts[kind]
        for report in reports
        for counts in (report.inserted, report.unchanged)
        for kind in ("customers", "order_lines")
    )


@contextmanager
def read_and_type(world: World) -> Iterator[Work]:
    """Read both files into typed tables of a DuckDB file."""
    with tempfile.TemporaryDirectory(dir=world.folder) as folder:
        connection = duckdb.connect(str(Path(folder) / "typed.duckdb"))
        connection.execute("SET enable_progress_bar = false")

        def work() -> int:
            for kind, types in _TYPES.items():
                read = f"read_csv('{world.csv(kind)}', header = true, types = {{{types}}})"
                connection.execute(f"CREATE TABLE {kind} AS FROM {read}")
            connection.execute("CHECKPOINT")
            found = connection.execute("SELECT (SELECT count(*) FROM customers) + (SELECT count(*) FROM orders)")
            return int(found.fetchall()[0][0])

        yield work
        connection.close()
