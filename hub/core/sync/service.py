"""What can be done with syncs: make, list, preview, run, watch, pause and cancel them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from hub.core.contracts.errors import InUse, UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.schedules import Schedule
from hub.core.store import segments as stored_segments
from hub.core.store import syncs as stored
from hub.core.store.database import Database
from hub.core.store.tables import Connection, Organisation, Segment, Sync, SyncMode, SyncRejection, SyncRun
from hub.core.sync.planning import Plan
from hub.core.sync.progress import BegunRun
from hub.core.sync.runner import SyncRunner


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
        self._check_schedule = check_schedule
        self._clock = clock

    def create(
        self,
        name: str,
        segment: str,
        connection: str,
        *,
        audience: str = "",
        mode: SyncMode = SyncMode.MIRROR,
        permission: str | None,
        channel: ConsentChannel | None = None,
        schedule: str | None = None,
        largest_removal_share: float = 0.5,
    ) -> Sync:
        """Keep a segment on another platform.

        Args:
            name: what the sync is called.
            segment: name of the segment.
            connection: name of the connection to the platform.
            audience: what it is called there; the segment's name if empty.
            mode: what it does there.
            permission: only who gave it is sent; None when members need no consent for this.
            channel: on which channel it must be given; None: on any.
            schedule: see ``Schedule.parse``; None: only by hand.
            largest_removal_share: a run that would remove more asks first.

        Raises:
            NotFound: the segment or the connection does not exist.
            NameTaken: the name is in use, or the audience is kept by another sync.
            UserError: the schedule can't be understood, or a share is not between 0 and 1.
        """
        if not name.strip():
            raise UserError("a sync needs a name")
        if not 0 <= largest_removal_share <= 1:
            raise UserError("the largest share a run may remove lies between 0 and 1")
        if schedule is not None:
            self._check_schedule(Schedule.parse(schedule))
        with self._database.session(write=True) as session:
            of = stored_segments.segment_named(session, self._organisation_id, segment)
            to = stored.connection_named(session, self._organisation_id, connection)
            assert of.id is not None
            assert to.id is not None
            self._runner.check(to.id)
            sync = Sync(
                organisation_id=self._organisation_id,
                name=name.strip(),
                segment_id=of.id,
                connection_id=to.id,
                audience_name=audience or of.name,
                mode=mode.value,
                permission=permission,
                permission_channel=channel.value if channel else None,
                schedule=schedule,
                largest_removal_share=largest_removal_share,
                created_at=(now := self._clock()),
                changed_at=now,
            )
            stored.add_sync(session, sync)
        return sync

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

    def names_of(self, sync: Sync) -> tuple[str, str]:
        """The names of a sync's segment and connection."""
        with self._database.session() as session:
            segment = session.get_one(Segment, sync.segment_id)
            return segment.name, session.get_one(Connection, sync.connection_id).name

    def named(self, name: str) -> Sync:
        """The sync of that name.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.sync_named(session, self._organisation_id, name)

    def preview(self, sync: Sync) -> Plan:
        """What a run would do now, with nothing sent."""
        return self._runner.preview(sync)

    def begin(self, sync: Sync) -> BegunRun:
        """Begin a run; see ``SyncRunner.begin``.

        Raises:
            InUse: it is running already.
        """
        return self._runner.begin(sync)

    def finish(self, begun: BegunRun, *, approved: bool = False) -> SyncRun:
        """Bring a run that began to its end; see ``SyncRunner.finish``."""
        return self._runner.finish(begun, approved=approved)

    def run(self, sync: Sync, *, approved: bool = False) -> SyncRun:
        """Begin a run and bring it to its end.

        Args:
            sync: which one.
            approved: whether a person agreed to remove as many as it takes.

        Raises:
            InUse: it is running already.
        """
        return self.finish(self.begin(sync), approved=approved)

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
        """The members a run's platform refused, with reasons; for paging from after an id."""
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
