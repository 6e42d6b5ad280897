"""Messages and what became of them, as they travel. Customers' addresses are not among it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from hub.api.models.base import Model, Name, NextCursor, Text
from hub.api.models.syncs import Channel
from hub.core.messaging.single import LONGEST_SUBJECT, LONGEST_TEXT

MessageStatus = Literal[
    "queued", "sending", "sent", "delivered", "opened", "clicked", "complained", "bounced", "failed", "unknown",
    "withheld", "cancelled",
]  # fmt: skip
Fate = Literal["queued", "sent", "delivered", "opened", "clicked", "bounced", "failed", "complained"]

Address = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=320, pattern=r"^[^\x00-\x1f\x7f]+$")
]
"""An address on some channel, as anybody writes it."""

_MESSAGE: dict[str, Any] = {
    "id": 17, "newsletter_id": 1, "customer_number": 17, "channel": "email", "status": "delivered", "reason": "",
    "parts": 1, "created_at": "2026-05-06T08:00:00Z", "sent_at": "2026-05-06T08:00:10Z", "not_before": None,
}  # fmt: skip


class NewMessage(Model):
    """A message to one customer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "channel": "email", "subject": "Your seats", "text": "We moved you to the stalls.",
                    "permission": None,
                },
                {"channel": "sms", "text": "New dates for Hamlet.", "permission": "newsletter"},
            ]
        }
    )  # fmt: skip

    channel: Channel = Field(description="on which channel")
    text: Annotated[Text, Field(max_length=LONGEST_TEXT)] = Field(description="plain text")
    subject: Annotated[Text, Field(max_length=LONGEST_SUBJECT)] = Field(
        "", description="the subject: needed on email, none elsewhere"
    )
    permission: Name | None = Field(
        description="what the customer must have agreed to; null, which must be said, for an answer or a notice "
        "that needs no consent"
    )
    connection: Name | None = Field(
        None, description="name of the connection it goes over; the oldest on the channel if left out"
    )


class MessageOut(Model):
    """One message to one customer, and what became of it."""

    model_config = ConfigDict(title="Message", json_schema_extra={"examples": [_MESSAGE]})

    id: int = Field(description="its id, which never changes")
    newsletter_id: int | None = Field(description="id of its newsletter; null if it was written to them alone")
    customer_number: int = Field(description="the customer's number in the hub, also when they are gone")
    channel: Channel = Field(description="on which channel")
    status: MessageStatus = Field(
        description="queued: in the outbox; sending; sent: the provider has it; delivered; opened; clicked; "
        "complained: reported as unwanted; bounced: the address takes nothing; failed; unknown: it may have "
        "arrived, and is not sent again; withheld: not sent, see `reason`; cancelled"
    )
    reason: str = Field(description="why it did not arrive, or waits; empty if there is nothing to say")
    parts: int = Field(description="as how many messages the provider counts it")
    created_at: datetime = Field(description="when it was put into the outbox")
    sent_at: datetime | None = Field(description="when it was handed to the provider; null before")
    not_before: datetime | None = Field(description="when it is tried again; null if it does not wait")


class MessageDetailOut(MessageOut):
    """One message to one customer, with what was written."""

    model_config = ConfigDict(
        title="MessageDetail",
        json_schema_extra={
            "examples": [
                {
                    **_MESSAGE, "newsletter_id": None, "permission": None, "subject": "Your seats",
                    "text": "We moved you to the stalls.",
                }
            ]
        },
    )  # fmt: skip

    permission: str | None = Field(description="what the customer must have agreed to; null if nothing was asked")
    subject: str | None = Field(description="the subject; null for a newsletter's message")
    text: str | None = Field(description="the text; null for a newsletter's message")


class MessagePage(Model):
    """A page of messages."""

    items: list[MessageOut] = Field(description="the messages of this page")
    next_cursor: NextCursor


class MessageEventOut(Model):
    """Something that became known of a message."""

    model_config = ConfigDict(
        title="MessageEvent",
        json_schema_extra={
            "examples": [{"fate": "opened", "at": "2026-05-06T08:10:00Z", "reason": "", "is_robot": False}]
        },
    )

    fate: Fate = Field(description="what became known")
    at: datetime = Field(description="when it happened")
    reason: str = Field(description="why it did not arrive; empty otherwise")
    is_robot: bool = Field(description="whether a program did it and not the customer; then it counts for nothing")


class MessageEventList(Model):
    """All that is known of a message."""

    items: list[MessageEventOut] = Field(description="oldest first")
