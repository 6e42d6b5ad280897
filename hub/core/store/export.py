"""Reads many rows as Arrow, several statements from one snapshot of the store.

A few rows are read through the usual connection. Many are read through ADBC, four times cheaper: from
SQLite in a process of its own, because ADBC's own SQLite must not open a file that this process has open
(POSIX locks are per process: closing one drops the other's).
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import adbc_driver_manager
import pyarrow as pa
import sqlalchemy as sa

from hub.core.contracts.errors import StoreError, TryAgain
from hub.core.store.database import Database
from hub.core.store.export_process import WHOLE

MANY = 20_000
"""So many rows pay for the start of the bulk reader (on SQLite a process, 0.3 s)."""

Exported = Iterator[tuple[str, pa.RecordBatchReader]]
"""Names of the statements with their rows, in order; read each one to its end before the next."""


def export(
    database: Database, statements: Mapping[str, sa.Select[*tuple[object, ...]]], *, many: bool
) -> Exported:
    """Run statements in one snapshot.

    Args:
        database: the store's.
        statements: selects of integers, texts, booleans and floats, by name.
        many: whether to expect ``MANY`` rows or more.
    """
    if not many:
        return _export_few(database, statements)
    return _export_sqlite(database, statements) if database.is_sqlite else _export_postgres(database, statements)


def schema_of(statement: sa.Select[*tuple[object, ...]]) -> pa.Schema:
    """The Arrow schema of a statement's rows."""
    return pa.schema([pa.field(column.name, _arrow_type(column.type)) for column in statement.selected_columns])


def _arrow_type(kind: sa.types.TypeEngine[Any]) -> pa.DataType:
    kind = _plain_type(kind)
    if isinstance(kind, sa.Boolean):
        return pa.bool_()
    if isinstance(kind, sa.Integer):
        return pa.int64()
    return pa.float64() if isinstance(kind, sa.Float) else pa.string()


def _plain_type(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """What the database itself holds: an instant is a number of seconds."""
    return kind.impl_instance if isinstance(kind, sa.TypeDecorator) else kind


def _export_few(database: Database, statements: Mapping[str, sa.Select[*tuple[object, ...]]]) -> Exported:
    with database.reading() as connection:
        for name, statement in statements.items():
            plain = [
                sa.type_coerce(column, _plain_type(column.type)).label(column.name)
                for column in statement.selected_columns
            ]
            rows = connection.execute(statement.with_only_columns(*plain, maintain_column_froms=True)).all()
            schema = schema_of(statement)
            columns = list(zip(*rows, strict=True)) or [()] * len(schema)
            table = pa.table(
                [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)],
                schema=schema,
            )
            yield name, table.to_reader()


def _export_sqlite(database: Database, statements: Mapping[str, sa.Select[*tuple[object, ...]]]) -> Exported:
    texts = [_text(statement, database.engine.dialect) for statement in statements.values()]
    command = [sys.executable, "-m", "hub.core.store.export_process"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module, nothing a user wrote
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        schemas = [schema_of(statement).serialize().to_pybytes().hex() for statement in statements.values()]
        request = {"file": str(database.path), "statements": texts, "schemas": schemas}
        process.stdin.write(json.dumps(request).encode())
        process.stdin.close()
        try:
            for name in statements:
                with pa.ipc.open_stream(process.stdout) as reader:
                    yield name, reader
                if process.stdout.read(len(WHOLE)) != WHOLE:
                    raise pa.ArrowInvalid("a stream broke off")
        except pa.ArrowInvalid as error:
            process.wait()
            raise StoreError(f"the store can't be read: {process.stderr.read().decode()[-500:]}") from error
        finally:
            process.kill()


def _export_postgres(database: Database, statements: Mapping[str, sa.Select[*tuple[object, ...]]]) -> Exported:
    adbc = import_module("adbc_driver_postgresql.dbapi")  # here: it comes with the extra "postgres"

    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with _told_plainly(), adbc.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for name, statement in statements.items():
            cursor.execute(_text(statement, database.engine.dialect))
            schema = schema_of(statement)
            reader = cursor.fetch_record_batch()
            batches = (batch.cast(schema) for batch in reader)
            yield name, pa.RecordBatchReader.from_batches(schema, batches)


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except adbc_driver_manager.OperationalError as error:
        raise TryAgain("the store can't be reached; see that the database server runs") from error


def _text(statement: sa.Select[*tuple[object, ...]], dialect: sa.Dialect) -> str:
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
