"""What Meta demands of a message: its parts, its kind, and the time in which it may be sent."""

from collections.abc import Mapping
from typing import Any

from hub.testing.platforms.messages import Reply
from hub.testing.platforms.messenger.errors import (
    invalid,
    no_human_agent,
    outside_window,
    restricted,
    unavailable,
    unknown_customer,
)
from hub.testing.platforms.messenger.state import ANSWER, HUMAN_AGENT, Page, Taken

_FIELDS = frozenset({"recipient", "messaging_type", "message", "tag", "notification_type"})


def send(page: Page, body: Mapping[str, Any]) -> Reply:
    """Take a message.

    Raises:
        GraphError: it breaks a rule, comes too late, or its customer can't be reached.
    """
    if body.keys() - _FIELDS:
        raise invalid(f"Invalid keys were found in param: {', '.join(sorted(body.keys() - _FIELDS))}")
    receiver, text = _receiver(body.get("recipient")), _text(body.get("message"))
    kind, tag = body.get("messaging_type"), body.get("tag", "")
    if kind not in ("RESPONSE", "UPDATE", "MESSAGE_TAG"):
        raise invalid("Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG, UTILITY}")
    # The other tags were retired on 27 April 2026.
    if (kind == "MESSAGE_TAG") != (tag == "HUMAN_AGENT") or tag not in ("", "HUMAN_AGENT"):
        raise invalid("Invalid parameter")
    if page.is_restricted:
        raise restricted()
    if receiver not in page.heard:
        raise unknown_customer()
    if receiver in page.blocked:
        raise unavailable()
    if tag and not page.has_human_agent:
        raise no_human_agent()
    if page.silence(receiver) >= (HUMAN_AGENT if tag else ANSWER):
        raise outside_window()
    taken = Taken(f"m_{len(page.messages):06d}AbC-_", receiver, text, str(kind), tag, page.clock())
    page.messages.append(taken)
    return Reply.of({"recipient_id": receiver, "message_id": taken.id})


def _receiver(recipient: Any) -> str:
    receiver = recipient.get("id") if isinstance(recipient, dict) else None
    if not isinstance(receiver, str) or not receiver.isdigit():
        raise invalid("Param recipient[id] must be a valid ID string (e.g., '123')")
    return receiver


def _text(message: Any) -> str:
    text = message.get("text") if isinstance(message, dict) else None
    if not isinstance(text, str) or not text:
        raise invalid("Param message must be non-empty")
    if len(text) > 2000:
        raise invalid("Length of param message[text] must be less than or equal to 2000")
    return text
