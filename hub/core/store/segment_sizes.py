"""What is told of many segments at once: sizes, when they were evaluated, where they are synced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.store.tables import Segment, SegmentMember, SegmentResult, Sync, table_of


@dataclass(frozen=True)
class Size:
    """How large a segment turned out to be."""

    size: int
    evaluated_at: datetime


def newest_sizes(session: Session, segment_ids: Sequence[int]) -> Mapping[int, Size]:
    """What the newest evaluations found, by segment; none for who was never evaluated."""
    results = table_of(SegmentResult)
    newest = sa.select(sa.func.max(results.c.id)).where(results.c.segment_id.in_(segment_ids))
    rows = sa.select(results.c.segment_id, results.c.size, results.c.evaluated_at).where(
        results.c.id.in_(newest.group_by(results.c.segment_id))
    )
    return {segment_id: Size(size, at) for segment_id, size, at in session.execute(rows)}


def member_counts(session: Session, segment_ids: Sequence[int]) -> Mapping[int, int]:
    """How many members manual segments have, by segment; none for those that have none."""
    members = table_of(SegmentMember)
    counted = sa.select(members.c.segment_id, sa.func.count()).where(members.c.segment_id.in_(segment_ids))
    rows = session.execute(counted.group_by(members.c.segment_id))
    return {segment_id: size for segment_id, size in rows}  # noqa: C416 - rows are no pairs


def syncs_of_segments(session: Session, segment_ids: Sequence[int]) -> Sequence[Sync]:
    """The syncs that keep any of these segments somewhere, by name."""
    some = select(Sync).where(col(Sync.segment_id).in_(segment_ids))
    return session.scalars(some.order_by(col(Sync.name))).all()


def all_segments(session: Session, organisation_id: int) -> Sequence[Segment]:
    """Every segment that was not removed, by name."""
    own = select(Segment).where(Segment.organisation_id == organisation_id, col(Segment.removed_at).is_(None))
    return session.scalars(own.order_by(col(Segment.folded_name))).all()
