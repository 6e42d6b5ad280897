"""Conversations on chat services: when a customer was heard of last, and how the hub learns who it is."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from hub.core.access.signatures import Purpose, Signatures
from hub.core.contracts.channel_abilities import Heard
from hub.core.contracts.errors import NotFound
from hub.core.contracts.records import ConsentChannel
from hub.core.store import conversations as stored
from hub.core.store.conversations import HeardOf
from hub.core.store.tables import Organisation

_WITHOUT = frozenset({ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.PHONE})
"""Channels that ask for no conversation; who wrote there is not kept."""


class Conversations:
    """The conversations of one organisation.

    Args:
        organisation: whose.
        signatures: signs and reads what links into a conversation carry.
    """

    def __init__(self, organisation: Organisation, signatures: Signatures) -> None:
        assert organisation.id is not None
        self._organisation_id = organisation.id
        self._signatures = signatures

    def token(self, customer_number: int) -> str:
        """What a link into a conversation carries, so that the hub knows which customer began it."""
        return self._signatures.sign(Purpose.CONVERSATION, customer_number)

    def heard_at(
        self, connection: sa.Connection, channel: ConsentChannel, addresses: Collection[str]
    ) -> Mapping[str, datetime]:
        """When these addresses were heard of last, in UTC; none for who never was."""
        return stored.heard_at(connection, self._organisation_id, channel.value, addresses)

    def hear(self, connection: sa.Connection, channel: ConsentChannel, heard: Sequence[Heard]) -> None:
        """Keep when customers wrote, and give a customer the address that a link of theirs was followed from.

        An address that another customer has stays theirs, as in imports. Nothing is consented to by this.

        Args:
            connection: a transaction.
            channel: where they wrote.
            heard: who and when, in any order; told again, it changes nothing.
        """
        if channel in _WITHOUT or not heard:
            return
        in_order = sorted(heard, key=lambda one: one.at)
        newest = {one.address: one.at for one in in_order}
        stored.note_heard(
            connection, self._organisation_id, channel.value, [HeardOf(*one) for one in sorted(newest.items())]
        )
        owners: dict[str, int] = {}
        for one in in_order:
            number = self._customer_of(one.token)
            if number is not None:
                owners.setdefault(one.address, number)
        stored.give_addresses(connection, self._organisation_id, channel.value, owners)

    def _customer_of(self, token: str) -> int | None:
        if not token:
            return None
        try:
            (number,) = self._signatures.read(Purpose.CONVERSATION, token)
        except (NotFound, ValueError):  # links of others, such as advertisements, carry words of their own
            return None
        return number
