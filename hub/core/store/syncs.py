"""Every query over connections, syncs and their runs."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.contracts.errors import NameTaken, NotFound
from hub.core.contracts.sink import Rejection
from hub.core.store.database import Database
from hub.core.store.tables import (
    Connection,
    LedgerEntry,
    LedgerReference,
    RunStatus,
    Segment,
    Sync,
    SyncPosition,
    SyncReading,
    SyncRejection,
    SyncRun,
    View,
    table_of,
)

_RUNS_WITH_REJECTIONS = 50
"""Of so many runs of a sync the rejected members are kept."""
_AT_ONCE = 500
"""Keys of one statement."""


def connection_named(session: Session, organisation_id: int, name: str) -> Connection:
    """The connection of that name.

    Raises:
        NotFound: there is none.
    """
    found = session.scalars(
        select(Connection).where(Connection.organisation_id == organisation_id, Connection.name == name)
    ).one_or_none()
    if found is None:
        raise NotFound(f"there is no connection {name!r}; make one with `hub connect`")
    return found


def connections(session: Session, organisation_id: int) -> Sequence[Connection]:
    """All connections by name."""
    own = select(Connection).where(Connection.organisation_id == organisation_id)
    return session.scalars(own.order_by(col(Connection.name))).all()


def add_sync(session: Session, sync: Sync) -> None:
    """Store a new sync.

    Raises:
        NameTaken: a sync has that name, or another one already keeps that audience.
    """
    check_sync_name(session, sync)
    same = select(Sync).where(Sync.organisation_id == sync.organisation_id)
    other = session.scalars(
        same.where(Sync.connection_id == sync.connection_id, Sync.audience_name == sync.audience_name)
    ).first()
    if other:
        raise NameTaken(
            f"the sync {other.name!r} already keeps the audience {sync.audience_name!r} there; two syncs of one "
            "audience would undo each other's work, so give this one another audience"
        )
    session.add(sync)
    session.flush()


def check_sync_name(session: Session, sync: Sync) -> None:
    """See that no other sync has this one's name.

    Raises:
        NameTaken: one has.
    """
    with session.no_autoflush:
        same = select(Sync).where(Sync.organisation_id == sync.organisation_id, Sync.name == sync.name)
        if any(one.id != sync.id for one in session.scalars(same)):
            raise NameTaken(f"a sync is called {sync.name!r} already; choose another name")


def remove_sync(session: Session, sync_id: int) -> None:
    """Delete a sync with its runs and its ledger."""
    forget_what_is_held(session, sync_id)
    own = select(SyncRun.id).where(SyncRun.sync_id == sync_id)
    session.execute(sa.delete(SyncRejection).where(col(SyncRejection.run_id).in_(own)))
    session.execute(sa.delete(SyncRun).where(col(SyncRun.sync_id) == sync_id))
    session.execute(sa.delete(Sync).where(col(Sync.id) == sync_id))


def forget_what_is_held(session: Session, sync_id: int) -> None:
    """Delete a sync's ledger and all that was noted beside it."""
    for table in (LedgerEntry, LedgerReference, SyncPosition, SyncReading):
        own = table_of(table).c.sync_id == sync_id
        session.execute(sa.delete(table_of(table)).where(own))


def is_leased(session: Session, sync_id: int, now: datetime) -> bool:
    """Whether a run of a sync is at work."""
    sync = session.get_one(Sync, sync_id)
    return sync.lease_owner is not None and (sync.lease_until is None or sync.lease_until >= now)


def sync_named(session: Session, organisation_id: int, name: str) -> Sync:
    """The sync of that name.

    Raises:
        NotFound: there is none.
    """
    found = session.scalars(
        select(Sync).where(Sync.organisation_id == organisation_id, Sync.name == name)
    ).one_or_none()
    if found is None:
        raise NotFound(f"there is no sync {name!r}; `hub sync list` shows those there are")
    return found


def sync_of(session: Session, organisation_id: int, sync_id: int) -> Sync:
    """The sync of that id.

    Raises:
        NotFound: there is none.
    """
    found = session.get(Sync, sync_id)
    if found is None or found.organisation_id != organisation_id:
        raise NotFound(f"there is no sync {sync_id}")
    return found


def syncs(
    session: Session, organisation_id: int, *, after: str | None = None, limit: int | None = None
) -> Sequence[Sync]:
    """Syncs by name, for paging from after a name."""
    query = select(Sync).where(Sync.organisation_id == organisation_id)
    if after is not None:
        query = query.where(Sync.name > after)
    return session.scalars(query.order_by(col(Sync.name)).limit(limit)).all()


def syncs_of_view(session: Session, view_id: int) -> Sequence[Sync]:
    """The syncs that keep a view, by name."""
    return session.scalars(select(Sync).where(Sync.view_id == view_id).order_by(col(Sync.name))).all()


def run_of(session: Session, organisation_id: int, run_id: int) -> SyncRun:
    """The run of that id.

    Raises:
        NotFound: there is none.
    """
    found = session.get(SyncRun, run_id)
    owner = session.get(Sync, found.sync_id) if found else None
    if found is None or owner is None or owner.organisation_id != organisation_id:
        raise NotFound(f"there is no run {run_id}")
    return found


def runs(session: Session, sync: Sync, limit: int, *, before: int | None = None) -> Sequence[SyncRun]:
    """The newest runs of a sync, newest first, for paging from before an id."""
    query = select(SyncRun).where(SyncRun.sync_id == sync.id)
    if before is not None:
        query = query.where(col(SyncRun.id) < before)
    return session.scalars(query.order_by(col(SyncRun.id).desc()).limit(limit)).all()


def newest_runs(session: Session, sync_ids: Sequence[int]) -> Mapping[int, SyncRun]:
    """The newest run of each of the syncs that have one."""
    newest = (
        select(sa.func.max(SyncRun.id)).where(col(SyncRun.sync_id).in_(sync_ids)).group_by(col(SyncRun.sync_id))
    )
    found = session.scalars(select(SyncRun).where(col(SyncRun.id).in_(newest))).all()
    return {run.sync_id: run for run in found}


def names(session: Session, sync_ids: Sequence[int]) -> Mapping[int, tuple[str, str | None, str]]:
    """The names of each sync's segment, view (None: the segment as a whole) and connection."""
    query = (
        sa.select(col(Sync.id), col(Segment.name), col(View.name), col(Connection.name))
        .join(Segment, col(Segment.id) == col(Sync.segment_id))
        .join(Connection, col(Connection.id) == col(Sync.connection_id))
        .outerjoin(View, col(View.id) == col(Sync.view_id))
        .where(col(Sync.id).in_(sync_ids))
    )
    return {sync_id or 0: (segment, view, to) for sync_id, segment, view, to in session.execute(query)}


def rejections(
    session: Session, run: SyncRun, *, after: int | None = None, limit: int | None = None
) -> Sequence[SyncRejection]:
    """The members a run's platform refused, in the order it did, for paging from after an id."""
    query = select(SyncRejection).where(SyncRejection.run_id == run.id)
    if after is not None:
        query = query.where(col(SyncRejection.id) > after)
    return session.scalars(query.order_by(col(SyncRejection.id)).limit(limit)).all()


def add_rejections(session: Session, run: SyncRun, refused: Sequence[Rejection]) -> None:
    """Note refused members with their reasons."""
    assert run.id is not None
    session.add_all(
        SyncRejection(run_id=run.id, customer_number=one.number, reason=one.reason, permanent=one.permanent)
        for one in refused
    )


def forget_old_rejections(session: Session, sync_id: int) -> None:
    """Delete the rejections of all but a sync's newest runs: those that go on being refused are told each time."""
    own = select(SyncRun.id).where(SyncRun.sync_id == sync_id).order_by(col(SyncRun.id).desc())
    newest_old = session.scalars(own.offset(_RUNS_WITH_REJECTIONS).limit(1)).first()
    if newest_old is not None:
        old = select(SyncRun.id).where(SyncRun.sync_id == sync_id, col(SyncRun.id) <= newest_old)
        session.execute(sa.delete(SyncRejection).where(col(SyncRejection.run_id).in_(old)))


def forget_idle_run(database: Database, run: SyncRun) -> bool:
    """Delete a run that succeeded with nothing done; tell whether it was one."""
    if run.status != RunStatus.SUCCEEDED or any((run.added, run.updated, run.removed, run.withdrawn)):
        return False
    with database.session(write=True) as session:
        session.execute(sa.delete(SyncRun).where(col(SyncRun.id) == run.id))
    return True


def reasons_of(session: Session, sync_id: int, numbers: Sequence[int]) -> Mapping[int, str]:
    """Why the platform refused these customers last."""
    found: dict[int, str] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        told = (
            select(SyncRejection.customer_number, SyncRejection.reason)
            .join(SyncRun, col(SyncRun.id) == SyncRejection.run_id)
            .where(SyncRun.sync_id == sync_id, col(SyncRejection.customer_number).in_(some))
        )
        rows = session.execute(told.order_by(col(SyncRejection.id)))
        found.update((number, reason) for number, reason in rows)
    return found


def take_lease(database: Database, sync_id: int, owner: str, now: datetime, lasting: timedelta) -> bool:
    """Become the only one to run a sync until the lease runs out; false when another has it.

    Runs that an earlier owner left behind are marked as interrupted.
    """
    with database.session(write=True) as session:
        taken = session.execute(
            sa.update(Sync)
            .where(
                col(Sync.id) == sync_id,
                sa.or_(col(Sync.lease_owner).is_(None), col(Sync.lease_until) < now),
            )
            .values(lease_owner=owner, lease_until=now + lasting)
        )
        if not taken.rowcount:  # type: ignore[attr-defined]  # an update's result has it
            return False
        session.execute(
            sa.update(SyncRun)
            .where(col(SyncRun.sync_id) == sync_id, col(SyncRun.status) == RunStatus.RUNNING.value)
            .values(
                status=RunStatus.INTERRUPTED.value,
                ended_at=now,
                message="its process ended before the run did; the next run goes on from there",
            )
        )
    return True


def renew_lease(session: Session, sync_id: int, owner: str, until: datetime) -> bool:
    """Prolong a lease; false when it was lost to another."""
    renewed = session.execute(
        sa.update(Sync).where(col(Sync.id) == sync_id, col(Sync.lease_owner) == owner).values(lease_until=until)
    )
    return bool(renewed.rowcount)  # type: ignore[attr-defined]  # an update's result has it


def release_lease(session: Session, sync_id: int, owner: str) -> None:
    """Let others run the sync."""
    session.execute(
        sa.update(Sync)
        .where(col(Sync.id) == sync_id, col(Sync.lease_owner) == owner)
        .values(lease_owner=None, lease_until=None)
    )


def request_cancellation(session: Session, sync: Sync) -> bool:
    """Ask the running run of a sync to end; false when none runs."""
    asked = session.execute(
        sa.update(SyncRun)
        .where(col(SyncRun.sync_id) == sync.id, col(SyncRun.status) == RunStatus.RUNNING.value)
        .values(cancel_requested=True)
    )
    return bool(asked.rowcount)  # type: ignore[attr-defined]  # an update's result has it
