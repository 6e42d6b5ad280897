"""Tells cheaply whether anything changed that the members of segments depend on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.store.tables import Revision, Segment, SegmentKind, SegmentResult, table_of


@dataclass(frozen=True)
class Sight:
    """What the members of an organisation's dynamic segments depend on, at one moment."""

    day: date
    revision: int
    segments: Sequence[tuple[int, int]]
    """Id and last change of each."""
    newest_result: int
    """The id of what any evaluation kept last: another process may have kept something older meanwhile."""


def sight(connection: sa.Connection, organisation_id: int, day: date) -> Sight:
    """Look at the store on a day."""
    counter, segments, results = table_of(Revision), table_of(Segment), table_of(SegmentResult)
    there = sa.select(segments.c.id, segments.c.changed_at).where(_kept_up(segments, organisation_id))
    own = sa.select(sa.func.max(results.c.id)).join(segments, segments.c.id == results.c.segment_id)
    newest = connection.execute(own.where(segments.c.organisation_id == organisation_id)).scalar()
    return Sight(
        day,
        connection.execute(sa.select(counter.c.value)).scalar_one(),
        tuple(
            (row.id, int(row.changed_at.timestamp())) for row in connection.execute(there.order_by(segments.c.id))
        ),
        newest or 0,
    )


def dynamic_segments(session: Session, organisation_id: int) -> Sequence[Segment]:
    """Every dynamic segment that was not removed, by name."""
    found = select(Segment).where(_kept_up(table_of(Segment), organisation_id))
    return session.scalars(found.order_by(col(Segment.folded_name))).all()


def _kept_up(segments: sa.Table, organisation_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        segments.c.organisation_id == organisation_id,
        segments.c.kind == SegmentKind.DYNAMIC.value,
        segments.c.removed_at.is_(None),
    )
