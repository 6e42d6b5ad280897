"""Withdraws consents that customers took back on a channel itself."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from hub.core.contracts.records import ConsentChannel
from hub.core.store.facts.consents import Withdrawal, withdraw

COMPLAINT = "complaint"
"""The place of a withdrawal that follows from a complaint about a message."""
STOPPED = "stopped on the channel"
"""The place of a withdrawal by whoever told a provider to stop."""


def stop_place(channel: ConsentChannel) -> str:
    """The place of a withdrawal by whoever told a channel to stop."""
    return "STOP by SMS" if channel is ConsentChannel.SMS else STOPPED


def withdraw_all(
    connection: sa.Connection, channel: ConsentChannel, times: Mapping[int, datetime], place: str
) -> int:
    """Withdraw every permission that customers gave on a channel; a later consent stands. Return how many.

    Args:
        connection: a transaction.
        channel: on which channel.
        times: by customer's number, when they took it back, in UTC.
        place: where.
    """
    gone = [Withdrawal(number, at, place) for number, at in sorted(times.items())]
    return withdraw(connection, gone, None, channel)
