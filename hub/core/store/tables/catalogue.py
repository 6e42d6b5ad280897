"""What can be bought: productions and their events at venues, and products."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant


class Category(Stored, table=True):
    """A kind of event or product, such as opera."""

    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str


class Venue(Stored, table=True):
    """A place events happen at."""

    __tablename__ = "venues"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str
    latitude: float | None = None
    longitude: float | None = None
    revision: int = Field(default=0, sa_type=BigInteger, index=True, sa_column_kwargs={"server_default": "0"})


class Production(Stored, table=True):
    """A work that is shown at several events."""

    __tablename__ = "productions"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str


class Event(Stored, table=True):
    """One performance at a place and time: what a ticket is for."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("source_id", "external_id"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    source_id: int = Field(foreign_key="sources.id")
    external_id: str
    title: str | None = None
    starts_at: datetime | None = Field(default=None, sa_type=Instant)
    category_id: int | None = Field(default=None, foreign_key="categories.id")
    production_id: int | None = Field(default=None, foreign_key="productions.id")
    venue_id: int | None = Field(default=None, foreign_key="venues.id")
    organiser: str | None = None
    description: str | None = None
    revision: int = Field(sa_type=BigInteger, index=True)


class Product(Stored, table=True):
    """Something sold that is not a ticket."""

    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("source_id", "external_id"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    source_id: int = Field(foreign_key="sources.id")
    external_id: str
    name: str | None = None
    category_id: int | None = Field(default=None, foreign_key="categories.id")
    revision: int = Field(sa_type=BigInteger, index=True)
