"""Tells which syncs keep a view, so that it does not go away under them."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from hub.core.segments.references.usage import Use
from hub.core.store import syncs as stored


def syncs_of_view(session: Session, view_id: int) -> Iterator[Use]:
    """The syncs of a view; a paused one, too, still looks after those whom it sent."""
    for sync in stored.syncs_of_view(session, view_id):
        yield Use("sync", sync.name, mend="remove")
