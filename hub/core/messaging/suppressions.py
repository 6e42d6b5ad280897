"""Addresses that nothing more is sent to, whatever their owners agreed to. They are kept as digests."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from hub.core.contracts.errors import InputError, NotFound, Rejected
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.addresses import address_on
from hub.core.store import suppressions as stored
from hub.core.store.database import Database
from hub.core.store.suppressions import NewSuppression
from hub.core.store.tables import Organisation, Suppression, SuppressionReason
from hub.core.store.texts import storable

LONGEST_DETAIL = 300
"""Characters of what is kept of the reason's words."""


def suppression_digest(channel: ConsentChannel, address: str) -> str:
    """What is kept of a suppressed address: its SHA-256, as hexadecimal digits.

    Args:
        channel: which channel it is on.
        address: in the form in which messages are sent, see ``address_on``.
    """
    known = address.lower() if channel is ConsentChannel.EMAIL else address
    return hashlib.sha256(known.encode()).hexdigest()


class Suppressions:
    """The suppressed addresses of one organisation.

    Args:
        database: the store's.
        organisation: whose.
        clock: the time now, in UTC.
    """

    def __init__(self, database: Database, organisation: Organisation, clock: Callable[[], datetime]) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._country = organisation.country
        self._clock = clock

    def add(
        self,
        channel: ConsentChannel,
        address: str,
        reason: SuppressionReason,
        detail: str = "",
        at: datetime | None = None,
    ) -> None:
        """Send nothing more to an address. One that is suppressed already stays so, with its reason.

        Args:
            channel: on which channel.
            address: as anybody writes it.
            reason: why.
            detail: more on why, without the address.
            at: since when; since now if None.

        Raises:
            InputError: it can't be an address on this channel.
        """
        digest = self._digest(channel, address)
        with self._database.writing() as connection:
            self.add_digests(connection, channel, [digest], reason, detail, at)

    def add_digests(
        self,
        connection: sa.Connection,
        channel: ConsentChannel,
        digests: Iterable[str],
        reason: SuppressionReason,
        detail: str = "",
        at: datetime | None = None,
    ) -> None:
        """Send nothing more to many addresses, by their digests. Those suppressed already stay as they are.

        Args:
            connection: a transaction.
            channel: on which channel.
            digests: see ``suppression_digest``.
            reason: why.
            detail: more on why, without the address.
            at: since when; since now if None.
        """
        since = at or self._clock()
        kept = detail[:LONGEST_DETAIL] if storable(detail) else ""
        new = [NewSuppression(one, reason.value, kept, since) for one in dict.fromkeys(digests)]
        stored.add(connection, self._organisation_id, channel.value, new)

    def lift(self, channel: ConsentChannel, address: str) -> None:
        """Let messages go to an address again, to whoever consented.

        Raises:
            InputError: it can't be an address on this channel.
            NotFound: it is not suppressed.
        """
        digest = self._digest(channel, address)
        with self._database.writing() as connection:
            if not stored.lift(connection, self._organisation_id, channel.value, digest):
                raise NotFound(f"this address is not suppressed on {channel.value}; look at the channel")

    def all(self, after: int | None = None, limit: int = 100) -> Sequence[Suppression]:
        """Suppressions, newest first; for paging from after an id."""
        with self._database.session() as session:
            return stored.page(session, self._organisation_id, after, limit)

    def held(self, connection: sa.Connection, channel: ConsentChannel, digests: Collection[str]) -> set[str]:
        """Those of the digests that are suppressed on a channel."""
        return stored.held(connection, self._organisation_id, channel.value, digests)

    def _digest(self, channel: ConsentChannel, address: str) -> str:
        try:
            return suppression_digest(channel, address_on(channel, address, self._country))
        except Rejected as error:
            raise InputError(str(error)) from None
