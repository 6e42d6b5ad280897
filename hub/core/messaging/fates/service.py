"""What became of messages: takes providers' calls, asks providers, and tells."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from hub.core.access.signatures import Signatures
from hub.core.contracts.channel_abilities import (
    ChannelEvent,
    Fate,
    FateReport,
    Heard,
    StopRequest,
    WebhookAnswer,
    WebhookRequest,
)
from hub.core.contracts.errors import HubError, NotFound
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.channels import Channels
from hub.core.messaging.conversations import Conversations
from hub.core.messaging.fates import collecting, polling
from hub.core.messaging.fates.reports import Reports
from hub.core.messaging.fates.stopping import Stopping
from hub.core.messaging.suppressions import Suppressions
from hub.core.store import fates as stored
from hub.core.store.database import Database
from hub.core.store.tables import MessageEvent, Organisation
from hub.core.store.texts import storable

_KEPT = timedelta(days=3)
"""How long a report waits for its message."""
_SIDE_BY_SIDE = 4
"""Providers asked at the same time: a slow one holds up no other."""
_ORDER = [fate.value for fate in Fate]
"""Of what became known in the same second."""

_EventT = TypeVar("_EventT", FateReport, StopRequest, Heard)
_log = logging.getLogger(__name__)


class Fates:
    """What became of one organisation's messages, and what its customers answer.

    Args:
        database: the store's.
        organisation: whose.
        channels: the connections that carry messages.
        signatures: reads what links into conversations carry.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        channels: Channels,
        signatures: Signatures,
        clock: Callable[[], datetime],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._channels = channels
        self._clock = clock
        suppressions = Suppressions(database, organisation, clock)
        self._reports = Reports(organisation, suppressions)
        self._stopping = Stopping(organisation, suppressions)
        self._conversations = Conversations(organisation, signatures, clock)

    def receive(self, connection_id: int, request: WebhookRequest) -> WebhookAnswer:
        """Take a provider's call. What it tells is stored before the provider is thanked.

        Raises:
            NotFound: there is no such connection, or its channel has no webhook.
            Rejected: nobody knows who sent it.
            TryAgain: the store is busy; the provider comes again.
            SettingsError, IntegratorError: the connection can't be used.
        """
        channel = self._channels.open(connection_id)
        try:
            if not channel.has_webhook:
                raise NotFound(f"the connection {connection_id} has no webhook")
            answer = channel.receive(request)
        finally:
            channel.close()
        self._hear(connection_id, channel.channel, answer.events)
        return answer

    def hear(self, connection_id: int, events: Sequence[ChannelEvent]) -> None:
        """Store what a provider told, in any order; what was told before changes nothing.

        Raises:
            NotFound: there is no such connection, or its plugin is gone.
        """
        connection = self._channels.of_id(connection_id)
        channel = self._channels.channel_of(connection)
        if channel is None:
            raise NotFound(f"the plugin of the connection {connection.name!r} is gone; install it again")
        self._hear(connection_id, channel, events)

    def poll(self) -> int:
        """Fetch what providers keep, and ask those that can be asked for messages of which nothing final is known.

        A provider that can't be reached, or whose plugin is broken, is logged and holds up no other.

        Returns:
            How many messages providers told something of.
        """
        now = self._clock()
        with self._database.writing() as connection:
            stored.forget_early(connection, now - _KEPT)
            waiting = stored.connections_with_early(connection)
        own = [(one.id or 0, channel) for one, channel in self._channels.all()]
        for connection_id, channel in own:
            if connection_id in waiting:
                self._store(connection_id, channel, [], now, early=True)
        with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="polling") as threads:
            polled = [threads.submit(self._poll, connection_id, channel, now) for connection_id, channel in own]
            return sum(one.result() for one in polled)

    def events_of(self, message_id: int) -> Sequence[MessageEvent]:
        """What is known of a message, oldest first; nothing where there is no such message."""
        with self._database.session() as session:
            found = stored.events_of(session, self._organisation_id, message_id)
        return sorted(found, key=lambda one: (one.at, _ORDER.index(one.fate)))

    def _poll(self, connection_id: int, channel: ConsentChannel, now: datetime) -> int:
        """Ask one provider; whatever goes wrong with it ends here."""

        def hear(events: Sequence[ChannelEvent]) -> None:
            self._hear(connection_id, channel, events)

        try:
            opened = self._channels.open(connection_id)
            try:
                count = collecting.collect(connection_id, opened, hear) if opened.collects else 0
                if not opened.polls:
                    return count
                with self._database.reading() as connection:
                    due = stored.awaiting(connection, connection_id, polling.windows(now), polling.MOST)
                return count + (polling.ask(connection_id, opened, due, hear) if due else 0)
            finally:
                opened.close()
        except HubError as error:
            _log.warning("connection %d could not be asked for messages: %s", connection_id, error)
            return 0

    def _hear(self, connection_id: int, channel: ConsentChannel, events: Sequence[ChannelEvent]) -> None:
        if events:
            self._store(connection_id, channel, events, self._clock(), early=False)

    def _store(
        self,
        connection_id: int,
        channel: ConsentChannel,
        events: Sequence[ChannelEvent],
        now: datetime,
        *,
        early: bool,
    ) -> None:
        reports, stops = _of(events, FateReport), _of(events, StopRequest)
        heard = [one for one in _of(events, Heard) if storable(one.address)]
        if stops:
            known = [one for one in stops if storable(one.address)]
            self._stopping.heed(self._database, channel, known, now)
        if reports or heard or early:
            with self._database.writing(durable=True) as connection:
                self._reports.take(connection, connection_id, reports, now)
                self._conversations.hear(connection, channel, heard)


def _of(events: Sequence[ChannelEvent], kind: type[_EventT]) -> list[_EventT]:
    return [one for one in events if isinstance(one, kind)]
