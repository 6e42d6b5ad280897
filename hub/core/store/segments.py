"""Every query over segments and their results."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.contracts.errors import NameTaken, NotFound
from hub.core.store.tables import Organisation, Segment, SegmentMember, SegmentResult, View, table_of
from hub.core.store.texts import storable


def folded(name: str) -> str:
    """A name as it is compared: composed, without regard to case or surrounding space."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


def lock(session: Session, organisation_id: int) -> None:
    """Let no other writer change this organisation's segments and views until the transaction ends.

    What is checked of several of them, such as that none refers to itself, stays true until the commit. On
    SQLite the transaction itself does it; imports, which only point at the organisation, are not held up.
    """
    own = select(Organisation.id).where(Organisation.id == organisation_id)
    session.execute(own.with_for_update(key_share=True))


def check_name(session: Session, organisation_id: int, name: str, segment_id: int | None = None) -> None:
    """See that a name is free, or belongs to the segment of this id.

    Raises:
        NameTaken: a segment of the organisation has that name, perhaps a removed one.
    """
    taken = _find(session, organisation_id, name)
    if taken is not None and taken.id != segment_id:
        mend = "restore it, or choose another name" if taken.removed_at else "choose another name"
        state = "a removed segment" if taken.removed_at else "a segment"
        raise NameTaken(f"{state} is called {taken.name!r} already; {mend}")


def add_segment(session: Session, segment: Segment) -> None:
    """Store a new segment.

    Raises:
        NameTaken: a segment of the organisation has that name, perhaps a removed one.
    """
    check_name(session, segment.organisation_id, segment.name)
    session.add(segment)
    session.flush()


def outlines(session: Session, organisation_id: int) -> Sequence[sa.Row[tuple[int, str, str, Any, Any]]]:
    """Id, name, folded name, definition and time of removal of every segment, the removed ones too."""
    table = table_of(Segment)
    names = ("id", "name", "folded_name", "definition", "removed_at")
    own = sa.select(*(table.c[name] for name in names)).where(table.c.organisation_id == organisation_id)
    return session.execute(own).all()


def delete_segment(session: Session, segment: Segment) -> None:
    """Delete a segment for good, with its views, its members and its history."""
    for model in (View, SegmentMember, SegmentResult):
        session.execute(sa.delete(model).where(col(model.segment_id) == segment.id))
    session.execute(sa.delete(Segment).where(col(Segment.id) == segment.id))


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


def _find(session: Session, organisation_id: int, name: str) -> Segment | None:
    if not storable(name):
        return None
    return session.scalars(
        select(Segment).where(Segment.organisation_id == organisation_id, Segment.folded_name == folded(name))
    ).one_or_none()
