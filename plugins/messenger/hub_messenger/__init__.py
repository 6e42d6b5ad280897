"""Facebook Messenger as a message channel of Audience Hub."""

from collections.abc import Sequence
from typing import Any

from hub import MessageChannel, hookimpl
from hub_messenger.channel import MessengerChannel
from hub_messenger.settings import MessengerSettings

__all__ = ["MessengerChannel", "MessengerSettings", "hub_message_channels"]


@hookimpl
def hub_message_channels() -> Sequence[type[MessageChannel[Any]]]:
    """Bring the channel ``messenger``."""
    return [MessengerChannel]
