"""Email over SMTP as a message channel of Audience Hub."""

from collections.abc import Sequence

import hub
from hub_email.channel import EmailChannel


@hub.hookimpl
def hub_message_channels() -> Sequence[type[EmailChannel]]:
    """Bring the channel ``email``."""
    return [EmailChannel]
