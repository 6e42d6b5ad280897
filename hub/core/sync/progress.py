"""A run's own row: what was planned, what came of each batch, and how it ended."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.core.store import syncs as stored
from hub.core.store.database import Database
from hub.core.store.tables import Connection, RunStatus, Sync, SyncRun
from hub.core.sync.outcome import Cancelled, LeaseLost, Outcome, SettingsChanged
from hub.core.sync.planning import Plan

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BegunRun:
    """A run that was recorded and has its sync to itself, but has done nothing yet."""

    sync: Sync
    """As it was when the run began."""
    sync_id: int
    run_id: int
    lease: str
    """In whose name the sync is held: unique to this run."""
    connection_changed_at: datetime
    """When the settings that the run uses were made."""


class RunProgress:
    """Writes how a run goes on.

    Args:
        database: the store's.
        clock: the time now, in UTC.
        run: which run.
        lease: for how long each batch prolongs the lease.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime], run: BegunRun, lease: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._run = run
        self._lease = lease

    def planned(self, todo: Plan) -> None:
        """Note what is to be done."""
        with self._database.session(write=True) as session:
            run = session.get_one(SyncRun, self._run.run_id)
            run.to_add, run.to_update, run.to_remove = todo.to_add, todo.to_update, todo.to_remove
            run.unreachable = todo.unreached
            self._renew(session)

    def go_on(self) -> None:
        """See whether the run should end before the next batch.

        Raises:
            Cancelled: somebody asked for the end.
            SettingsChanged: somebody changed the sync or its connection meanwhile.
        """
        with self._database.session() as session:
            if session.get_one(SyncRun, self._run.run_id).cancel_requested:
                raise Cancelled("somebody cancelled it; the next run goes on from here")
            sync = session.get_one(Sync, self._run.sync_id)
            connection = session.get_one(Connection, sync.connection_id)
        before = (self._run.sync.changed_at, self._run.connection_changed_at)
        if (sync.changed_at, connection.changed_at) != before:
            raise SettingsChanged("its settings were changed while it ran; the next run goes on with the new ones")

    def settle(self, connection: sa.Connection, outcome: Outcome) -> None:
        """Note a batch's outcome in its transaction.

        Raises:
            LeaseLost: another process has the sync now.
        """
        with Session(connection, expire_on_commit=False) as session:
            run = session.get_one(SyncRun, self._run.run_id)
            run.added += outcome.added
            run.updated += outcome.updated
            run.removed += outcome.removed
            run.withdrawn += outcome.withdrawn
            run.rejected += len(outcome.rejections)
            stored.add_rejections(session, run, outcome.rejections)
            self._renew(session)
            session.flush()

    def conclusion(self, plan: Plan | None) -> tuple[RunStatus, str]:
        """How the run ended when nothing stopped it.

        Args:
            plan: what it had to do; None if nobody was to be sent.
        """
        with self._database.session() as session:
            run = session.get_one(SyncRun, self._run.run_id)
        told = [f"{run.added:,} added, {run.updated:,} updated, {run.removed:,} removed"]
        if run.withdrawn:
            told.append(f"{run.withdrawn:,} withdrew there")
        if run.rejected:
            told.append(f"{run.rejected:,} rejected, each with its reason")
        if plan is None:
            pass
        elif not len(plan.selection.members):
            told.append("the segment is empty")
        elif run.unreachable == len(plan.selection.members):
            told.append(
                "none of its members can be sent: they lack consent, or anything the platform could know them by"
            )
        return RunStatus.PARTIAL if run.rejected else RunStatus.SUCCEEDED, "; ".join(told)

    def end(self, status: RunStatus, message: str) -> SyncRun:
        """Record how the run ended, and let others run the sync."""
        with self._database.session(write=True) as session:
            ended = session.get_one(SyncRun, self._run.run_id)
            ended.status, ended.message, ended.ended_at = status.value, message, self._clock()
            stored.release_lease(session, self._run.sync_id, self._run.lease)
            stored.forget_old_rejections(session, self._run.sync_id)
        _log.info("sync %s ended as %s: %s", self._run.sync.name, status.value, message)
        return ended

    def _renew(self, session: Session) -> None:
        if not stored.renew_lease(session, self._run.sync_id, self._run.lease, self._clock() + self._lease):
            raise LeaseLost("another process took this run over")
