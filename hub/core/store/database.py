"""Opens the database: SQLite beside the hub's home, or PostgreSQL by URL.

Transactions are explicit on both. Readers see one snapshot; writers queue at once, with a busy
time-out, so that a lock is waited for and never upgraded (SQLite would fail an upgrade at once).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.core.contracts.errors import StoreError, TryAgain

_WRITE = "hub_write"
_CACHE, _CACHE_WHILE_IMPORTING = -65_536, -262_144
"""Kilobytes, as SQLite wants them: with a minus."""
_LOCKED_SQLITE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_LOCKED_POSTGRES = frozenset({"55P03", "40P01", "40001", "57014"})
"""lock_not_available, deadlock_detected, serialization_failure, query_canceled (by lock_timeout)."""


class Database:
    """A store's database: engine, sessions and transactions.

    Args:
        url: an SQLAlchemy URL, ``sqlite:///path`` or ``postgresql://…``.
        busy_seconds: how long to wait for another writer.
    """

    def __init__(self, url: str, busy_seconds: float = 30.0) -> None:
        self.url = _with_driver(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._busy_seconds = busy_seconds
        self.engine = self._make_engine()

    @property
    def path(self) -> Path:
        """The SQLite file. Only for SQLite."""
        assert self.is_sqlite
        assert self.url.database is not None
        return Path(self.url.database)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one snapshot and writes nothing."""
        with told_plainly(self), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self, busy_seconds: float | None = None, *, durable: bool = False) -> Iterator[sa.Connection]:
        """A connection in a transaction that commits at the end, or rolls back on an error.

        Args:
            busy_seconds: how long to wait for another writer; as long as usual if None.
            durable: whether even a loss of power must not undo it once it is committed. On SQLite that waits for
                the disk, which otherwise may lag behind; PostgreSQL always waits.

        Raises:
            TryAgain: another writer did not finish in time.
        """
        engine = self._durable_engine if durable and self.is_sqlite else self.engine
        with told_plainly(self), engine.connect() as connection:
            connection = connection.execution_options(**{_WRITE: True})
            with self._patience(connection, busy_seconds), connection.begin():
                if busy_seconds is not None and not self.is_sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(busy_seconds * 1000)}")
                yield connection

    @contextmanager
    def _patience(self, connection: sa.Connection, busy_seconds: float | None) -> Iterator[None]:
        """Let SQLite wait for another writer for so long; PostgreSQL is told within the transaction."""
        driver = connection.connection.driver_connection
        if busy_seconds is None or not isinstance(driver, sqlite3.Connection):
            yield
            return
        driver.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
        try:
            yield
        finally:
            driver.execute(f"PRAGMA busy_timeout = {int(self._busy_seconds * 1000)}")

    @contextmanager
    def writing_beside(self, file: Path, schema: str) -> Iterator[sa.Connection]:
        """As ``writing``, with another SQLite file attached as a schema. Only for SQLite.

        It is attached before the transaction and detached after it; within one, SQLite refuses to detach. Foreign
        keys are not checked meanwhile (a sixth of an import's time): merges look each id up as they go. A larger
        cache holds the indexes that a batch writes all over. The other file is scratch: its journal is in memory.
        """
        with told_plainly(self), self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.execute(f"ATTACH DATABASE ? AS {schema}", (str(file),))
            driver.execute(f"PRAGMA {schema}.journal_mode=MEMORY")
            driver.execute(f"PRAGMA {schema}.cache_size={_CACHE_WHILE_IMPORTING}")
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute(f"PRAGMA cache_size={_CACHE_WHILE_IMPORTING}")
            try:
                connection = connection.execution_options(**{_WRITE: True})
                with connection.begin():
                    yield connection
            finally:
                driver.execute("PRAGMA foreign_keys=ON")
                driver.execute(f"PRAGMA cache_size={_CACHE}")
                driver.execute(f"DETACH DATABASE {schema}")

    @contextmanager
    def session(self, *, write: bool = False) -> Iterator[Session]:
        """A session for single objects; with ``write`` it commits at the end."""
        opened = self.writing() if write else self.reading()
        with opened as connection, Session(connection, expire_on_commit=False) as session:
            yield session
            if write:
                session.flush()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()
        if "_durable_engine" in self.__dict__:
            self._durable_engine.dispose()

    @cached_property
    def _durable_engine(self) -> sa.Engine:
        """As ``engine``, for transactions that wait for the disk. Only for SQLite."""
        engine = self._make_engine()
        sa.event.listen(engine, "connect", _wait_for_disk)
        return engine

    def _make_engine(self) -> sa.Engine:
        if not self.is_sqlite:
            milliseconds = int(self._busy_seconds * 1000)
            options = f"-c lock_timeout={milliseconds} -c timezone=UTC"
            try:
                return sa.create_engine(self.url, pool_pre_ping=True, connect_args={"options": options})
            except ModuleNotFoundError as error:
                raise StoreError("PostgreSQL needs more: pip install 'audience-hub[postgres]'") from error
        engine = sa.create_engine(
            self.url, connect_args={"timeout": self._busy_seconds, "check_same_thread": False}
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine


def _with_driver(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreError(
            "the store's URL can't be read; write sqlite:///file or postgresql://user@host/name"
        ) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise StoreError("a store in memory would be gone at once; write sqlite:///file")
        return parsed
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(f"the store can't be kept in {backend!r}; use sqlite or postgresql")


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", f"cache_size={_CACHE}"):
        connection.execute(f"PRAGMA {pragma}")


def _wait_for_disk(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def told_plainly(database: Database) -> Iterator[None]:
    """Turn the database's own errors into ours.

    Raises:
        TryAgain: another process holds the lock for too long.
        StoreError: the database is read-only, missing, full, damaged, or not reachable.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _plain_error(database, error) from error


def _plain_error(database: Database, error: sa.exc.DBAPIError) -> Exception:
    where = database.url.render_as_string(hide_password=True)
    original = error.orig
    code = getattr(original, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary result code
    state = getattr(original, "sqlstate", None)
    if code in _LOCKED_SQLITE or state in _LOCKED_POSTGRES:
        return TryAgain(f"the store {where} is locked by another process; try again when it has finished")
    if code == sqlite3.SQLITE_READONLY or state == "25006":
        return StoreError(f"the store {where} is read-only; give this user the right to write to it")
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreError(f"the store {where} can't be opened; check that its folder exists and is readable")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError(f"the file of the store {where} is damaged or no database; restore it from a backup")
    if code == sqlite3.SQLITE_FULL or state == "53100":
        return StoreError(f"the disk of the store {where} is full; make room and try again")
    if isinstance(error, sa.exc.OperationalError) and not database.is_sqlite:
        return TryAgain(f"the store {where} can't be reached; see that the database server runs")
    return error
