"""Opens the replica, keeps it up to date, and answers queries over it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects import postgresql

from hub.core.replica.catching_up import catch_up
from hub.core.replica.following import changed_counts, head
from hub.core.replica.tables import COPIES, DERIVED, LAYOUT
from hub.core.store.database import Database
from hub.core.store.export import MANY
from hub.core.store.tables import Organisation

Numbers = NDArray[np.uint32]
"""Customer numbers, in no particular order."""


@dataclass(frozen=True)
class _Meta:
    """The only row of the table ``meta``."""

    layout: int
    store: str
    organisation: int
    currency: str
    revision: int
    changes_from: int
    horizon: int | None


class Replica:
    """One organisation's replica, in a file that this process owns or else in memory.

    Args:
        database: the store's.
        organisation: whose customers it holds.
        file: where to keep it; None keeps it in memory. A file that another process owns is left alone.
        many_rows: from so many changed rows on, the bulk reader is used.
    """

    def __init__(
        self, database: Database, organisation: Organisation, file: Path | None, many_rows: int = MANY
    ) -> None:
        self._database = database
        self._organisation = organisation
        self._many_rows = many_rows
        self._refreshing = threading.Lock()
        self._dialect = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
        self._connection = _open(file)
        self._prepare()
        self._meta = self._read_meta()

    @property
    def revision(self) -> int:
        """The store's revision it is at; 0 before the first refresh."""
        return self._meta.revision if self._meta else 0

    @property
    def horizon(self) -> int:
        """The newest instant of any order, consent or registration, as seconds since 1970 in UTC."""
        return self._meta.horizon or 0 if self._meta else 0

    def refresh(self) -> int:
        """Catch up with the store; return the revision it is at then."""
        with self._refreshing:
            store_revision, store_name = self._head()
            if not self._meta or not self._fits(self._meta, store_name, store_revision):
                self._empty()
                self._meta = None
            elif self._meta.revision == store_revision:
                return store_revision
            with self.cursor() as connection:
                many = self._expects_many(self.revision)
                catch_up(connection, self._database, self._organisation, self.revision, many=many)
            self._meta = self._read_meta()
            return self.revision

    def changed_since(self, revision: int) -> Numbers | None:
        """The customers touched after a revision, or None when that is too long ago to know."""
        if not self._meta or revision < self._meta.changes_from:
            return None
        with self.cursor() as cursor:
            found = cursor.execute(
                "SELECT DISTINCT number FROM changes WHERE revision > ?", [revision]
            ).fetchnumpy()
        return _numbers(found["number"])

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a query and fetch all of its rows."""
        with self.cursor() as cursor:
            return cursor.execute(sql, parameters).fetchall()

    def numbers(self, statement: sa.Select[*tuple[Any, ...]], among: Numbers | None = None) -> Numbers:
        """Run a select of customer numbers.

        Args:
            statement: a select of one column named ``number``.
            among: when given, a table ``among`` of these numbers is there for the statement to use.
        """
        compiled = statement.compile(dialect=self._dialect, compile_kwargs={"render_postcompile": True})
        named = compiled.params  # made anew at every look
        values = [named[name] for name in compiled.positiontup or ()]
        with self.cursor() as cursor:
            if among is not None:
                cursor.register("among", {"number": among})
            return _numbers(cursor.execute(str(compiled), values).fetchnumpy()["number"])

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own for one request: results stream, and requests run side by side."""
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _head(self) -> tuple[int, str]:
        with self._database.reading() as connection:
            revision, store = connection.execute(head()).one()
        return int(revision), str(store)

    def _fits(self, meta: _Meta, store: str, store_revision: int) -> bool:
        """Whether what is here is of this store, this organisation and this version, and not of its future."""
        same = (meta.store, meta.organisation, meta.currency, meta.layout) == (
            store, self._organisation.id, self._organisation.currency, LAYOUT,
        )  # fmt: skip
        return same and meta.revision <= store_revision

    def _read_meta(self) -> _Meta | None:
        columns = ", ".join(field.name for field in fields(_Meta))
        with suppress(duckdb.BinderException):  # another version's table has other columns: it is built anew
            for row in self.rows(f"SELECT {columns} FROM meta"):
                return _Meta(*row)
        return None

    def _expects_many(self, after: int) -> bool:
        with self._database.reading() as connection:
            counts = (connection.execute(count).scalar_one() for count in changed_counts(after, self._many_rows))
            return sum(counts) >= self._many_rows

    def _prepare(self) -> None:
        with self.cursor() as cursor:
            for table, columns in (COPIES | DERIVED).items():
                cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
            left_over = "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, 'past_')"
            for (table,) in self.rows(left_over):
                cursor.execute(f'DROP TABLE "{table}"')

    def _empty(self) -> None:
        with self.cursor() as cursor:
            for table, columns in (COPIES | DERIVED).items():
                cursor.execute(f"CREATE OR REPLACE TABLE {table} ({columns})")


def _numbers(values: Any) -> Numbers:
    return np.asarray(values).astype(np.uint32)


def _open(file: Path | None) -> duckdb.DuckDBPyConnection:
    if file is None:
        return _configured(duckdb.connect(":memory:"))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return _configured(duckdb.connect(str(file)))
    except (duckdb.Error, OSError) as error:
        if "lock" not in str(error).lower():
            # Damaged, or another version's: it is only a cache. Where it can't be mended, memory serves.
            with suppress(OSError):
                file.unlink(missing_ok=True)
                with suppress(duckdb.Error):
                    return _configured(duckdb.connect(str(file)))
        return _configured(duckdb.connect(":memory:"))


def _configured(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.execute("SET enable_progress_bar = false")
    return connection
