"""Every query over segments and their results."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy.orm import Session, defer
from sqlmodel import col, select

from hub.core.contracts.errors import NameTaken, NotFound
from hub.core.store.tables import Segment, SegmentResult


def folded(name: str) -> str:
    """A name as it is compared: composed, without regard to case or surrounding space."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


def add_segment(session: Session, segment: Segment) -> None:
    """Store a new segment.

    Raises:
        NameTaken: a segment of the organisation has that name, perhaps a removed one.
    """
    taken = _find(session, segment.organisation_id, segment.name)
    if taken is not None:
        mend = "restore it" if taken.removed_at else "choose another name"
        state = "a removed segment" if taken.removed_at else "a segment"
        raise NameTaken(f"{state} is called {taken.name!r} already; {mend}")
    session.add(segment)
    session.flush()


def segment_named(session: Session, organisation_id: int, name: str, *, removed: bool = False) -> Segment:
    """The segment of that name.

    Args:
        session: the store's.
        organisation_id: whose it is.
        name: in any case.
        removed: whether a removed one will do.

    Raises:
        NotFound: there is none, or it was removed.
    """
    found = _find(session, organisation_id, name)
    if found is None:
        raise NotFound(f"there is no segment {name!r}; `hub segment list` shows those there are")
    if found.removed_at and not removed:
        raise NotFound(f"the segment {found.name!r} was removed; restore it with `hub segment restore`")
    return found


def segment_of(session: Session, organisation_id: int, segment_id: int, *, removed: bool = False) -> Segment:
    """The segment of that id; a removed one only where it will do.

    Raises:
        NotFound: there is none, or it was removed.
    """
    found = session.get(Segment, segment_id)
    if found is None or found.organisation_id != organisation_id:
        raise NotFound(f"there is no segment {segment_id}")
    if found.removed_at is not None and not removed:
        raise NotFound(f"the segment {found.name!r} was removed; restore it first")
    return found


def segments(
    session: Session,
    organisation_id: int,
    *,
    removed: bool = False,
    after: str | None = None,
    limit: int | None = None,
) -> Sequence[Segment]:
    """Segments by name: those there are, or those that were removed; for paging from after a folded name."""
    state = col(Segment.removed_at).is_not(None) if removed else col(Segment.removed_at).is_(None)
    query = select(Segment).where(Segment.organisation_id == organisation_id, state)
    if after is not None:
        query = query.where(Segment.folded_name > after)
    return session.scalars(query.order_by(col(Segment.folded_name)).limit(limit)).all()


def newest_result(session: Session, segment: Segment) -> SegmentResult | None:
    """What the last evaluation that found something new found."""
    own = select(SegmentResult).where(SegmentResult.segment_id == segment.id)
    return session.scalars(own.order_by(col(SegmentResult.id).desc()).limit(1)).first()


def results(
    session: Session, segment: Segment, limit: int, *, before: int | None = None
) -> Sequence[SegmentResult]:
    """The newest results of a segment without their members, newest first, for paging from before an id."""
    query = select(SegmentResult).where(SegmentResult.segment_id == segment.id)
    if before is not None:
        query = query.where(col(SegmentResult.id) < before)
    newest = query.order_by(col(SegmentResult.id).desc()).limit(limit)
    return session.scalars(newest.options(defer(SegmentResult.members))).all()  # type: ignore[arg-type]  # SQLModel types a column as its value


def _find(session: Session, organisation_id: int, name: str) -> Segment | None:
    return session.scalars(
        select(Segment).where(Segment.organisation_id == organisation_id, Segment.folded_name == folded(name))
    ).one_or_none()
