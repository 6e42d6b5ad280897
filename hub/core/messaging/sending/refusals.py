"""Heeds what a provider says of an address when it refuses a message: nothing more goes to one that is dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hub.core.contracts.errors import Refusal, Rejected
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.suppressions import Suppressions
from hub.core.store.facts.consents import Withdrawal, withdraw
from hub.core.store.tables import SuppressionReason

_PLACE = "stopped at the provider"


@dataclass(frozen=True)
class Refused:
    """An address to which a provider sends nothing."""

    customer: int
    digest: str
    """Under which it is suppressed."""
    error: Rejected


class Refusals:
    """Suppresses dead addresses, and takes a stop at the provider for a withdrawal.

    Args:
        suppressions: the addresses that nothing more is sent to.
    """

    def __init__(self, suppressions: Suppressions) -> None:
        self._suppressions = suppressions

    def heed(
        self, connection: sa.Connection, channel: ConsentChannel, refused: Sequence[Refused], now: datetime
    ) -> None:
        """Note what providers refused on a channel.

        Args:
            connection: a transaction.
            channel: on which channel.
            refused: which addresses.
            now: when, in UTC.
        """
        for one in refused:
            if one.error.refusal is Refusal.ADDRESS:
                self._suppressions.add_digests(
                    connection, channel, [one.digest], SuppressionReason.BOUNCED, str(one.error), now
                )
        # Who stopped is not suppressed: a consent that is given later counts again.
        stopped = [one for one in refused if one.error.refusal is Refusal.UNSUBSCRIBED]
        if stopped:
            withdraw(connection, [Withdrawal(one.customer, now, _PLACE) for one in stopped], None, channel)
