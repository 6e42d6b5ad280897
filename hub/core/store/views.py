"""Every query over views."""

from collections.abc import Sequence

from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.contracts.errors import NameTaken, NotFound
from hub.core.store.segments import folded
from hub.core.store.tables import Segment, View
from hub.core.store.texts import storable


def views_of(session: Session, segment: Segment) -> Sequence[View]:
    """A segment's views by name."""
    own = select(View).where(View.segment_id == segment.id)
    return session.scalars(own.order_by(col(View.folded_name))).all()


def views(session: Session, organisation_id: int) -> Sequence[tuple[View, Segment]]:
    """All views of an organisation with their segments, those of removed segments too, by name."""
    own = select(View, Segment).join(Segment, col(Segment.id) == View.segment_id)
    own = own.where(Segment.organisation_id == organisation_id)
    ordered = own.order_by(col(Segment.folded_name), col(View.folded_name))
    return [(view, segment) for view, segment in session.execute(ordered)]


def view_named(session: Session, segment: Segment, name: str) -> View:
    """A segment's view of that name, in any case.

    Raises:
        NotFound: there is none.
    """
    found = _find(session, segment, name)
    if found is None:
        raise NotFound(f"the segment {segment.name!r} has no view {name!r}")
    return found


def view_of(session: Session, organisation_id: int, view_id: int) -> tuple[View, Segment]:
    """The view of that id, with its segment.

    Raises:
        NotFound: there is none, or its segment was removed.
    """
    found = session.get(View, view_id)
    segment = session.get(Segment, found.segment_id) if found else None
    if found is None or segment is None or segment.organisation_id != organisation_id:
        raise NotFound(f"there is no view {view_id}")
    if segment.removed_at is not None:
        raise NotFound(f"the segment {segment.name!r} of this view was removed; restore it first")
    return found, segment


def check_view_name(session: Session, segment: Segment, name: str, view_id: int | None = None) -> None:
    """See that a name is free among a segment's views, or belongs to the view of this id.

    Raises:
        NameTaken: another view of the segment has it.
    """
    taken = _find(session, segment, name)
    if taken is not None and taken.id != view_id:
        raise NameTaken(f"the segment {segment.name!r} has a view {taken.name!r} already; choose another name")


def _find(session: Session, segment: Segment, name: str) -> View | None:
    if not storable(name):
        return None
    own = select(View).where(View.segment_id == segment.id, View.folded_name == folded(name))
    return session.scalars(own).one_or_none()
