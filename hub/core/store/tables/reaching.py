"""Who may not be written to whatever they agreed to, when nobody is written to, and who wrote to us."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant


class SuppressionReason(StrEnum):
    """Why nothing more is sent to an address."""

    BOUNCED = "bounced"
    """A provider says that it does not exist or takes nothing."""
    COMPLAINED = "complained"
    """Its owner reported a message as unwanted."""
    UNSUBSCRIBED = "unsubscribed"
    """Its owner told the provider to stop."""
    BY_HAND = "by_hand"
    """Somebody of the organisation entered it."""


class Suppression(Stored, table=True):
    """An address that nothing more is sent to. The address itself is not kept."""

    __tablename__ = "suppressions"
    __table_args__ = (UniqueConstraint("organisation_id", "channel", "digest"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    channel: str
    digest: str
    """SHA-256 of the normalised address."""
    reason: str
    detail: str = ""
    """What the provider said, without the address."""
    at: datetime = Field(sa_type=Instant)


class MessageRules(Stored, table=True):
    """When and how often an organisation writes to its customers."""

    __tablename__ = "message_rules"

    organisation_id: int = Field(foreign_key="organisations.id", primary_key=True)
    quiet_from: int | None = None
    """Minutes after the organisation's midnight from which nothing promoting is sent; None: no quiet hours."""
    quiet_until: int | None = None
    """Minutes after midnight until when; less than ``quiet_from`` when a night lies between."""
    quiet_channels: str = ""
    """On which channels, separated by commas."""
    most_messages: int | None = None
    """A customer gets at most so many newsletters; None: any number."""
    most_days: int = 7
    """Within so many days."""


class Conversation(Stored, table=True):
    """When a customer last wrote to the organisation on a channel; some platforms ask for that."""

    __tablename__ = "conversations"

    organisation_id: int = Field(foreign_key="organisations.id", primary_key=True)
    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    heard_at: datetime = Field(sa_type=Instant)
