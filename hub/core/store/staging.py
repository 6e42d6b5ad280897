"""Puts Arrow tables where one SQL statement can merge them, in bulk and without leftovers.

On SQLite they go through ADBC into a scratch file that is then attached. ADBC brings its own SQLite,
and two SQLites in one process lose committed rows when they open the same file (each drops the
other's locks), so it never opens the store: only the scratch file, closed before it is attached. On
PostgreSQL they are copied into temporary tables that end with the transaction.
"""

import io
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_manager
import adbc_driver_sqlite.dbapi
import numpy as np
import pyarrow as pa
import pyarrow.csv
import sqlalchemy as sa

from hub.core.contracts.errors import StoreError
from hub.core.store.database import Database

_COLUMN_TYPES: Mapping[pa.DataType, Any] = {
    pa.int64(): sa.BigInteger,
    pa.int32(): sa.Integer,
    pa.string(): sa.String,
    pa.bool_(): sa.Boolean,
    pa.float64(): sa.Float,
}
_SCHEMA = "staging"
_TEMPORARY: Mapping[str, Any] = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DROP"}

PLACE = "rowid"
"""Column of every staged table: the number of the row, from 1. SQLite has it of its own accord."""
NAME = "name"
"""The only column of a table of names: external ids, or the names of categories."""
FIRST_NAME = (1 << 40) + 1
"""The place of the first row of a table of names; places below are rows of the batch's own table of that kind."""


def names_of(kind: str) -> str:
    """How the table is called that holds what a batch names of a kind without bringing it."""
    return f"names_of_{kind}"


@contextmanager
def writing_with(
    database: Database, tables: Mapping[str, pa.Table]
) -> Iterator[tuple[sa.Connection, Mapping[str, sa.Table]]]:
    """Open a write transaction in which the given tables can be read as SQL tables.

    Args:
        database: the store's.
        tables: Arrow tables by name, of integers, texts, booleans and floats.

    Yields:
        The connection, and the staged tables under the same names.
    """
    if database.is_sqlite:
        staged = {name: _declare(name, table, schema=_SCHEMA) for name, table in tables.items()}
        with (
            _scratch_file(database.path.parent, tables) as scratch,
            database.writing_beside(scratch, _SCHEMA) as connection,
        ):
            yield connection, staged
    else:
        staged = {name: _declare(name, table, **_TEMPORARY) for name, table in tables.items()}
        with database.writing() as connection:
            for name, table in tables.items():
                _copy(connection, staged[name], table)
            yield connection, staged


def scratch_table(connection: sa.Connection, name: str, *columns: sa.Column[Any]) -> sa.Table:
    """Make an empty table beside the staged ones, which is gone with them."""
    options = {"schema": _SCHEMA} if connection.dialect.name == "sqlite" else _TEMPORARY
    table = sa.Table(name, sa.MetaData(), *columns, **options)
    connection.execute(sa.schema.CreateTable(table))
    return table


def _declare(name: str, table: pa.Table, **options: Any) -> sa.Table:
    columns = [sa.Column(field.name, _COLUMN_TYPES[field.type]) for field in table.schema]
    return sa.Table(f"staged_{name}", sa.MetaData(), sa.Column(PLACE, sa.BigInteger), *columns, **options)


@contextmanager
def _scratch_file(folder: Path, tables: Mapping[str, pa.Table]) -> Iterator[Path]:
    try:
        place = tempfile.TemporaryDirectory(prefix="staging-", dir=folder)
        scratch = Path(place.name) / "staging.sqlite"
        _fill(scratch, tables)
    except (OSError, adbc_driver_manager.Error) as error:
        raise StoreError(
            f"nothing can be written in {folder}; check its rights and the room on its disk"
        ) from error
    with place:
        yield scratch


def _fill(scratch: Path, tables: Mapping[str, pa.Table]) -> None:
    connect = adbc_driver_sqlite.dbapi.connect
    with connect(str(scratch), autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA journal_mode=OFF")
        for name, table in tables.items():
            cursor.adbc_ingest(f"staged_{name}", table, mode="create")


def _copy(connection: sa.Connection, target: sa.Table, table: pa.Table) -> None:
    connection.execute(sa.schema.CreateTable(target))
    table = table.add_column(0, PLACE, pa.array(np.arange(1, table.num_rows + 1)))
    driver = connection.connection.driver_connection
    assert driver is not None
    names = ", ".join(f'"{name}"' for name in table.column_names)
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")
    with driver.cursor() as cursor, cursor.copy(f'COPY "{target.name}" ({names}) FROM STDIN (FORMAT csv)') as copy:
        for batch in table.to_batches(max_chunksize=65_536):
            buffer = io.BytesIO()
            pyarrow.csv.write_csv(batch, buffer, options)
            copy.write(buffer.getvalue())
    connection.exec_driver_sql(f'ANALYZE "{target.name}"')
