"""What can be done with syncs: make, change, list, preview, run, follow, watch, pause, cancel and remove them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from hub.core.contracts.errors import InUse, UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.schedules import Schedule
from hub.core.store import ledgers
from hub.core.store import segments as stored_segments
from hub.core.store import syncs as stored
from hub.core.store import views as stored_views
from hub.core.store.database import Database
from hub.core.store.tables import (
    Connection,
    Organisation,
    RunStatus,
    Sync,
    SyncMode,
    SyncRejection,
    SyncRun,
)
from hub.core.sync.previewing import Preview, Previewing
from hub.core.sync.progress import BegunRun
from hub.core.sync.runner import AS_USUAL, EMPTYING, Manner, SyncRunner

_PATIENCE = timedelta(minutes=15)
"""How long a sync that follows changes waits after a run that failed or asks, before it tries by itself again."""


@dataclass(frozen=True)
class SyncState:
    """A sync with what else is told of it."""

    sync: Sync
    segment: str
    """The segment's name."""
    view: str | None
    """The view's name; None when the segment as a whole is kept."""
    connection: str
    """The connection's name."""
    newest: SyncRun | None
    """The newest run."""


class Syncs:
    """The syncs of one organisation.

    Args:
        database: the store's.
        organisation: whose syncs.
        runner: runs them in this process's name.
        check_schedule: raises ``UserError`` for one that can never be kept.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        runner: SyncRunner,
        check_schedule: Callable[[Schedule], object],
        clock: Callable[[], datetime],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._runner = runner
        self._previewing = Previewing(database, organisation, runner)
        self._check_schedule = check_schedule
        self._clock = clock

    def create(
        self,
        name: str,
        segment: str,
        connection: str,
        *,
        view: str | None = None,
        audience: str = "",
        mode: SyncMode = SyncMode.MIRROR,
        permission: str | None,
        channel: ConsentChannel | None = None,
        schedule: str | None = None,
        largest_removal_share: float = 0.5,
    ) -> Sync:
        """Keep a segment, or a view of it, on another platform.

        Args:
            name: what the sync is called.
            segment: name of the segment.
            connection: name of the connection to the platform.
            view: name of a view of the segment, whose members are sent instead.
            audience: what it is called there; the segment's name if empty, or the view's.
            mode: what it does there.
            permission: only who gave it is sent; None when members need no consent for this. A sync that only
                removes sends nobody, and takes none.
            channel: on which channel it must be given; None: on any.
            schedule: see ``Schedule.parse``; None: only by hand.
            largest_removal_share: a run that would remove more asks first; 1: never.

        Raises:
            NotFound: the segment, the view or the connection does not exist.
            NameTaken: the name is in use, or the audience is kept by another sync.
            UserError: the schedule can't be understood, or a value makes no sense.
        """
        if schedule is not None:
            self._check_schedule(Schedule.parse(schedule))
        with self._database.session(write=True) as session:
            of = stored_segments.segment_named(session, self._organisation_id, segment)
            seen = None if view is None else stored_views.view_named(session, of, view)
            to = stored.connection_named(session, self._organisation_id, connection)
            assert of.id is not None
            assert to.id is not None
            self._runner.check(to.id)
            now = self._clock()
            sync = Sync(
                organisation_id=self._organisation_id,
                name=name.strip(),
                segment_id=of.id,
                view_id=None if seen is None else seen.id,
                connection_id=to.id,
                audience_name=audience or (of.name if seen is None else seen.name),
                mode=mode.value,
                permission=permission,
                permission_channel=channel.value if channel else None,
                schedule=schedule,
                largest_removal_share=largest_removal_share,
                created_at=now,
                changed_at=now,
            )
            _check(sync)
            stored.add_sync(session, sync)
        return sync

    def change(self, sync: Sync, **values: object) -> Sync:
        """Change what a sync does. A run that is at work ends; the next one goes on with the new settings.

        Args:
            sync: which one.
            values: any of ``name``, ``mode``, ``permission``, ``channel``, ``schedule`` and
                ``largest_removal_share``, as for ``create``.

        Raises:
            NameTaken: the name is in use.
            UserError: the schedule can't be understood, or a value makes no sense.
        """
        if values.get("schedule") is not None:
            self._check_schedule(Schedule.parse(str(values["schedule"])))
        with self._database.session(write=True) as session:
            current = stored.sync_of(session, self._organisation_id, sync.id or 0)
            only_removed = current.mode == SyncMode.REMOVE_ONLY
            if only_removed and values.get("mode", current.mode) != current.mode and "permission" not in values:
                raise UserError(
                    "say which permission its members must have given before they are sent; null if none"
                )
            for name, value in values.items():
                plain = value.value if isinstance(value, StrEnum) else value
                setattr(current, {"channel": "permission_channel"}.get(name, name), plain)
            current.name = current.name.strip()
            current.changed_at = max(self._clock(), current.changed_at + timedelta(seconds=1))
            _check(current)
            stored.check_sync_name(session, current)
        return current

    def remove(self, sync: Sync, *, leave_members: bool = False) -> None:
        """Forget a sync, its history and its ledger.

        Args:
            sync: which one.
            leave_members: whether those whom the platform holds may stay there, where nobody looks after them.

        Raises:
            InUse: it is running.
            UserError: members are held there, and may not stay.
        """
        held = 0 if leave_members else ledgers.there(self._database, sync.id or 0)
        if held:
            raise UserError(
                f"the other side holds {held:,} members of the sync {sync.name!r}, whom nobody would take out any "
                "more when they withdraw; take them out with `hub sync empty`, or say --leave-members"
            )
        with self._database.session(write=True) as session:
            self._idle(session, sync)
            stored.remove_sync(session, sync.id or 0)

    def begin_emptying(self, sync: Sync) -> BegunRun:
        """Pause a sync, and begin a run that takes everyone out of its audience; ``EMPTYING`` is its manner.

        Raises:
            InUse: it is running.
            UserError: it only removes, and put nobody there.
        """
        if sync.mode == SyncMode.REMOVE_ONLY and not ledgers.there(self._database, sync.id or 0):
            raise UserError(f"the sync {sync.name!r} only removes: there is nobody whom it could take out again")
        begun = self.begin(sync)
        self.pause(sync, paused=True)
        return begun

    def empty(self, sync: Sync) -> SyncRun:
        """Pause a sync and take everyone out of its audience; see ``begin_emptying``."""
        return self.finish(self.begin_emptying(sync), EMPTYING)

    def start_over(self, sync: Sync) -> None:
        """Forget what the platform holds, and which audience it is: the next run makes another and sends everyone.

        For an audience that was deleted there. If it was not, whoever is in it stays, with nobody to look after.

        Raises:
            InUse: it is running.
        """
        with self._database.session(write=True) as session:
            self._idle(session, sync)
            stored.forget_what_is_held(session, sync.id or 0)
            current = session.get_one(Sync, sync.id)
            current.audience = None
            current.changed_at = max(self._clock(), current.changed_at + timedelta(seconds=1))

    def all(self, *, after: str | None = None, limit: int | None = None) -> Sequence[Sync]:
        """Syncs by name, for paging from after a name."""
        with self._database.session() as session:
            return stored.syncs(session, self._organisation_id, after=after, limit=limit)

    def of_id(self, sync_id: int) -> Sync:
        """The sync of that id.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.sync_of(session, self._organisation_id, sync_id)

    def states(self, syncs: Sequence[Sync]) -> Sequence[SyncState]:
        """Syncs with what else is told of them."""
        ids = [sync.id for sync in syncs if sync.id is not None]
        with self._database.session() as session:
            names, newest = stored.names(session, ids), stored.newest_runs(session, ids)
        return [SyncState(sync, *names[sync.id or 0], newest.get(sync.id or 0)) for sync in syncs]

    def named(self, name: str) -> Sync:
        """The sync of that name.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.sync_named(session, self._organisation_id, name)

    def preview(self, sync: Sync) -> Preview:
        """What a run would do now, with nothing sent."""
        return self._previewing.preview(sync)

    def begin(self, sync: Sync) -> BegunRun:
        """Begin a run; see ``SyncRunner.begin``.

        Raises:
            InUse: it is running already.
        """
        return self._runner.begin(sync)

    def finish(self, begun: BegunRun, manner: Manner = AS_USUAL) -> SyncRun:
        """Bring a run that began to its end; see ``SyncRunner.finish``."""
        return self._runner.finish(begun, manner)

    def run(self, sync: Sync, manner: Manner = AS_USUAL) -> SyncRun:
        """Begin a run and bring it to its end.

        Args:
            sync: which one.
            manner: how it is to be done.

        Raises:
            InUse: it is running already.
        """
        return self.finish(self.begin(sync), manner)

    def follow(self, sync: Sync) -> SyncRun | None:
        """Run a sync if anything changed that concerns it, and not so soon after a run that went wrong or asks.

        Raises:
            InUse: it is running already.
        """
        newest = self.history(sync, limit=1)
        if newest and newest[0].status in (RunStatus.FAILED, RunStatus.HELD):
            ended = newest[0].ended_at or newest[0].started_at
            if ended + _PATIENCE > self._clock() and ended >= self._changed_at(sync):
                return None
        return self._runner.follow(sync)

    def run_of(self, run_id: int) -> SyncRun:
        """The run of that id.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.run_of(session, self._organisation_id, run_id)

    def history(self, sync: Sync, limit: int = 50, *, before: int | None = None) -> Sequence[SyncRun]:
        """The newest runs, newest first; for paging from before an id."""
        with self._database.session() as session:
            return stored.runs(session, sync, limit, before=before)

    def rejections(
        self, run: SyncRun, *, after: int | None = None, limit: int | None = None
    ) -> Sequence[SyncRejection]:
        """The members a run's platform refused, with reasons; for paging from after an id.

        They are kept for the newest 50 runs of a sync.
        """
        with self._database.session() as session:
            return stored.rejections(session, run, after=after, limit=limit)

    def pause(self, sync: Sync, *, paused: bool) -> None:
        """Stop a sync from running by its schedule, or let it run again."""
        with self._database.session(write=True) as session:
            session.get_one(Sync, sync.id).paused = paused

    def cancel(self, sync: Sync) -> None:
        """Ask the running run to end after its current batch.

        Raises:
            InUse: none is running.
        """
        with self._database.session(write=True) as session:
            if not stored.request_cancellation(session, sync):
                raise InUse(f"the sync {sync.name!r} is not running")

    def _changed_at(self, sync: Sync) -> datetime:
        """When somebody last changed the sync or its connection: that may be the mend."""
        with self._database.session() as session:
            current = session.get_one(Sync, sync.id)
            return max(current.changed_at, session.get_one(Connection, current.connection_id).changed_at)

    def _idle(self, session: Session, sync: Sync) -> None:
        if stored.is_leased(session, sync.id or 0, self._clock()):
            raise InUse(f"the sync {sync.name!r} is running; cancel it first with `hub sync cancel`")


def _check(sync: Sync) -> None:
    """See that a sync's values make sense together.

    Raises:
        UserError: they do not.
    """
    if not sync.name.strip():
        raise UserError("a sync needs a name")
    if not 0 <= sync.largest_removal_share <= 1:
        raise UserError("the largest share a run may remove lies between 0 and 1")
    if sync.permission_channel is not None and sync.permission is None:
        raise UserError("a channel says where a permission must be given; name the permission, too")
    if sync.mode == SyncMode.REMOVE_ONLY and sync.permission is not None:
        raise UserError(
            "a sync that only removes sends nobody and asks for no permission: whoever is in the segment is taken "
            "out of the audience"
        )
