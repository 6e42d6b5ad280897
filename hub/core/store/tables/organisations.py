"""Organisations and the sources their data comes from."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import Stored


class Organisation(Stored, table=True):
    """A theatre, venue or shop: whose customers, days and money these are."""

    __tablename__ = "organisations"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    time_zone: str
    """IANA name, such as Europe/Berlin: where its calendar days are."""
    currency: str
    """ISO 4217 code in which revenue is counted."""
    country: str
    """ISO 3166 alpha-2 code: where phone numbers without a country code are from."""


class Source(Stored, table=True):
    """Where records came from; external ids are unique within one."""

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str
    cursor: str | None = None
    """Where the next run goes on; written in the transaction of the batch it belongs to."""
