"""Sends a test message through a connected channel."""

import uuid

from hub.core.app import Hub
from hub.core.contracts.channel import Message, MessageChannel, Receipt
from hub.core.registry.guarding import guard
from hub.core.store.tables import Connection


def send_test(hub: Hub, connection: Connection, to: str) -> tuple[Message, Receipt]:
    """Send one message; return it with the provider's word that it has it.

    Raises:
        Rejected, TryAgain, FateUnknown, NotAuthorised, SettingsError: as ``MessageChannel.send``.
        IntegratorError: the channel's plugin has a bug.
    """
    channel_type = hub.registry.message_channel(connection.component)
    channel = hub.connections.component(connection, repeatable=channel_type.keeps_ids)
    assert isinstance(channel, MessageChannel)
    message = Message(
        id=str(uuid.uuid4()),
        to=to,
        subject=f"A test from {hub.organisation.name}" if channel_type.carries.subject else "",
        text=f"This is a test message from the hub of {hub.organisation.name}. The channel works.",
    )
    with guard(hub.registry.plugin_of(channel_type)):
        return message, channel.send(message)
