"""Conversations on chat services: when a customer was heard of last, and how the hub learns who it is."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from hub.core.access.signatures import Signatures
from hub.core.contracts.channel_abilities import Heard
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.conversation_tokens import ConversationTokens
from hub.core.store import conversations as stored
from hub.core.store.conversations import HeardOf
from hub.core.store.tables import Organisation


class Conversations:
    """The conversations of one organisation.

    Args:
        organisation: whose.
        signatures: signs and reads what links into a conversation carry.
        clock: the time now, in UTC.
    """

    def __init__(self, organisation: Organisation, signatures: Signatures, clock: Callable[[], datetime]) -> None:
        assert organisation.id is not None
        self._organisation_id = organisation.id
        self._tokens = ConversationTokens(signatures)
        self._clock = clock

    def token(self, customer_number: int) -> str:
        """What a link into a conversation carries, so that the hub knows which customer began it.

        Raises:
            StoreError: the key file can't be read or written.
        """
        return self._tokens.token(customer_number, self._clock())

    def good_until(self) -> datetime:
        """Until when a link made now leads to its customer, in UTC."""
        return self._tokens.good_until(self._clock())

    def heard_at(
        self, connection: sa.Connection, channel: ConsentChannel, addresses: Collection[str]
    ) -> Mapping[str, datetime]:
        """When these addresses were heard of last, in UTC; none for who never was."""
        return stored.heard_at(connection, self._organisation_id, channel.value, addresses)

    def hear(self, connection: sa.Connection, channel: ConsentChannel, heard: Sequence[Heard]) -> None:
        """Keep when customers wrote, and give a customer the address that a link of theirs was followed from.

        An address that another customer has stays theirs, as in imports. A link that was followed after its time
        gives nobody anything. Nothing is consented to by this. Who wrote by email or text message is not kept:
        no conversation is asked for there.

        Args:
            connection: a transaction.
            channel: where they wrote.
            heard: who and when, in any order; told again, it changes nothing.
        """
        if not channel.is_chat or not heard:
            return
        in_order = sorted(heard, key=lambda one: one.at)
        newest = {one.address: one.at for one in in_order}
        stored.note_heard(
            connection, self._organisation_id, channel.value, [HeardOf(*one) for one in sorted(newest.items())]
        )
        owners: dict[str, int] = {}
        for one in in_order:
            number = self._tokens.customer_of(one.token, one.at) if one.token else None
            if number is not None:
                owners.setdefault(one.address, number)
        stored.give_addresses(connection, self._organisation_id, channel.value, owners)
