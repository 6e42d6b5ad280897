"""Runs a sync: evaluate, resolve, compare with the ledger, ask where a guard says so, send the difference."""

import time
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from hub.core.contracts.errors import HubError, InUse, TryAgain
from hub.core.engines.engine import Engine
from hub.core.segments.service import Segments
from hub.core.segments.views import Views
from hub.core.store import ledgers
from hub.core.store import syncs as stored
from hub.core.store.database import Database
from hub.core.store.tables import (
    Connection,
    LedgerState,
    Organisation,
    RunStatus,
    Sync,
    SyncMode,
    SyncRun,
)
from hub.core.sync.comparing import Cause, of_cause
from hub.core.sync.guard import objection
from hub.core.sync.guarded_sink import GuardedSink
from hub.core.sync.leftover import Leftover
from hub.core.sync.members import MemberMaker
from hub.core.sync.outcome import Cancelled, LeaseLost
from hub.core.sync.planning import Plan, Planner
from hub.core.sync.positions import NOBODY, Position, Positions, shape_of
from hub.core.sync.progress import BegunRun, RunProgress
from hub.core.sync.reading_back import ReadingBack
from hub.core.sync.removing import Removing
from hub.core.sync.replacing import Replacing
from hub.core.sync.resolving import Resolver
from hub.core.sync.selecting import Selecting
from hub.core.sync.sending import Sending
from hub.core.sync.way import Way

_LEASE = timedelta(minutes=10)


@dataclass(frozen=True)
class SyncWorld:
    """What a run needs of the hub."""

    database: Database
    organisation: Organisation
    engine: Engine
    segments: Segments
    views: Views
    make_sink: Callable[[int], GuardedSink]
    """The component of a connection's id, ready to work and guarded."""
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Manner:
    """How a run is to be done."""

    approved: bool = False
    """A person agreed to remove as many as it takes."""
    retry: bool = False
    """Members who were refused are sent again, though nothing about them changed."""
    afresh: bool = False
    """All members are sent again, whatever the ledger says."""
    empty: bool = False
    """Everyone is taken out, whoever is in the segment; nobody is sent."""


AS_USUAL = Manner()
EMPTYING = Manner(empty=True)


class SyncRunner:
    """Runs syncs of one organisation under leases in this process's name.

    Args:
        world: the hub around it.
        owner: a name no other process uses.
    """

    def __init__(self, world: SyncWorld, owner: str) -> None:
        self._world = world
        self._owner = owner

    def check(self, connection_id: int) -> None:
        """See that a connection leads to a sink; nothing is asked of the other side.

        Raises:
            SettingsError, NotFound: it does not.
        """
        self._world.make_sink(connection_id)

    def work_on(self, sync: Sync) -> "Work":
        """A sync with all that planning it takes.

        Raises:
            SettingsError, NotFound: its connection does not lead to a sink.
        """
        return Work(self._world, sync)

    def begin(self, sync: Sync) -> BegunRun:
        """Become the one to run a sync, and record that a run began.

        Raises:
            InUse: it is running already.
        """
        lease = self._lease(sync)
        return self._begun(sync, lease)

    def finish(self, begun: BegunRun, manner: Manner = AS_USUAL, plan: Plan | None = None) -> SyncRun:
        """Bring a run that began to its end and record how it ended.

        Args:
            begun: the run.
            manner: how it is to be done.
            plan: what it has to do, if that is known already.

        Raises:
            LeaseLost: another process has taken the sync over, because this one was silent for too long.
        """
        progress = RunProgress(self._world.database, self._world.clock, begun, _LEASE)
        try:
            work = self.work_on(begun.sync)
            status, message = work.do(progress, manner, plan)
        except Cancelled as error:
            status, message = RunStatus.CANCELLED, str(error)
        except LeaseLost:
            raise
        except TryAgain as error:
            status, message = RunStatus.FAILED, f"{error}; the next run goes on from here"
        except HubError as error:
            status, message = RunStatus.FAILED, str(error)
        except KeyboardInterrupt:
            progress.end(RunStatus.CANCELLED, "somebody stopped it; the next run goes on from here")
            raise
        except BaseException as error:
            progress.end(RunStatus.FAILED, f"an unexpected {type(error).__name__}; this is a bug in the hub")
            raise
        return progress.end(status, message)

    def follow(self, sync: Sync) -> SyncRun | None:
        """Run a sync if anything changed that concerns it; otherwise leave no trace.

        Raises:
            InUse: it is running already.
        """
        lease = self._lease(sync)
        with self._world.database.session() as session:
            sync = session.get_one(Sync, sync.id)
        try:
            work = self.work_on(sync)
            plan = None if work.reading.is_due else work.plan(AS_USUAL)
        except HubError:
            return self.finish(self._begun(sync, lease))  # the run that fails tells why
        except BaseException:
            self._release(sync, lease)
            raise
        if plan is not None and plan.is_idle:
            with closing(plan.sending):
                work.positions.save(plan.position)
            self._release(sync, lease)
            return None
        if plan is not None and work.reading.is_possible:  # whoever leaves now may have withdrawn there before
            plan.sending.close()
            plan = None
        run = self.finish(self._begun(sync, lease), plan=plan)
        return None if stored.forget_idle_run(self._world.database, run) else run

    def _lease(self, sync: Sync) -> str:
        assert sync.id is not None
        lease = f"{self._owner} {uuid.uuid4().hex}"
        if not stored.take_lease(self._world.database, sync.id, lease, self._world.clock(), _LEASE):
            raise InUse(f"the sync {sync.name!r} is running already; see `hub sync history {sync.name}`")
        return lease

    def _release(self, sync: Sync, lease: str) -> None:
        with self._world.database.session(write=True) as session:
            stored.release_lease(session, sync.id or 0, lease)

    def _begun(self, sync: Sync, lease: str) -> BegunRun:
        assert sync.id is not None
        run = SyncRun(sync_id=sync.id, started_at=self._world.clock())
        with self._world.database.session(write=True) as session:
            session.add(run)
            session.flush()
            current = session.get_one(Sync, sync.id)
            changed_at = session.get_one(Connection, current.connection_id).changed_at
        assert run.id is not None
        assert current.id is not None
        return BegunRun(current, current.id, run.id, lease, changed_at)


class Work:
    """What one run of a sync has to do, and the doing of it.

    Args:
        world: the hub around it.
        sync: which one.
    """

    def __init__(self, world: SyncWorld, sync: Sync) -> None:
        assert sync.id is not None
        self._world = world
        self._sync = sync
        self._sync_id = sync.id
        self.sink = world.make_sink(sync.connection_id)
        """The other side."""
        shape = shape_of(sync, self.sink, world.organisation)
        self.positions = Positions(world.database, sync.id, shape)
        """How far the sync has come."""
        self.reading = ReadingBack(world.database, sync, self.sink, world.clock)
        """Who withdrew on the other side."""
        self._selecting = Selecting(world.database, world.engine, world.segments, world.views)
        self._planner = Planner(
            world.database, sync, Resolver(world.database, world.organisation, world.engine, self.sink)
        )
        self._before: Position | None = None

    def plan(self, manner: Manner) -> Plan:
        """Find what there is to do; its ``sending`` must be closed.

        Raises:
            NotFound: the segment or view was removed.
            DefinitionError: it can't be answered.
        """
        if manner.afresh:
            with self._world.database.writing() as connection:
                ledgers.doubt(connection, self._sync_id)
        before = self._before = None if manner.afresh else self.positions.load()
        selection = self._selecting.select(self._sync, None if before is None else before.revision)
        if manner.empty:
            nobody = replace(selection, members=NOBODY, wanted=NOBODY)
            return self._planner.plan(nobody, None, mode=SyncMode.MIRROR)
        again = before.refused if manner.retry and before is not None else NOBODY
        return self._planner.plan(selection, before, again)

    def held(self) -> int:
        """How many members the other side holds, or may hold; where a sync only removes, how many it took out."""
        if self._sync.mode == SyncMode.REMOVE_ONLY:
            return ledgers.count(self._world.database, self._sync_id, [LedgerState.REMOVED])
        return ledgers.there(self._world.database, self._sync_id)

    def do(self, progress: RunProgress, manner: Manner, plan: Plan | None) -> tuple[RunStatus, str]:
        """Do it, and tell how it ended.

        Args:
            progress: hears of each batch.
            manner: how it is to be done.
            plan: what there is to do, if that is known already.
        """
        if plan is None and self.reading.is_possible:
            self.reading.read(self._audience(), progress)
        plan = plan or self.plan(manner)
        with closing(plan.sending):
            progress.planned(plan)
            self.positions.save(plan.position)
            leftover = Leftover(np.concatenate([plan.numbers, plan.going["number"].to_numpy()]))
            try:
                ended = self._carry_out(plan, leftover, progress, manner)
            except LeaseLost:
                raise
            except BaseException:
                self.positions.settle(plan.position, leftover.open, leftover.refused_for_good)
                raise
            self.positions.settle(plan.position, leftover.open, leftover.refused_for_good)
        return ended

    def _carry_out(
        self, plan: Plan, leftover: Leftover, progress: RunProgress, manner: Manner
    ) -> tuple[RunStatus, str]:
        world = self._world
        way = Way(
            world.database, self._sync_id, self.sink, self._audience(), world.sleep, progress, leftover
        )  # fmt: skip
        removing = Removing(way)
        removing.erase(of_cause(plan.going, Cause.ERASED))
        removing.remove(of_cause(plan.going, Cause.FORBIDDEN, Cause.REPLACED))
        objects = None if manner.approved or manner.empty else self._objection(plan)
        if objects is not None:
            return RunStatus.HELD, objects
        removing.remove(of_cause(plan.going, Cause.LEFT, Cause.UNREACHABLE))
        self._send(plan, way, manner)
        return progress.conclusion(None if manner.empty else plan)

    def _send(self, plan: Plan, way: Way, manner: Manner) -> None:
        maker = MemberMaker(self.sink, self._world.organisation.country)
        permission = self._selecting.permission(self._sync, plan.selection)
        sending = Sending(way, maker, permission)
        if self._sync.mode == SyncMode.REMOVE_ONLY:
            sending.suppress(plan.sending)
        elif self._can_replace(plan, manner):
            Replacing(way, maker, permission).replace(plan.sending)
        else:
            sending.add(plan.sending)

    def _can_replace(self, plan: Plan, manner: Manner) -> bool:
        if not self.sink.can_replace or self._sync.mode != SyncMode.MIRROR or not len(plan.sending):
            return False
        return manner.afresh or not ledgers.holds_any(self._world.database, self._sync_id)

    def _objection(self, plan: Plan) -> str | None:
        if not plan.to_leave:
            return None
        before = self._before
        held = before.held if before is not None and not len(before.open) else self.held()
        return objection(plan, self._sync, held)

    def _audience(self) -> str:
        """The platform's id of the audience, which is made if it never was."""
        audience = self.sink.ensure_audience(self._sync.audience_name, self._sync.audience)
        if self._sync.audience != audience:
            with self._world.database.session(write=True) as session:
                session.get_one(Sync, self._sync_id).audience = audience
            self._sync.audience = audience
        return audience
