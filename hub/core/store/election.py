"""Elects one process of those that share a store: a file lock beside SQLite, an advisory lock in PostgreSQL."""

from typing import Protocol

import filelock
import sqlalchemy as sa

from hub.core.store.database import Database

_ADVISORY_KEY = 7_209_164_051
"""Any number will do, as long as it is always the same and nobody else's."""


class Election(Protocol):
    """Finds out whether this process is the one."""

    def hold(self) -> bool:
        """Try to be elected, or see that one still is."""

    def resign(self) -> None:
        """Let another process be elected. The end of the process does the same."""


def election(database: Database) -> Election:
    """The election of a store's processes."""
    return _FileElection(database) if database.is_sqlite else _AdvisoryElection(database)


class _FileElection:
    def __init__(self, database: Database) -> None:
        self._lock = filelock.FileLock(database.path.with_suffix(".scheduler.lock"), thread_local=False)

    def hold(self) -> bool:
        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            return False
        return True

    def resign(self) -> None:
        self._lock.release()


class _AdvisoryElection:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: sa.Connection | None = None

    def hold(self) -> bool:
        """The lock lives as long as its connection: a broken one means that it may be another's already."""
        if self._connection is not None:
            try:
                self._connection.execute(sa.text("SELECT 1"))
            except sa.exc.DBAPIError:
                self.resign()
            else:
                return True
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.execute(sa.select(sa.func.pg_try_advisory_lock(_ADVISORY_KEY))).scalar():
            self._connection = connection
            return True
        connection.close()
        return False

    def resign(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # closes it for good: the pool would keep the lock
            self._connection.close()
            self._connection = None
