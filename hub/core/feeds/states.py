"""How feeds stand: what they hand out, when they were read last, and why they can't be answered now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.core.segments.references.graph import KnownSegment, SegmentGraph
from hub.core.segments.service import Segments
from hub.core.store import feeds as stored
from hub.core.store.feeds import FeedOf
from hub.core.store.tables import Feed


@dataclass(frozen=True)
class FeedState:
    """A feed with how it stands."""

    feed: Feed
    segment: str
    """Name of its segment."""
    view: str | None
    """Name of the segment's view that is handed out; None for the whole segment."""
    last_read_at: datetime | None
    """When its address was asked last; None if it never was."""
    problem: str
    """Why it can't be answered now, though it is in force; empty when it can."""

    @property
    def columns(self) -> Sequence[str]:
        """What it tells of each member."""
        return self.feed.columns.split(",")


class FeedStates:
    """Tells how feeds stand, all of a page with the same few queries.

    Args:
        segments: knows what feeds hand out.
    """

    def __init__(self, segments: Segments) -> None:
        self._segments = segments

    def of(self, session: Session, found: Sequence[FeedOf]) -> Sequence[FeedState]:
        """The states of these feeds, in their order."""
        if not found:
            return []
        read = stored.last_reads(session, [one.feed.id for one in found if one.feed.id is not None])
        graph = self._segments.usage.graph(session)
        own_problem = self._segments.definitions.own_problems()
        return [
            FeedState(
                one.feed,
                one.segment.name,
                one.view.name if one.view else None,
                read.get(one.feed.id or 0),
                "" if one.feed.revoked_at else _problem(one, graph, own_problem),
            )
            for one in found
        ]


def _problem(one: FeedOf, graph: SegmentGraph, own_problem: Callable[[KnownSegment], str]) -> str:
    segment = graph.of_id(one.feed.segment_id)
    if segment.removed:
        return f"the segment {segment.name!r} was removed; restore it with `hub segment restore`"
    problem = graph.problem_of(segment, own_problem)
    if problem or one.view is None or one.view.id is None:
        return problem
    # As a segment of no other's id: problems are looked up once for each.
    view = KnownSegment(-one.view.id, one.view.name, "", one.view.definition)
    return graph.problem_of(view, own_problem)
