"""Fetches what providers keep until it is fetched, such as bounces that came as mail."""

import logging
from collections.abc import Callable, Sequence

from hub.core.contracts.channel_abilities import ChannelEvent
from hub.core.contracts.errors import HubError
from hub.core.messaging.guarded_channel import GuardedChannel

_log = logging.getLogger(__name__)


def collect(connection_id: int, channel: GuardedChannel, hear: Callable[[Sequence[ChannelEvent]], None]) -> int:
    """Fetch what a provider keeps; return how much it told.

    A provider that fails is logged. What was stored until then counts; the rest is told at the next run.

    Args:
        connection_id: for the log.
        channel: knows how to fetch.
        hear: stores some of it at a time, before the provider puts it away.
    """
    count = 0

    def take(events: Sequence[ChannelEvent]) -> None:
        nonlocal count
        hear(events)
        count += len(events)

    try:
        channel.collect(take)
    except HubError as error:
        _log.warning("connection %d: what became of messages can't be fetched just now: %s", connection_id, error)
    return count
