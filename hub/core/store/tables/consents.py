"""What customers agreed to: the texts and an append-only log."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant


class ConsentText(Stored, table=True):
    """A version of the words a customer agrees to."""

    __tablename__ = "consent_texts"
    __table_args__ = (UniqueConstraint("organisation_id", "permission", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    permission: str
    version: int
    text: str
    channels: str
    """The channels it asks for, separated by commas."""
    created_at: datetime = Field(sa_type=Instant)


class Consent(Stored, table=True):
    """One entry of the log: a permission given or withdrawn. Never changed, only followed by another."""

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("customer_number", "permission", "channel", "at", "given"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    customer_number: int = Field(foreign_key="customers.number", ondelete="CASCADE")
    permission: str
    channel: str
    given: bool
    at: datetime = Field(sa_type=Instant)
    place: str | None = None
    consent_text_id: int | None = Field(default=None, foreign_key="consent_texts.id")
    revision: int = Field(sa_type=BigInteger, index=True)
