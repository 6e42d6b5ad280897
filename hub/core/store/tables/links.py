"""Links in messages, and who followed them."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant


class CampaignLink(Stored, table=True):
    """An offer's address, whose clicks and orders are counted."""

    __tablename__ = "campaign_links"
    __table_args__ = (UniqueConstraint("organisation_id", "folded_name"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str
    folded_name: str
    url: str
    """Where it leads."""
    code: str = Field(unique=True)
    """What stands in its public address."""
    event_id: int | None = None
    """The event it offers, which may be gone meanwhile; only orders of it count then."""
    production_id: int | None = None
    """The production it offers, likewise."""
    days: int = 7
    """For so many days after a click the customer's orders count as its."""
    valid_until: datetime | None = Field(default=None, sa_type=Instant)
    """After that it leads nowhere; None: it stays."""
    created_at: datetime = Field(sa_type=Instant)


class TrackedLink(Stored, table=True):
    """An address that a newsletter's messages lead to."""

    __tablename__ = "tracked_links"
    __table_args__ = (UniqueConstraint("newsletter_id", "url"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    newsletter_id: int = Field(foreign_key="newsletters.id", ondelete="CASCADE")
    url: str
    campaign_link_id: int | None = Field(default=None, foreign_key="campaign_links.id", index=True)
    """The campaign link it is, if it is one."""


class LinkClick(Stored, table=True):
    """Somebody, or a program, followed a link."""

    __tablename__ = "link_clicks"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    link_id: int | None = Field(default=None, foreign_key="tracked_links.id", ondelete="CASCADE", index=True)
    """None: a campaign link's public address was followed."""
    campaign_link_id: int | None = Field(default=None, foreign_key="campaign_links.id", index=True)
    message_id: int | None = Field(default=None, foreign_key="messages.id", ondelete="CASCADE", index=True)
    customer_number: int | None = None
    at: datetime = Field(sa_type=Instant)
    is_robot: bool = False
    """Whether a program followed it and not the customer; then it counts for nothing."""
    agent: str = ""
    """What followed it calls itself, 200 characters at most."""
