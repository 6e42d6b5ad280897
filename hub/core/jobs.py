"""What a hub does by itself: it keeps segments true, reads sources, runs syncs and sends messages."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from hub.core.contracts.errors import InUse
from hub.core.ingest.connected import ConnectedSources
from hub.core.messaging.confirming import Confirming
from hub.core.messaging.fates.polling import EVERY
from hub.core.messaging.fates.service import Fates
from hub.core.messaging.newsletters.service import Newsletters
from hub.core.messaging.single import SingleMessages
from hub.core.schedule import Job
from hub.core.schedules import Schedule
from hub.core.segments.history.upkeep import Upkeep
from hub.core.store.tables import Connection, Newsletter, Sync
from hub.core.sync.service import Syncs

_CONFIRMATIONS = timedelta(minutes=1)
"""How often addresses are asked to confirm consents, if any were not asked at once."""
_MESSAGES = timedelta(minutes=1)
"""How often it is looked whether messages wait."""
_UPKEEP = timedelta(minutes=5)
"""How often all segments are evaluated, if anything changed."""


class Jobs:
    """The jobs of one hub.

    Args:
        syncs: those that have a schedule are run.
        sources: those that have a schedule are read.
        upkeep: of segments.
        fates: of messages; providers are asked for them.
        confirming: asks addresses to confirm consents.
        newsletters: those whose time has come are sent.
        single_messages: those that could not be sent at once are sent.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        syncs: Syncs,
        sources: ConnectedSources,
        upkeep: Upkeep,
        fates: Fates,
        confirming: Confirming,
        newsletters: Newsletters,
        single_messages: SingleMessages,
        clock: Callable[[], datetime],
    ) -> None:
        self._syncs = syncs
        self._sources = sources
        self._upkeep = upkeep
        self._fates = fates
        self._confirming = confirming
        self._newsletters = newsletters
        self._single_messages = single_messages
        self._clock = clock

    def all(self) -> Iterator[Job]:
        """The jobs there are now."""
        due = self._clock() - _UPKEEP  # at once when this process is elected: facts may have come in meanwhile
        yield Job("segments", Schedule(interval=_UPKEEP), due, self._keep_up)
        yield Job(
            "consents", Schedule(interval=_CONFIRMATIONS), self._clock() - _CONFIRMATIONS, self._ask_to_confirm
        )
        yield Job("delivery reports", Schedule(interval=EVERY), self._clock() - EVERY, self._ask_for_reports)
        minute_ago = self._clock() - _MESSAGES
        yield Job("single messages", Schedule(interval=_MESSAGES), minute_ago, self._single_messages.send_waiting)
        for newsletter in self._newsletters.due():
            yield Job(
                f"newsletter {newsletter.id}",
                Schedule(interval=_MESSAGES),
                minute_ago,
                self._sending_of(newsletter),
            )
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

    def _ask_to_confirm(self) -> None:
        self._confirming.send_due()

    def _ask_for_reports(self) -> None:
        self._fates.poll()

    def _sending_of(self, newsletter: Newsletter) -> Callable[[], None]:
        def send() -> None:
            with suppress(InUse):  # it is being sent by hand, or since a minute ago
                self._newsletters.run(newsletter)

        return send

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
