"""Viber as a message channel of Audience Hub."""

from collections.abc import Sequence
from typing import Any

from hub import MessageChannel, hookimpl
from hub_viber.channel import ViberChannel
from hub_viber.settings import ViberSettings

__all__ = ["ViberChannel", "ViberSettings", "hub_message_channels"]


@hookimpl
def hub_message_channels() -> Sequence[type[MessageChannel[Any]]]:
    """Bring the channel ``viber``."""
    return [ViberChannel]
