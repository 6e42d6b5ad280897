"""Asks providers that can be asked what became of messages.

Which message is asked for when follows from when it was sent and from the clock alone, so nothing need be kept: at
each run, those that reached one of a few ages since the slot of the run before. A run that is missed skips one age
of some messages, and asks for them at their next.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from hub.core.contracts.channel_abilities import Fate, FateReport
from hub.core.contracts.errors import HubError
from hub.core.messaging.guarded_channel import GuardedChannel

EVERY = timedelta(minutes=15)
"""How often providers are asked."""
AGES = (
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=72),
)
"""How old a message is when its provider is asked for it. After the last one nobody knows more."""
MOST = 2_000
"""Messages asked for in one run over one connection: some providers take a request for each."""

_AT_ONCE = 100
_SAYS_NOTHING = frozenset({Fate.QUEUED, Fate.SENT})
_START = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)


def windows(now: datetime) -> Sequence[tuple[datetime, datetime]]:
    """When messages were sent that are to be asked for: for each age, from after a time until a time, in UTC."""
    slot = _START + (now - _START) // EVERY * EVERY
    return [(slot - EVERY - age, slot - age) for age in AGES]


def ask(
    connection_id: int,
    channel: GuardedChannel,
    references: Sequence[str],
    hear: Callable[[Sequence[FateReport]], None],
) -> int:
    """Ask a provider for messages; return of how many it said something new.

    A provider that fails is not asked further; what it said until then counts.

    Args:
        connection_id: for the log.
        channel: knows how to ask.
        references: of messages that are sent, as far as is known.
        hear: is given what it says, some at a time.
    """
    count = 0
    for start in range(0, len(references), _AT_ONCE):
        said: list[FateReport] = []
        failed: HubError | None = None
        try:
            said.extend(
                report
                for report in channel.reports(references[start : start + _AT_ONCE])
                if report.fate not in _SAYS_NOTHING
            )
        except HubError as error:
            failed = error
        hear(said)
        count += len(said)
        if failed is not None:
            _log.warning("connection %d can't be asked for messages just now: %s", connection_id, failed)
            break
    return count
