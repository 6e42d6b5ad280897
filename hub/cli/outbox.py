"""What is told of messages and of what became of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from hub.cli.output import moment, table
from hub.core.store.tables import MessageEvent, OutboxMessage, WrittenMessage

HEADINGS = ("id", "newsletter", "channel", "status", "sent", "reason")
"""Of what ``rows_of`` makes."""


def message_data(message: OutboxMessage) -> dict[str, Any]:
    """A message, for programs."""
    return {
        "id": message.id,
        "newsletter_id": message.newsletter_id,
        "customer": message.customer_number,
        "channel": message.channel,
        "status": message.status,
        "reason": message.reason,
        "parts": message.parts,
        "created_at": message.created_at,
        "sent_at": message.sent_at,
        "not_before": message.not_before,
    }


def rows_of(messages: Sequence[OutboxMessage], zone: str) -> list[Sequence[object]]:
    """A customer's messages as rows of a table."""
    return [
        (one.id, one.newsletter_id, one.channel, one.status, moment(one.sent_at, zone), one.reason)
        for one in messages
    ]


def event_data(event: MessageEvent) -> dict[str, Any]:
    """Something that became known of a message, for programs."""
    return {"fate": event.fate, "at": event.at, "reason": event.reason, "is_robot": event.is_robot}


def lines_of(message: OutboxMessage, words: WrittenMessage | None, zone: str) -> Iterator[tuple[str, str]]:
    """What is shown of a message, by what it is called; empty where there is nothing to say."""
    yield "customer", str(message.customer_number)
    yield "newsletter", str(message.newsletter_id or "")
    yield "channel", message.channel
    yield "status", message.status
    yield "reason", message.reason
    yield "parts", str(message.parts)
    yield "created", moment(message.created_at, zone)
    yield "sent", moment(message.sent_at, zone) if message.sent_at else ""
    if words is not None:
        yield "permission", words.permission or "none was needed"
        yield "subject", words.subject
        yield "text", words.text


def events_text(events: Sequence[MessageEvent], zone: str) -> str:
    """What became known of a message, as a table; empty if nothing is."""
    rows = [(moment(one.at, zone), one.fate, "a program" if one.is_robot else "", one.reason) for one in events]
    return table(("when", "what", "by", "reason"), rows) if rows else ""
