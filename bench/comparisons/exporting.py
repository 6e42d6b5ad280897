"""All customers with their figures as one CSV file, beside DuckDB writing the same columns of one table."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from bench.comparison import Comparison, Work
from bench.world import World, clock
from hub.core.app import open_hub
from hub.core.exports.rows import as_csv, presented
from hub.core.segments.definition import EVERYONE


def comparisons() -> Sequence[Comparison]:
    """The export as CSV."""
    return [
        Comparison(
            "export.csv",
            export_everyone,
            copy_everyone,
            "all customers with their figures from the store as CSV",
            "DuckDB writes the same columns of a table of its own as CSV",
            budget=2,
        )
    ]


@contextmanager
def export_everyone(world: World) -> Iterator[Work]:
    """Write the file through the hub; the answer is its number of lines."""
    with tempfile.TemporaryDirectory(dir=world.folder) as folder, closing(open_hub(world.home, clock)) as hub:
        everyone = hub.segments.definitions.evaluate(EVERYONE).members
        file = Path(folder) / "customers.csv"

        def work() -> int:
            with file.open("wb") as opened:
                for piece in as_csv(map(presented, hub.exports.members(everyone))):
                    opened.write(piece)
            return _lines(file)

        yield work


@contextmanager
def copy_everyone(world: World) -> Iterator[Work]:
    """Put the same rows into a DuckDB file, and write them from there."""
    with tempfile.TemporaryDirectory(dir=world.folder) as folder:
        with closing(open_hub(world.home, clock)) as hub:
            everyone = hub.segments.definitions.evaluate(EVERYONE).members
            rows = pa.concat_tables(map(presented, hub.exports.members(everyone)))
        with closing(duckdb.connect(str(Path(folder) / "floor.duckdb"))) as connection:
            connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
            connection.register("rows_read", rows)
            connection.execute("CREATE TABLE customers AS FROM rows_read; CHECKPOINT")
            connection.unregister("rows_read")
            del rows
            file = Path(folder) / "customers.csv"

            def work() -> int:
                connection.execute(f"COPY customers TO '{file}' (HEADER, FORCE_QUOTE *)")
                return _lines(file)

            yield work


def _lines(file: Path) -> int:
    with file.open("rb") as opened:
        return sum(piece.count(b"\n") for piece in iter(lambda: opened.read(1 << 20), b""))
