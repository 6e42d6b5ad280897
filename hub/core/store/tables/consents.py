"""What customers agreed to: the texts and an append-only log."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant

_IS_UNSENT = sa.text("sent_at IS NULL AND confirmed_at IS NULL")


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
    double_opt_in: bool = False
    """Whether a permission counts only once its address has confirmed it."""
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


class ConsentRequest(Stored, table=True):
    """A permission that somebody gave and whose address is asked to confirm it: double opt-in.

    The log has it once it is confirmed. Kept after that, since it proves how the confirmation came about.
    """

    __tablename__ = "consent_requests"
    __table_args__ = (
        sa.Index("ix_consent_requests_unsent", "id", sqlite_where=_IS_UNSENT, postgresql_where=_IS_UNSENT),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, primary_key=True)
    customer_number: int = Field(foreign_key="customers.number", ondelete="CASCADE", index=True)
    permission: str
    channel: str
    place: str
    consent_text_id: int = Field(foreign_key="consent_texts.id")
    asked_at: datetime = Field(sa_type=Instant)
    """When the customer gave it."""
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    """When the address was asked; None: not yet."""
    address_digest: str | None = Field(default=None, index=True)
    """SHA-256 of the normalised address that was asked: so that none is asked too often."""
    reason: str = ""
    """Why the address can't be asked, without the address."""
    expires_at: datetime = Field(sa_type=Instant)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
