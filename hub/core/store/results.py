"""Every query over what evaluations of segments found: results, and the reasons of who entered and left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session, defer
from sqlmodel import col, select

from hub.core.store.tables import Customer, Segment, SegmentReason, SegmentResult, table_of

_AT_ONCE = 500
"""Customers looked up in one query."""


@dataclass(frozen=True)
class Difference:
    """One result as a step from the one before; bitmaps as they are kept."""

    members: bytes | None
    """All members, where they were kept in full."""
    entered: bytes
    departed: bytes


@dataclass(frozen=True)
class DaySize:
    """A segment on a day."""

    day: date
    size: int
    """Number of members at its last result of the day."""
    entered: int
    """How often customers entered on that day."""
    departed: int


def results(
    session: Session, segment: Segment, limit: int, *, before: int | None = None
) -> Sequence[SegmentResult]:
    """The newest results of a segment without their bitmaps, newest first, for paging from before an id."""
    query = select(SegmentResult).where(SegmentResult.segment_id == segment.id)
    if before is not None:
        query = query.where(col(SegmentResult.id) < before)
    newest = query.order_by(col(SegmentResult.id).desc()).limit(limit)
    return session.scalars(newest.options(*_without_bitmaps())).all()


def result_of(session: Session, organisation_id: int, result_id: int) -> SegmentResult | None:
    """The result of that id without its bitmaps, or None when the organisation has none."""
    query = select(SegmentResult).where(SegmentResult.id == result_id)
    own = query.join(Segment).where(Segment.organisation_id == organisation_id)
    return session.scalars(own.options(*_without_bitmaps())).one_or_none()


def result_at(session: Session, segment: Segment, moment: datetime) -> int | None:
    """The id of the newest result of a segment that was found by a moment, or None."""
    query = select(sa.func.max(SegmentResult.id)).where(
        SegmentResult.segment_id == segment.id, SegmentResult.evaluated_at <= moment
    )
    return session.scalars(query).one()


def trails(connection: sa.Connection, segment_ids: Iterable[int]) -> dict[int, int]:
    """The ``trail`` of each segment's newest result; segments without results are left out."""
    table = table_of(SegmentResult)
    newest = (
        sa.select(sa.func.max(table.c.id))
        .where(table.c.segment_id.in_(list(segment_ids)))
        .group_by(table.c.segment_id)
    )
    found = sa.select(table.c.segment_id, table.c.trail).where(table.c.id.in_(newest))
    return {segment_id: trail for segment_id, trail in connection.execute(found)}  # noqa: C416 - rows are no pairs


def differences(connection: sa.Connection, segment_id: int, result_id: int) -> Sequence[Difference]:
    """The steps that lead to a result, oldest first: the first begins with nobody, or holds all its members."""
    table = table_of(SegmentResult)
    own = sa.and_(table.c.segment_id == segment_id, table.c.id <= result_id)
    full = sa.select(sa.func.max(table.c.id)).where(own, table.c.members.is_not(None)).scalar_subquery()
    steps = (
        sa.select(table.c.members, table.c.entered_members, table.c.departed_members)
        .where(own, table.c.id >= sa.func.coalesce(full, 0))
        .order_by(table.c.id)
    )
    return [Difference(*row) for row in connection.execute(steps)]


def difference(connection: sa.Connection, result_id: int) -> Difference:
    """One result, which exists."""
    table = table_of(SegmentResult)
    step = sa.select(table.c.members, table.c.entered_members, table.c.departed_members)
    return Difference(*connection.execute(step.where(table.c.id == result_id)).one())


def day_sizes(connection: sa.Connection, segment_id: int, since: date) -> Sequence[DaySize]:
    """A segment on each day that brought a result, from a day on, and on the last one before it."""
    table = table_of(SegmentResult)
    own = table.c.segment_id == segment_id
    last_before = sa.select(sa.func.max(table.c.day)).where(own, table.c.day < since).scalar_subquery()
    days = (
        sa.select(
            sa.func.max(table.c.id).label("newest"),
            sa.func.sum(table.c.entered).label("entered"),
            sa.func.sum(table.c.departed).label("departed"),
        )
        .where(own, table.c.day >= sa.func.coalesce(last_before, sa.literal(since, table.c.day.type)))
        .group_by(table.c.day)
        .subquery()
    )
    found = sa.select(table.c.day, table.c.size, days.c.entered, days.c.departed)
    rows = connection.execute(found.join(days, days.c.newest == table.c.id).order_by(table.c.day))
    return [DaySize(day, size, int(entered), int(departed)) for day, size, entered, departed in rows]


def reasons(session: Session, result_ids: Iterable[int], *, bitmaps: bool = False) -> Sequence[SegmentReason]:
    """The criteria that turned with some results, in the order of the definition."""
    query = select(SegmentReason).where(col(SegmentReason.result_id).in_(list(result_ids)))
    if not bitmaps:
        query = query.options(
            defer(SegmentReason.matching, raiseload=True),  # type: ignore[arg-type]  # SQLModel types a column as its value
            defer(SegmentReason.ceasing, raiseload=True),  # type: ignore[arg-type]
        )
    return session.scalars(query.order_by(col(SegmentReason.id))).all()


def still_there(
    connection: sa.Connection, organisation_id: int, numbers: NDArray[np.uint32], *, after: int, limit: int
) -> Sequence[int]:
    """The first customers by number, of these and after a number, who were not erased since."""
    table = table_of(Customer)
    later = numbers[np.searchsorted(numbers, after, side="right") :]
    there = (
        number
        for start in range(0, len(later), _AT_ONCE)
        for number in connection.execute(
            sa.select(table.c.number)
            .where(
                table.c.organisation_id == organisation_id,
                table.c.number.in_(later[start : start + _AT_ONCE].tolist()),
            )
            .order_by(table.c.number)
        ).scalars()
    )
    return list(islice(there, limit))


def _without_bitmaps() -> Sequence[sa.orm.interfaces.ORMOption]:
    columns = (SegmentResult.members, SegmentResult.entered_members, SegmentResult.departed_members)
    return [defer(column, raiseload=True) for column in columns]  # type: ignore[arg-type]  # as above
