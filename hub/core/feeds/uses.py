"""Tells which feeds hand out a segment or a view, so that neither goes away under them."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from hub.core.segments.references.graph import KnownSegment
from hub.core.segments.references.usage import Use
from hub.core.store import feeds as stored

_KIND, _REMOVE = "feed", "remove"


def feeds_of_segments(session: Session, segments: Sequence[KnownSegment]) -> Iterator[tuple[int, Use]]:
    """The feeds of these segments and of their views, each with the id of its segment. See ``FindUses``.

    A revoked feed does not hinder that its segment is removed.
    """
    for feed in stored.feeds_of_segments(session, [segment.id for segment in segments]):
        in_force = feed.revoked_at is None
        yield feed.segment_id, Use(_KIND, feed.name, hinders=in_force, mend="revoke" if in_force else _REMOVE)


def feeds_of_view(session: Session, view_id: int) -> Iterator[Use]:
    """The feeds of a view; revoked ones, too, are kept with what they handed out."""
    for feed in stored.feeds_of_view(session, view_id):
        yield Use(_KIND, feed.name, mend=_REMOVE)
