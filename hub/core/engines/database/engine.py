"""The database engine: opens snapshots of the store and reads figures."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.errors import SettingsError
from hub.core.engines.database.changes import Horizon
from hub.core.engines.database.relations import relations_in
from hub.core.engines.database.scope import Scope
from hub.core.engines.database.snapshot import DatabaseSnapshot
from hub.core.engines.engine import Numbers
from hub.core.replica.following import head
from hub.core.store.database import Database
from hub.core.store.export import schema_of
from hub.core.store.tables import Organisation

_PLANNING = {
    # Below this, an "in" under an "or" or "not" is searched row by row as soon as it holds many customers.
    "work_mem": "128MB",
    # Compiling a question takes longer than answering it for the few customers that changed.
    "jit": "off",
    # How many customers are asked about decides the plan: it is made anew for each question.
    "plan_cache_mode": "force_custom_plan",
    # Rows are fetched in parts, but always to the last one.
    "cursor_tuple_fraction": "1",
}
"""Settings of each transaction, with the reason for each."""

_ROWS_AT_ONCE = 50_000

_LOOKED_UP = 10_000
"""Up to so many customers, what each bought is looked up; for more, all figures are made and theirs are taken."""


class DatabaseEngine:
    """Asks the store's own PostgreSQL. Safe to share between threads.

    Args:
        database: the store's.
        organisation: whose customers it asks about.
        currency_digits: decimals of the organisation's currency.

    Raises:
        SettingsError: the store is an SQLite file.
    """

    def __init__(self, database: Database, organisation: Organisation, currency_digits: int) -> None:
        if database.is_sqlite:
            raise SettingsError(
                "the engine 'database' asks a PostgreSQL server, and this store is an SQLite file: "
                "set store_url to postgresql://user@host/name, or engine to duckdb"
            )
        self._database = database
        self._organisation = organisation
        self._currency_digits = currency_digits
        self._horizon = Horizon(organisation)

    def refresh(self) -> int:
        """See ``Engine``: the store is asked itself, so its revision is all there is to find out."""
        with self._database.reading() as connection:
            return int(connection.execute(head()).one().revision)

    @contextmanager
    def snapshot(self, calendar: Calendar) -> Iterator[DatabaseSnapshot]:
        """See ``Engine``. It holds a connection and is for one thread at a time.

        Raises:
            TryAgain: the server can't be reached, or went away meanwhile.
        """
        with self._database.reading() as connection:
            # The first statement: from here on nothing that others commit is seen.
            revision = int(connection.execute(head().add_columns(*_planning())).one().revision)
            yield DatabaseSnapshot(
                connection, self._organisation, calendar, self._currency_digits, revision, self._horizon
            )

    def close(self) -> None:
        """See ``Engine``: nothing, the store is somebody else's."""

    def figures(self, numbers: Numbers, names: Sequence[str]) -> pa.Table:
        """See ``Engine``.

        Raises:
            TryAgain: the server can't be reached, or went away meanwhile.
        """
        chosen = Scope(self._organisation, among=numbers)
        scope = chosen if len(numbers) <= _LOOKED_UP else Scope(self._organisation)
        traits = relations_in(scope).traits
        columns = [traits.c[name] for name in ("number", *(name for name in names if name != "number"))]
        statement = sa.select(*columns).where(*chosen.chosen(traits.c.number))
        schema = schema_of(statement)
        with self._database.reading() as connection:
            connection.execute(sa.select(*_planning()))
            found = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(statement)
            parts = [_table(rows, schema) for rows in found.partitions()]
        return pa.concat_tables([schema.empty_table(), *parts])


def _table(rows: Sequence[sa.Row[*tuple[Any, ...]]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def _planning() -> Iterator[sa.ColumnElement[str]]:
    """What sets the transaction's planning when it is selected."""
    yield from (sa.func.set_config(name, value, sa.true()) for name, value in _PLANNING.items())
