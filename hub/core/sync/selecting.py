"""Finds whom a sync is about: who is meant, who may be on the other side, and as of which revision."""

from dataclasses import dataclass

from hub.core.contracts.errors import NotFound
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.engine import Engine
from hub.core.segments.people.permitted import permitted
from hub.core.segments.service import Segments
from hub.core.segments.views import Views
from hub.core.store.database import Database
from hub.core.store.revisions import current_revision
from hub.core.store.tables import Segment, Sync, SyncMode, View


@dataclass(frozen=True)
class Selection:
    """Customers as they are at a revision, which later facts may have overtaken in part."""

    revision: int
    members: Bitmap
    """Who is in the segment or view."""
    existing: Bitmap
    """All customers."""
    allowed: Bitmap
    """Who may be on the other side: customers, and with the sync's permission if it names one."""
    wanted: Bitmap
    """Whom the sync is about: members who may be sent or, if it only removes, all members."""

    changed: Bitmap | None = None
    """Who was touched after the revision that was asked for; None when that is not known."""

    @property
    def withheld(self) -> int:
        """How many members may not be sent."""
        return len(self.members - self.wanted)


class Selecting:
    """Asks segments, views and consents for syncs.

    Args:
        database: the store's.
        engine: answers who exists and who consented.
        segments: answers who is in a segment.
        views: answers who is in a view.
    """

    def __init__(self, database: Database, engine: Engine, segments: Segments, views: Views) -> None:
        self._database = database
        self._engine = engine
        self._segments = segments
        self._views = views

    def select(self, sync: Sync, since: int | None = None) -> Selection:
        """Find whom a sync is about, now.

        Args:
            sync: which one.
            since: the revision after which customers count as changed; None: nothing is known of it.

        Raises:
            NotFound: its segment or view was removed.
            DefinitionError: it can't be answered.
        """
        with self._database.session() as session:
            segment = session.get_one(Segment, sync.segment_id)
            view = None if sync.view_id is None else session.get(View, sync.view_id)
        if segment.removed_at is not None:
            raise NotFound(f"the segment {segment.name!r} was removed; restore it with `hub segment restore`")
        if view is None and sync.view_id is not None:
            raise NotFound(f"the view of {segment.name!r} that this sync keeps is gone; give it another")
        found = self._segments.evaluate(segment) if view is None else self._views.evaluate(view)
        with self._engine.snapshot(self._segments.calendar()) as snapshot:
            existing = snapshot.everyone()
            allowed = existing & permitted(snapshot, sync.permission, sync.permission_channel)
            changed = None if since is None else snapshot.changed_since(since)
        members = found.members & existing
        wanted = members if sync.mode == SyncMode.REMOVE_ONLY else members & allowed
        return Selection(found.revision, members, existing, allowed, wanted, changed)

    def permission(self, sync: Sync, selection: Selection) -> "Permission":
        """Tells in the course of a run who may still be sent."""
        return Permission(self, self._database, sync, selection)

    def allowed(self, sync: Sync) -> Bitmap:
        """Who may be on the other side, now."""
        with self._engine.snapshot(self._segments.calendar()) as snapshot:
            return permitted(snapshot, sync.permission, sync.permission_channel)


class Permission:
    """Who may be sent, looked up again whenever facts came in since.

    A long run must not send somebody who withdrew while it was at work.
    """

    def __init__(self, selecting: Selecting, database: Database, sync: Sync, selection: Selection) -> None:
        self._selecting = selecting
        self._database = database
        self._sync = sync
        self._revision = selection.revision
        self._allowed = selection.allowed

    def now(self) -> Bitmap:
        """Who may be sent at this moment."""
        revision = current_revision(self._database)
        if revision != self._revision:
            self._allowed = self._selecting.allowed(self._sync)
            self._revision = revision
        return self._allowed
