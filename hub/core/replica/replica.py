"""Opens the replica and keeps it up to date."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import duckdb

from hub.core.replica.catching_up import MovedOn, catch_up, pending
from hub.core.replica.following import head
from hub.core.replica.tables import COPIES, LAYOUT, creation
from hub.core.store.database import Database
from hub.core.store.export import MANY
from hub.core.store.tables import Organisation


@dataclass(frozen=True)
class Meta:
    """The only row of the table ``meta``: what a replica holds."""

    layout: int
    store: str
    """The name of the store it follows."""
    organisation: int
    currency: str
    time_zone: str
    revision: int
    """The store's revision it is at."""
    changes_from: int
    """Who asks for the changes since an older revision than this asks too late."""
    horizon: int | None
    """The newest instant of any order, consent, registration or cart, as seconds since 1970 in UTC."""
    highest: int
    """The highest customer number."""


def meta_of(cursor: duckdb.DuckDBPyConnection) -> Meta | None:
    """What the replica holds, as this cursor's transaction sees it; None before the first refresh."""
    columns = ", ".join(field.name for field in fields(Meta))
    with suppress(duckdb.BinderException, duckdb.CatalogException):  # none yet, or another layout's
        for row in cursor.execute(f"SELECT {columns} FROM meta").fetchall():
            return Meta(*row)
    return None


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
        self._connection = _open(file)
        self._prepare()
        self._meta = self._read_meta()

    @property
    def revision(self) -> int:
        """The store's revision it is at; 0 before the first refresh."""
        return self._meta.revision if self._meta else 0

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
                self._catch_up(connection)
            self._meta = self._read_meta()
            return self.revision

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a query and fetch all of its rows."""
        with self.cursor() as cursor:
            return cursor.execute(sql, parameters).fetchall()

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

    def _fits(self, meta: Meta, store: str, store_revision: int) -> bool:
        """Whether what is here is of this store, this organisation and this version, and not of its future."""
        own = self._organisation
        same = (meta.store, meta.organisation, meta.currency, meta.time_zone, meta.layout) == (
            store, own.id, own.currency, own.time_zone, LAYOUT,
        )  # fmt: skip
        return same and meta.revision <= store_revision

    def _read_meta(self) -> Meta | None:
        with self.cursor() as cursor:
            return meta_of(cursor)

    def _catch_up(self, connection: duckdb.DuckDBPyConnection) -> None:
        todo = pending(self._database, self.revision, self._many_rows)
        try:
            catch_up(connection, self._database, self._organisation, self.revision, todo)
        except MovedOn:  # somebody writes at this moment: all tables are read, whatever was counted
            todo = replace(todo, tables=tuple(COPIES))
            catch_up(connection, self._database, self._organisation, self.revision, todo)

    def _prepare(self) -> None:
        found = self._read_meta()
        if found is None or found.layout != LAYOUT:
            self._empty()

    def _empty(self) -> None:
        with self.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS copies CASCADE")
            kinds = "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'main'"
            for name, kind in cursor.execute(kinds).fetchall():
                cursor.execute(f'DROP {"VIEW" if kind == "VIEW" else "TABLE"} "{name}"')
            for statement in creation():
                cursor.execute(statement)


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
