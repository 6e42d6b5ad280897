"""Segments, their views, and what each evaluation found."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Day, Instant


class SegmentKind(StrEnum):
    """How a segment gets its members."""

    DYNAMIC = "dynamic"
    """By its criteria."""
    MANUAL = "manual"
    """By hand or import."""


class Segment(Stored, table=True):
    """A named set of customers."""

    __tablename__ = "segments"
    __table_args__ = (UniqueConstraint("organisation_id", "folded_name"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str
    folded_name: str
    """The name in lower case, NFC: what is unique."""
    description: str = ""
    kind: str = SegmentKind.DYNAMIC
    definition: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """The tree of criteria as JSON; None for a manual segment."""
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)


class SegmentMember(Stored, table=True):
    """A customer in a manual segment."""

    __tablename__ = "segment_members"

    segment_id: int = Field(foreign_key="segments.id", primary_key=True)
    customer_number: int = Field(foreign_key="customers.number", ondelete="CASCADE", primary_key=True)
    added_at: datetime = Field(sa_type=Instant)


class View(Stored, table=True):
    """A segment seen through further criteria, under a name."""

    __tablename__ = "views"
    __table_args__ = (UniqueConstraint("segment_id", "folded_name"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    segment_id: int = Field(foreign_key="segments.id")
    name: str
    folded_name: str
    definition: dict[str, Any] = Field(sa_type=JSON)


class SegmentResult(Stored, table=True):
    """What one evaluation found: kept when it differs from the one before."""

    __tablename__ = "segment_results"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    segment_id: int = Field(foreign_key="segments.id", index=True)
    evaluated_at: datetime = Field(sa_type=Instant)
    day: date = Field(sa_type=Day)
    """The organisation's day it was evaluated for."""
    revision: int = Field(sa_type=BigInteger)
    """The store's revision it saw."""
    size: int
    entered: int
    departed: int
    members: bytes
    """A serialised roaring bitmap of customer numbers."""
