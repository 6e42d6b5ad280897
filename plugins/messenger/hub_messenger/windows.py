"""When a customer may be written to: Meta lets a Page answer, not begin."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hub import Message, Rejected

ANSWER = timedelta(hours=24)
"""After the customer's last word; whatever the message says."""
HUMAN_AGENT = timedelta(days=7)
"""The same for a message with that tag, which a person wrote and which does not promote anything."""


def kind_of(message: Message, now: datetime, tag: str | None) -> Mapping[str, str]:
    """How to declare a message to Meta.

    Raises:
        Rejected: it may not be sent now. Nothing is disguised as what it is not.
    """
    if message.heard_at is None:
        raise Rejected("the customer has never written to the Page, and only who did can be written to")
    silence = now - message.heard_at
    if silence < ANSWER:
        return {"messaging_type": "RESPONSE"}
    if message.is_marketing:
        raise Rejected(
            "the customer's last message is more than 24 hours old; Messenger carries advertising only within them"
        )
    if not message.is_personal:
        raise Rejected(
            "the customer's last message is more than 24 hours old; after that Meta only carries what a person "
            "wrote"
        )
    if tag is None:
        raise Rejected(
            "the customer's last message is more than 24 hours old, and no tag is set for what is sent later"
        )
    if silence < HUMAN_AGENT:
        return {"messaging_type": "MESSAGE_TAG", "tag": tag}
    raise Rejected("the customer's last message is more than 7 days old; nothing can be sent before the next")
