"""Text messages as a message channel of Audience Hub."""

from collections.abc import Sequence

import hub
from hub_sms.channel import SmsChannel


@hub.hookimpl
def hub_message_channels() -> Sequence[type[SmsChannel]]:
    """Bring the channel ``sms``."""
    return [SmsChannel]
