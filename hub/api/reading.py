"""Reads single things by id and lists page by page: what the facade does not offer yet."""

from collections.abc import Sequence

from sqlalchemy.orm import Session, defer
from sqlmodel import col, select

from hub.core.app import Hub
from hub.core.contracts.errors import NotFound
from hub.core.store.syncs import syncs_of_segment
from hub.core.store.tables import Connection, Segment, SegmentResult, Sync, SyncRejection, SyncRun


def segment_of(hub: Hub, segment_id: int, *, removed: bool = False) -> Segment:
    """The segment of an id.

    Args:
        hub: whose.
        segment_id: which.
        removed: whether a removed one will do.

    Raises:
        NotFound: there is none, or it was removed.
    """
    with hub.database.session() as session:
        found = session.get(Segment, segment_id)
    if found is None or found.organisation_id != hub.organisation.id:
        raise NotFound(f"there is no segment {segment_id}")
    if found.removed_at is not None and not removed:
        raise NotFound(f"the segment {found.name!r} was removed; restore it first")
    return found


def segments_after(hub: Hub, name: str | None, limit: int, *, removed: bool) -> Sequence[Segment]:
    """Segments by name from after a folded name: those there are, or those that were removed."""
    state = col(Segment.removed_at).is_not(None) if removed else col(Segment.removed_at).is_(None)
    query = select(Segment).where(Segment.organisation_id == hub.organisation.id, state)
    if name is not None:
        query = query.where(Segment.folded_name > name)
    with hub.database.session() as session:
        return session.scalars(query.order_by(col(Segment.folded_name)).limit(limit)).all()


def results_before(hub: Hub, segment: Segment, result_id: int | None, limit: int) -> Sequence[SegmentResult]:
    """A segment's results from before an id, newest first, without their members."""
    query = select(SegmentResult).where(SegmentResult.segment_id == segment.id)
    if result_id is not None:
        query = query.where(col(SegmentResult.id) < result_id)
    newest = query.order_by(col(SegmentResult.id).desc()).limit(limit)
    with hub.database.session() as session:
        return session.scalars(newest.options(defer(SegmentResult.members))).all()  # type: ignore[arg-type]


def names_of_syncs(hub: Hub, segment: Segment) -> list[str]:
    """The names of the syncs that keep a segment somewhere."""
    with hub.database.session() as session:
        return [sync.name for sync in syncs_of_segment(session, segment)]


def sync_of(hub: Hub, sync_id: int) -> Sync:
    """The sync of an id.

    Raises:
        NotFound: there is none.
    """
    with hub.database.session() as session:
        found = _own_sync(session, hub, sync_id)
    if found is None:
        raise NotFound(f"there is no sync {sync_id}")
    return found


def syncs_after(hub: Hub, name: str | None, limit: int) -> Sequence[Sync]:
    """Syncs by name from after a name."""
    query = select(Sync).where(Sync.organisation_id == hub.organisation.id)
    if name is not None:
        query = query.where(Sync.name > name)
    with hub.database.session() as session:
        return session.scalars(query.order_by(col(Sync.name)).limit(limit)).all()


def names_of(hub: Hub, sync: Sync) -> tuple[str, str]:
    """The names of a sync's segment and connection."""
    with hub.database.session() as session:
        return (
            session.get_one(Segment, sync.segment_id).name,
            session.get_one(Connection, sync.connection_id).name,
        )


def run_of(hub: Hub, run_id: int) -> SyncRun:
    """The run of an id.

    Raises:
        NotFound: there is none.
    """
    with hub.database.session() as session:
        found = session.get(SyncRun, run_id)
        if found is None or _own_sync(session, hub, found.sync_id) is None:
            raise NotFound(f"there is no run {run_id}")
    return found


def runs_before(hub: Hub, sync: Sync, run_id: int | None, limit: int) -> Sequence[SyncRun]:
    """A sync's runs from before an id, newest first."""
    query = select(SyncRun).where(SyncRun.sync_id == sync.id)
    if run_id is not None:
        query = query.where(col(SyncRun.id) < run_id)
    with hub.database.session() as session:
        return session.scalars(query.order_by(col(SyncRun.id).desc()).limit(limit)).all()


def newest_run_id(hub: Hub, sync: Sync) -> int:
    """The id of a sync's newest run; 0 before the first."""
    found = runs_before(hub, sync, None, 1)
    return (found[0].id or 0) if found else 0


def run_begun_by(hub: Hub, sync: Sync, owner: str, after: int) -> int | None:
    """The id of the run after an id that a process of that name works on; None while there is none."""
    query = (
        select(SyncRun.id)
        .join(Sync, col(Sync.id) == SyncRun.sync_id)
        .where(col(Sync.id) == sync.id, Sync.lease_owner == owner, col(SyncRun.id) > after)
    )
    with hub.database.session() as session:
        return session.scalars(query).first()


def rejections_after(hub: Hub, run: SyncRun, rejection_id: int | None, limit: int) -> Sequence[SyncRejection]:
    """The members a run's platform refused, in the order it did, from after an id."""
    query = select(SyncRejection).where(SyncRejection.run_id == run.id)
    if rejection_id is not None:
        query = query.where(col(SyncRejection.id) > rejection_id)
    with hub.database.session() as session:
        return session.scalars(query.order_by(col(SyncRejection.id)).limit(limit)).all()


def _own_sync(session: Session, hub: Hub, sync_id: int) -> Sync | None:
    found = session.get(Sync, sync_id)
    return found if found is not None and found.organisation_id == hub.organisation.id else None
