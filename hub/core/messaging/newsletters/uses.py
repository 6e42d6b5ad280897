"""Tells which newsletters are for a segment, so that it does not go away under them."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from hub.core.segments.references.graph import KnownSegment
from hub.core.segments.references.usage import Use
from hub.core.store import newsletters as stored
from hub.core.store.tables import NewsletterStatus

_KIND = "newsletter"


def newsletters_of_segments(session: Session, segments: Sequence[KnownSegment]) -> Iterator[tuple[int, Use]]:
    """The newsletters for these segments that have not ended, each with the id of its segment. See ``FindUses``.

    One whose recipients are chosen already needs the segment no more.
    """
    for segment_id, newsletter in stored.newsletters_of_segments(session, [one.id for one in segments]):
        scheduled = newsletter.status == NewsletterStatus.SCHEDULED
        yield (
            segment_id,
            Use(_KIND, newsletter.name, hinders=scheduled, mend="unschedule" if scheduled else "change"),
        )
