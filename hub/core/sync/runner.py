"""Runs a sync: evaluate, resolve, compare with the ledger, ask where a guard says so, send the difference."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Question
from hub.core.contracts.errors import HubError, InUse, NotFound, TryAgain
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.engine import Engine, Expression
from hub.core.store import ledgers
from hub.core.store import syncs as stored
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, RunStatus, Segment, Sync, SyncMode, SyncRun
from hub.core.sync.guarded_sink import GuardedSink
from hub.core.sync.members import resolve
from hub.core.sync.outcome import Cancelled, LeaseLost
from hub.core.sync.planning import Plan, plan
from hub.core.sync.progress import BegunRun, RunProgress
from hub.core.sync.sending import Sending

_LEASE = timedelta(minutes=10)
_GUARD_FROM = 20
"""A run that removes fewer members than this is never held: shares of small audiences mean little."""


@dataclass(frozen=True)
class SyncWorld:
    """What a run needs of the hub."""

    database: Database
    organisation: Organisation
    engine: Engine
    members_of: Callable[[Segment], Bitmap]
    """Evaluates a segment for today."""
    calendar: Callable[[], Calendar]
    make_sink: Callable[[int], GuardedSink]
    """The component of a connection's id, ready to work and guarded."""
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep


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

    def preview(self, sync: Sync) -> Plan:
        """What a run would do now, with nothing sent."""
        return self._plan(sync, self._world.make_sink(sync.connection_id))

    def begin(self, sync: Sync) -> BegunRun:
        """Become the one to run a sync, and record that a run began.

        Raises:
            InUse: it is running already.
        """
        assert sync.id is not None
        now = self._world.clock()
        lease = f"{self._owner} {uuid.uuid4().hex}"
        if not stored.take_lease(self._world.database, sync.id, lease, now, _LEASE):
            raise InUse(f"the sync {sync.name!r} is running already; see `hub sync history {sync.name}`")
        run = SyncRun(sync_id=sync.id, started_at=now)
        with self._world.database.session(write=True) as session:
            session.add(run)
            session.flush()
        assert run.id is not None
        return BegunRun(sync, sync.id, run.id, lease)

    def finish(self, begun: BegunRun, *, approved: bool = False) -> SyncRun:
        """Bring a run that began to its end and record how it ended.

        Args:
            begun: the run.
            approved: whether a person agreed to remove as many as it takes.

        Raises:
            LeaseLost: another process has taken the sync over, because this one was silent for too long.
        """
        progress = RunProgress(self._world.database, self._world.clock, begun, _LEASE)
        try:
            status, message = self._work(begun.sync, progress, approved=approved)
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

    def _work(self, sync: Sync, progress: RunProgress, *, approved: bool) -> tuple[RunStatus, str]:
        world = self._world
        sink = world.make_sink(sync.connection_id)
        todo = self._plan(sync, sink)
        progress.planned(todo)
        audience = sink.ensure_audience(sync.audience_name, sync.audience)
        self._remember_audience(sync, audience)
        assert sync.id is not None
        sending = Sending(
            world.database, sync.id, sink, audience, world.organisation.country, world.sleep, progress
        )
        sending.remove(todo.mandatory)
        if not approved and _too_many(todo, sync.largest_removal_share):
            return RunStatus.HELD, (
                f"{todo.to_leave:,} of {todo.held:,} members would leave, more than "
                f"{sync.largest_removal_share:.0%}; if that is right, run it with --approve"
            )
        sending.remove(todo.leaving)
        sending.add(todo.sending)
        return progress.conclusion()

    def _plan(self, sync: Sync, sink: GuardedSink) -> Plan:
        world = self._world
        assert sync.id is not None
        with world.database.session() as session:
            segment = session.get_one(Segment, sync.segment_id)
        if segment.removed_at is not None:
            raise NotFound(f"the segment {segment.name!r} was removed; restore it with `hub segment restore`")
        chosen = world.members_of(segment)
        allowed = self._allowed(sync)
        wanted = (chosen & allowed).numbers()
        resolved = resolve(world.database, world.organisation, world.engine, sink, wanted)
        return plan(
            resolved.table,
            ledgers.entries(world.database, sync.id),
            allowed.numbers(),
            remove_leaving=sync.mode == SyncMode.MIRROR,
            unreachable=len(chosen) - resolved.table.num_rows,
        )

    def _allowed(self, sync: Sync) -> Bitmap:
        """Who may be on another platform: customers, and with the sync's permission if it names one."""
        with self._world.engine.snapshot(self._world.calendar()) as snapshot:
            if sync.permission is None:
                return snapshot.everyone()
            return snapshot.ask([_consented(sync)])[0]

    def _remember_audience(self, sync: Sync, audience: str) -> None:
        if sync.audience == audience:
            return
        with self._world.database.session(write=True) as session:
            session.get_one(Sync, sync.id).audience = audience
        sync.audience = audience


def _consented(sync: Sync) -> Expression:
    """Who gave the permission of a sync."""

    def expression(question: Question) -> sa.ColumnElement[bool]:
        consents = question.relations.consents
        given = sa.select(consents.c.customer).where(
            consents.c.permission == sync.permission, consents.c.given.is_(True)
        )
        if sync.permission_channel:
            given = given.where(consents.c.channel == sync.permission_channel)
        return question.relations.traits.c.number.in_(given)

    return expression


def _too_many(todo: Plan, largest_share: float) -> bool:
    return todo.to_leave >= _GUARD_FROM and todo.to_leave > largest_share * todo.held
