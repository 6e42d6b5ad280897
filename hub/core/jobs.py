"""What a hub does by itself: it keeps segments' histories true, reads sources and runs syncs on time."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from hub.core.contracts.errors import InUse
from hub.core.ingest.connected import ConnectedSources
from hub.core.schedule import Job
from hub.core.schedules import Schedule
from hub.core.segments.history.upkeep import Upkeep
from hub.core.store.tables import Connection, Sync
from hub.core.sync.service import Syncs

_UPKEEP = timedelta(minutes=5)
"""How often all segments are evaluated, if anything changed."""


class Jobs:
    """The jobs of one hub.

    Args:
        syncs: those that have a schedule are run.
        sources: those that have a schedule are read.
        upkeep: of segments.
        clock: the time now, in UTC.
    """

    def __init__(
        self, syncs: Syncs, sources: ConnectedSources, upkeep: Upkeep, clock: Callable[[], datetime]
    ) -> None:
        self._syncs = syncs
        self._sources = sources
        self._upkeep = upkeep
        self._clock = clock

    def all(self) -> Iterator[Job]:
        """The jobs there are now."""
        due = self._clock() - _UPKEEP  # at once when this process is elected: facts may have come in meanwhile
        yield Job("segments", Schedule(interval=_UPKEEP), due, self._keep_up)
        for state in self._syncs.states([sync for sync in self._syncs.all() if sync.schedule and not sync.paused]):
            started = state.newest.started_at if state.newest else state.sync.created_at
            schedule = Schedule.parse(state.sync.schedule or "")
            yield Job(f"sync {state.sync.id}", schedule, started, self._run_of(state.sync, schedule))
        sources = [source for source in self._sources.all() if source.schedule and not source.paused]
        newest = self._sources.newest_runs(sources)
        for source in sources:
            last = newest.get(source.id or 0)
            started = last.started_at if last else source.created_at
            schedule = Schedule.parse(source.schedule or "")
            yield Job(f"import {source.id}", schedule, started, self._import_of(source))

    def _keep_up(self) -> None:
        self._upkeep.run()

    def _run_of(self, sync: Sync, schedule: Schedule) -> Callable[[], None]:
        def run() -> None:
            with suppress(InUse):  # somebody runs it by hand just now: that will do
                current = self._syncs.of_id(sync.id or 0)
                if schedule.on_change:
                    self._syncs.follow(current)
                else:
                    self._syncs.run(current)

        return run

    def _import_of(self, source: Connection) -> Callable[[], None]:
        def run() -> None:
            with suppress(InUse):  # as for syncs
                self._sources.run(self._sources.named(source.name))

        return run
