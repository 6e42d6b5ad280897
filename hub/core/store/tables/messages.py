"""Templates, newsletters, and the outbox with what became of each message."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant

IS_OPEN = sa.text("status IN ('queued', 'sending')")
"""What the index of open messages is about. SQLite uses it only for queries that say this to the letter."""
_HAS_REFERENCE = sa.text("reference IS NOT NULL")


class NewsletterStatus(StrEnum):
    """How a newsletter stands."""

    DRAFT = "draft"
    """Being written; nobody gets it yet."""
    SCHEDULED = "scheduled"
    """It goes out by itself at its time."""
    SENDING = "sending"
    """Its recipients are chosen, and it is going out."""
    PAUSED = "paused"
    """Somebody stopped it; it can be resumed."""
    SENT = "sent"
    """Every recipient's message was handed over or has ended otherwise."""
    CANCELLED = "cancelled"
    """Somebody ended it for good; whoever had not been sent it does not get it."""
    FAILED = "failed"
    """Something that only the user can mend stopped it; it can be resumed then."""


class MessageStatus(StrEnum):
    """What became of one message: the newest that is known."""

    QUEUED = "queued"
    """In the outbox."""
    SENDING = "sending"
    """Being handed to the provider."""
    SENT = "sent"
    """The provider has it."""
    DELIVERED = "delivered"
    """It reached the customer's device or mailbox."""
    OPENED = "opened"
    """The customer looked at it."""
    CLICKED = "clicked"
    """The customer followed a link in it."""
    COMPLAINED = "complained"
    """The customer reported it as unwanted."""
    BOUNCED = "bounced"
    """The address does not exist or takes nothing."""
    FAILED = "failed"
    """It did not arrive for another reason, which is told."""
    UNKNOWN = "unknown"
    """The hub or the connection died before the answer: it may have arrived, and is not sent again."""
    WITHHELD = "withheld"
    """It was not sent, for a reason that is told, such as a consent that was withdrawn meanwhile."""
    CANCELLED = "cancelled"
    """Its newsletter was cancelled before it was sent."""


class MessageTemplate(Stored, table=True):
    """What a message says, with places for the customer's data."""

    __tablename__ = "message_templates"
    __table_args__ = (UniqueConstraint("organisation_id", "folded_name"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str
    folded_name: str
    """The name in lower case, NFC: what is unique."""
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class MessageWording(Stored, table=True):
    """A template's words on one channel in one language."""

    __tablename__ = "message_wordings"

    template_id: int = Field(foreign_key="message_templates.id", ondelete="CASCADE", primary_key=True)
    channel: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    """A language's code; empty: for whoever has no wording in their own."""
    subject: str = ""
    text: str = ""
    """Plain text; on email it may be empty, and is made from the HTML then."""
    html: str = ""
    """MJML or HTML; only on email."""


class Newsletter(Stored, table=True):
    """A message to many customers."""

    __tablename__ = "newsletters"
    __table_args__ = (UniqueConstraint("organisation_id", "folded_name"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str
    folded_name: str
    permission: str
    """What its recipients must have agreed to."""
    channels: str
    """Where it goes, separated by commas: each customer gets it on the first of these that reaches them."""
    connections: dict[str, int] = Field(sa_type=JSON)
    """The connection of each channel, by id."""
    template_id: int = Field(foreign_key="message_templates.id")
    campaign_link_id: int | None = Field(default=None, foreign_key="campaign_links.id")
    subject: str = ""
    """Replaces the template's, if it is not empty."""
    own_text: str = ""
    """What the template shows as ``own_text``."""
    without: dict[str, list[str]] = Field(default_factory=dict, sa_type=JSON)
    """Names of productions and ids of events whose ticket holders do not get it."""
    tracks_opens: bool = True
    tracks_clicks: bool = True
    status: str = NewsletterStatus.DRAFT.value
    send_at: datetime | None = Field(default=None, sa_type=Instant)
    """When it goes out by itself; None: only by hand."""
    contents: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)
    """The template's wordings as they were when sending began."""
    address_key: str = ""
    """A random key under which its recipients' addresses are kept as digests, so that none gets it twice."""
    chosen: int = 0
    """How many customers were meant when sending began."""
    recipients: int = 0
    """How many of them have a message in the outbox."""
    left_out: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    """How many have none, by reason."""
    lease_owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    message: str = ""
    """One sentence for people on how it stands."""
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class NewsletterSegment(Stored, table=True):
    """A segment whose members a newsletter is for."""

    __tablename__ = "newsletter_segments"

    newsletter_id: int = Field(foreign_key="newsletters.id", ondelete="CASCADE", primary_key=True)
    segment_id: int = Field(foreign_key="segments.id", ondelete="CASCADE", primary_key=True, index=True)


class NewsletterCompany(Stored, table=True):
    """A business partner whose contacts a newsletter is for."""

    __tablename__ = "newsletter_companies"

    newsletter_id: int = Field(foreign_key="newsletters.id", ondelete="CASCADE", primary_key=True)
    company_id: int = Field(foreign_key="companies.id", ondelete="CASCADE", primary_key=True)


class OutboxMessage(Stored, table=True):
    """One message to one customer. Its address is not kept: it is looked up when it is sent.

    It outlives the customer's row, since a newsletter's figures must stay true.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("customer_number", "newsletter_id"),
        UniqueConstraint("newsletter_id", "address_digest"),
        sa.Index(
            "ix_messages_open",
            "newsletter_id",
            "connection_id",
            "id",
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        sa.Index(
            "ix_messages_reference",
            "connection_id",
            "reference",
            sqlite_where=_HAS_REFERENCE,
            postgresql_where=_HAS_REFERENCE,
        ),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, primary_key=True)
    newsletter_id: int | None = Field(default=None, foreign_key="newsletters.id", ondelete="CASCADE")
    """None: written to this customer alone, see ``WrittenMessage``."""
    connection_id: int = Field(foreign_key="connections.id")
    customer_number: int
    channel: str
    address_digest: str | None = None
    """Of the address, under the newsletter's key."""
    status: str = MessageStatus.QUEUED.value
    reason: str = ""
    """Why it did not arrive, without the address."""
    reference: str | None = None
    """The provider's id of it."""
    parts: int = 1
    """As how many messages the provider counts it."""
    attempts: int = 0
    """How often the provider asked to try again."""
    not_before: datetime | None = Field(default=None, sa_type=Instant)
    """When it may be tried again."""
    created_at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)


class WrittenMessage(Stored, table=True):
    """The words of a message that was written to one customer."""

    __tablename__ = "written_messages"
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)

    message_id: int = Field(foreign_key="messages.id", ondelete="CASCADE", primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    key: str
    """Whoever asks twice with one key gets one message."""
    permission: str | None = None
    """What the customer must have agreed to; None: an answer or notice that needs no consent."""
    subject: str = ""
    text: str


class MessageEvent(Stored, table=True):
    """Something that became known of a message. The log is only added to."""

    __tablename__ = "message_events"
    __table_args__ = (UniqueConstraint("message_id", "fate", "at"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="messages.id", ondelete="CASCADE")
    fate: str
    """One of the contract's ``Fate``."""
    at: datetime = Field(sa_type=Instant)
    reason: str = ""
    is_robot: bool = False
    """Whether a program did it and not the customer; then it counts for nothing."""


class EarlyReport(Stored, table=True):
    """A provider's word on a message whose receipt is not stored yet; kept until it is.

    Providers are quick, and few of them say it twice.
    """

    __tablename__ = "early_reports"
    __table_args__ = (UniqueConstraint("connection_id", "reference", "fate", "at"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    connection_id: int = Field(foreign_key="connections.id", ondelete="CASCADE")
    reference: str
    fate: str
    at: datetime = Field(sa_type=Instant)
    reason: str = ""
    for_good: bool = False
    told_at: datetime = Field(sa_type=Instant)
    """When the provider said it; what finds no message in a few days is another program's."""
