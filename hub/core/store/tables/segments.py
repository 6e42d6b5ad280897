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


class ResultCause(StrEnum):
    """Why an evaluation found other members than the one before."""

    FIRST = "first_evaluation"
    """It was the first of this segment."""
    DEFINITION = "definition_changed"
    """The segment's definition was changed."""
    FACTS = "facts_changed"
    """Facts came in, were changed or were erased."""
    DAY = "day_passed"
    """No fact changed, but a day went by."""
    FACTS_AND_DAY = "facts_changed_and_day_passed"
    """Both, and nobody looked in between."""
    REFERENCE = "reference_changed"
    """Neither: a segment it refers to was changed, or a plugin answers differently now."""
    BY_HAND = "by_hand"
    """The members of a manual segment were added or removed."""
    NOT_RECORDED = "not_recorded"
    """It was kept by a version that recorded no causes."""


class SegmentResult(Stored, table=True):
    """What one evaluation found: kept when its members differ from those of the one before.

    Its members are those of the result before, less who left, plus who entered.
    """

    __tablename__ = "segment_results"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    segment_id: int = Field(foreign_key="segments.id", ondelete="CASCADE", index=True)
    evaluated_at: datetime = Field(sa_type=Instant)
    day: date = Field(sa_type=Day)
    """The organisation's day it was evaluated for."""
    revision: int = Field(sa_type=BigInteger)
    """The store's revision it saw."""
    cause: str = ResultCause.NOT_RECORDED
    """One of ``ResultCause``."""
    definition: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """The definition, where this is the first result of it."""
    size: int
    entered: int
    departed: int
    entered_members: bytes
    """A kept bitmap of who entered."""
    departed_members: bytes
    """A kept bitmap of who left."""
    members: bytes | None = None
    """A kept bitmap of all members, from time to time, so that few differences have to be added up."""
    trail: int = Field(default=0, sa_type=BigInteger)
    """What adding up the differences since the last result with ``members`` costs, in bytes."""


class SegmentReason(Stored, table=True):
    """A criterion that turned for customers who entered or left with a result."""

    __tablename__ = "segment_reasons"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    result_id: int = Field(foreign_key="segment_results.id", ondelete="CASCADE", index=True)
    node: dict[str, Any] = Field(sa_type=JSON)
    """The criterion, in its JSON form."""
    text: str
    """The criterion in the text language, as it was then."""
    is_new: bool
    """Whether nothing is known of its earlier answers: it came with this definition."""
    entered_matching: int
    """How many of those who entered turned to match it."""
    entered_ceasing: int
    """How many of those who entered ceased to match it."""
    departed_matching: int
    departed_ceasing: int
    matching: bytes
    """A kept bitmap of who entered or left and turned to match it."""
    ceasing: bytes
    """A kept bitmap of who entered or left and ceased to match it."""


class KeptBitmap(Stored, table=True):
    """A set of customers in full, from which several answers differ little. It never changes."""

    __tablename__ = "bitmaps"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    members: bytes


class SegmentAnswer(Stored, table=True):
    """What a segment's definition, or one criterion of it, matched when it was evaluated last."""

    __tablename__ = "segment_answers"

    segment_id: int = Field(foreign_key="segments.id", ondelete="CASCADE", primary_key=True)
    key: str = Field(primary_key=True, index=True)
    """A digest that is the same for all criteria that ask the same; empty for the definition as a whole."""
    node: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """The criterion or the whole definition, in its JSON form; none for a manual segment."""
    day: date = Field(sa_type=Day)
    """The organisation's day it was evaluated for; that of the whole is the newest."""
    revision: int = Field(sa_type=BigInteger)
    """The store's revision it saw; that of the whole is the newest."""
    anchor_id: int = Field(foreign_key="bitmaps.id", index=True)
    difference: bytes
    """A kept bitmap of the customers that are either in the anchor or in the answer."""
