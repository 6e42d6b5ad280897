"""What can be done with connected data sources: list, import, schedule, pause and watch them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from hub.core.contracts.errors import InUse, SettingsError, UserError
from hub.core.ingest.pulling import BegunPull, Pull, Puller
from hub.core.ingest.report import IngestReport
from hub.core.registry.reports import Kind
from hub.core.schedules import Schedule
from hub.core.store import imports as stored
from hub.core.store import syncs as stored_connections
from hub.core.store.database import Database
from hub.core.store.tables import Connection, ImportRejection, ImportRun, Organisation

_KIND = Kind.DATA_SOURCE.value


class ConnectedSources:
    """The connected data sources of one organisation.

    Args:
        database: the store's.
        organisation: whose sources.
        puller: runs their imports in this process.
        check_schedule: raises ``UserError`` for one that can never be kept.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        puller: Puller,
        check_schedule: Callable[[Schedule], object],
        clock: Callable[[], datetime],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._puller = puller
        self._check_schedule = check_schedule
        self._clock = clock

    def all(self, *, after: str | None = None, limit: int | None = None) -> Sequence[Connection]:
        """Sources by name, for paging from after a name."""
        with self._database.session() as session:
            return stored.sources(session, self._organisation_id, _KIND, after=after, limit=limit)

    def named(self, name: str) -> Connection:
        """The source of that name.

        Raises:
            NotFound: there is no such connection.
            SettingsError: it is no data source.
        """
        with self._database.session() as session:
            found = stored_connections.connection_named(session, self._organisation_id, name)
        if found.kind != _KIND:
            raise SettingsError(f"the connection {found.name!r} is no data source; nothing can be read from it")
        return found

    def of_id(self, connection_id: int) -> Connection:
        """The source of that connection's id.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.connection_of(session, self._organisation_id, _KIND, connection_id)

    def newest_runs(self, sources: Sequence[Connection]) -> Mapping[int, ImportRun]:
        """The newest run of each of the sources that have one, by the source's id."""
        with self._database.session() as session:
            return stored.newest_runs(session, [source.id for source in sources if source.id is not None])

    def try_out(self, source: Connection, *, approved: bool = False) -> IngestReport:
        """Import everything, then take it all back; nothing is recorded.

        Raises:
            HubError: whatever stops it.
        """
        return self._puller.try_out(source, approved=approved)

    def begin(self, source: Connection) -> BegunPull:
        """Record that a run began; see ``Puller.begin``.

        Raises:
            InUse: one is at work already.
        """
        return self._puller.begin(source)

    def finish(self, begun: BegunPull, *, approved: bool = False) -> Pull:
        """Bring a run that began to its end; see ``Puller.finish``."""
        return self._puller.finish(begun, approved=approved)

    def run(
        self,
        source: Connection,
        *,
        approved: bool = False,
        progress: Callable[[IngestReport], None] = lambda report: None,
    ) -> Pull:
        """Import what is new in a source, from where its last run ended.

        Args:
            source: which one.
            approved: whether a person agreed to whatever is deleted.
            progress: hears the growing report after each batch.

        Raises:
            InUse: one is at work already.
        """
        return self._puller.finish(self._puller.begin(source), approved=approved, progress=progress)

    def schedule(self, source: Connection, schedule: str | None) -> Connection:
        """Say when a source is imported by itself.

        Args:
            source: which one.
            schedule: see ``Schedule.parse``; None: only by hand.

        Raises:
            UserError: it can't be understood, or is none for imports.
        """
        if schedule is not None:
            parsed = Schedule.parse(schedule)
            if parsed.interval is None and parsed.cron is None:
                raise UserError(
                    f"an import can't run {schedule!r}: nobody tells the hub of a change there; write "
                    "'every 15 minutes', 'every hour' or five cron fields such as '0 6 * * *'"
                )
            self._check_schedule(parsed)
        return self._change(source, schedule=schedule)

    def pause(self, source: Connection, *, paused: bool) -> Connection:
        """Stop a source from being imported by its schedule, or let it be again."""
        return self._change(source, paused=paused)

    def cancel(self, source: Connection) -> None:
        """Ask the running run, in whatever process, to end after its current batch.

        Raises:
            InUse: none is running.
        """
        assert source.id is not None
        with self._database.session(write=True) as session:
            if not stored.request_cancellation(session, source.id):
                raise InUse(f"{source.name!r} is not being imported just now")

    def run_of(self, run_id: int) -> ImportRun:
        """The run of that id.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.run_of(session, self._organisation_id, run_id)

    def history(self, source: Connection, limit: int = 50, *, before: int | None = None) -> Sequence[ImportRun]:
        """The newest runs, newest first; for paging from before an id."""
        assert source.id is not None
        with self._database.session() as session:
            return stored.runs(session, source.id, limit, before=before)

    def rejections(
        self, run: ImportRun, *, after: int | None = None, limit: int | None = None
    ) -> Sequence[ImportRejection]:
        """The rows a run could not take, with reasons; for paging from after an id.

        Of a run that rejected more than ``store.imports.MOST_REJECTIONS``, only the first ones are kept.
        """
        assert run.id is not None
        with self._database.session() as session:
            return stored.rejections(session, run.id, after=after, limit=limit)

    def _change(self, source: Connection, **values: object) -> Connection:
        with self._database.session(write=True) as session:
            found = session.get_one(Connection, source.id)
            for name, value in values.items():
                setattr(found, name, value)
            found.changed_at = self._clock()
        return found
