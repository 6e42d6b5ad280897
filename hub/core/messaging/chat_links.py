"""A customer's own links into conversations: whoever begins one there is known as that customer from then on."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from hub.core.contracts.errors import IntegratorError, NotFound, SettingsError
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.channels import Channels
from hub.core.messaging.conversations import Conversations
from hub.core.store import profiles
from hub.core.store.database import Database
from hub.core.store.tables import Organisation


@dataclass(frozen=True, slots=True)
class ChatLink:
    """A customer's link into a conversation on a channel, or why there is none."""

    channel: ConsentChannel
    url: str | None
    """It binds whoever follows it to the customer: for their eyes alone, as a password is."""
    reason: str = ""
    """Why there is no link, in one sentence; empty if there is one."""


class ChatLinks:
    """Makes links into conversations for the customers of one organisation.

    Args:
        database: the store's.
        organisation: whose customers.
        channels: the connections that carry messages; the oldest one on each channel is linked to.
        conversations: knows again which customer followed a link.
    """

    def __init__(
        self, database: Database, organisation: Organisation, channels: Channels, conversations: Conversations
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._channels = channels
        self._conversations = conversations

    def of(self, customer_number: int) -> Sequence[ChatLink]:
        """A customer's links on every channel that asks for a conversation, with reasons where there is none.

        Raises:
            NotFound: there is no such customer.
            StoreError: the key file can't be read or written.
        """
        with self._database.session() as session:
            profiles.customer_of(session, self._organisation_id, customer_number)
        found: list[ChatLink] = []
        for channel in _CHATS:
            urls, reason = self._on(channel, [customer_number])
            found.append(ChatLink(channel, urls[0], reason))
        return found

    def by_customer(self, numbers: Sequence[int]) -> Mapping[int, Mapping[str, str | None]]:
        """Customers' links by number, then by the channel's name; None where there is none. Nobody is looked up.

        Raises:
            StoreError: the key file can't be read or written.
        """
        urls = {channel.value: self._on(channel, numbers)[0] for channel in _CHATS}
        return {
            number: {channel: found[place] for channel, found in urls.items()}
            for place, number in enumerate(numbers)
        }

    def good_until(self) -> datetime:
        """Until when links made now lead to their customers, in UTC."""
        return self._conversations.good_until()

    def _on(self, channel: ConsentChannel, numbers: Sequence[int]) -> tuple[Sequence[str | None], str]:
        """The links on a channel in the customers' order, and why there are none."""
        try:
            connection = self._channels.connection(channel)
            with closing(self._channels.open(connection.id or 0)) as opened:
                return [opened.conversation_url(self._conversations.token(number)) for number in numbers], ""
        except (SettingsError, NotFound, IntegratorError) as error:
            return [None] * len(numbers), str(error)


_CHATS = tuple(channel for channel in ConsentChannel if channel.is_chat)
