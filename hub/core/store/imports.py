"""Every query over connected data sources and the runs that read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.contracts.errors import NotFound
from hub.core.contracts.records import RejectedRow
from hub.core.store.database import Database
from hub.core.store.tables import Connection, ImportRejection, ImportRun, ImportStatus, table_of

MOST_REJECTIONS = 10_000
"""So many rejected rows of a run are kept, the first ones; all are counted."""


def sources(
    session: Session, organisation_id: int, kind: str, *, after: str | None = None, limit: int | None = None
) -> Sequence[Connection]:
    """The connections of a kind by name, for paging from after a name."""
    query = select(Connection).where(Connection.organisation_id == organisation_id, Connection.kind == kind)
    if after is not None:
        query = query.where(Connection.name > after)
    return session.scalars(query.order_by(col(Connection.name)).limit(limit)).all()


def connection_of(session: Session, organisation_id: int, kind: str, connection_id: int) -> Connection:
    """The connection of that id and kind.

    Raises:
        NotFound: there is none.
    """
    found = session.get(Connection, connection_id)
    if found is None or (found.organisation_id, found.kind) != (organisation_id, kind):
        raise NotFound(f"there is no connected data source {connection_id}")
    return found


def begin(database: Database, connection_id: int, now: datetime, silence: timedelta) -> int | None:
    """Record that a run began; its id, or None while another one is at work.

    One that was silent for longer than ``silence`` died: it is marked as interrupted.
    """
    with database.session(write=True) as session:
        # On PostgreSQL two could begin at once; SQLite has one writer anyway.
        session.get_one(Connection, connection_id, with_for_update=True)
        running = select(ImportRun).where(
            ImportRun.connection_id == connection_id, ImportRun.status == ImportStatus.RUNNING.value
        )
        for other in session.scalars(running).all():
            if other.heard_at >= now - silence:
                return None
            other.status, other.ended_at = ImportStatus.INTERRUPTED.value, now
            other.message = "its process ended before the run did; the next run goes on from there"
        run = ImportRun(connection_id=connection_id, started_at=now, heard_at=now)
        session.add(run)
        session.flush()
        return run.id


def settle(
    connection: sa.Connection,
    run_id: int,
    counts: Mapping[str, int],
    rejected: Sequence[RejectedRow],
    now: datetime,
) -> bool:
    """Note in a batch's transaction what it did; false when the run was taken over meanwhile.

    Args:
        connection: the transaction.
        run_id: which run.
        counts: what to add to the run's columns of these names.
        rejected: the rows that could not be taken; those beyond ``MOST_REJECTIONS`` are only counted.
        now: when.
    """
    runs, kept = table_of(ImportRun), table_of(ImportRejection)
    own = sa.and_(runs.c.id == run_id, runs.c.status == ImportStatus.RUNNING.value)
    before = connection.execute(sa.select(runs.c.rejected).where(own).with_for_update()).scalar_one_or_none()
    if before is None:
        return False
    added = {name: runs.c[name] + count for name, count in counts.items()}
    raised = sa.update(runs).where(own).values(**added, rejected=before + len(rejected), heard_at=now)
    connection.execute(raised)
    room = max(MOST_REJECTIONS - before, 0)
    if noted := [
        {"run_id": run_id, "line": row.line, "field": row.field, "reason": row.reason} for row in rejected[:room]
    ]:
        connection.execute(sa.insert(kept), noted)
    return True


def hear(database: Database, run_id: int, now: datetime) -> None:
    """Note that a run is still at work."""
    with database.session(write=True) as session:
        running = sa.update(ImportRun).where(
            col(ImportRun.id) == run_id, col(ImportRun.status) == ImportStatus.RUNNING.value
        )
        session.execute(running.values(heard_at=now))


def end(database: Database, run_id: int, status: ImportStatus, message: str, now: datetime) -> ImportRun:
    """Record how a run ended, unless another one has taken it over; the run as it stands."""
    with database.session(write=True) as session:
        run = session.get_one(ImportRun, run_id)
        if run.status == ImportStatus.RUNNING:
            run.status, run.message, run.ended_at = status.value, message, now
    return run


def run_of(session: Session, organisation_id: int, run_id: int) -> ImportRun:
    """The run of that id.

    Raises:
        NotFound: there is none.
    """
    found = session.get(ImportRun, run_id)
    owner = session.get(Connection, found.connection_id) if found else None
    if found is None or owner is None or owner.organisation_id != organisation_id:
        raise NotFound(f"there is no run {run_id} of an import")
    return found


def runs(session: Session, connection_id: int, limit: int, *, before: int | None = None) -> Sequence[ImportRun]:
    """The newest runs of a connection, newest first, for paging from before an id."""
    query = select(ImportRun).where(ImportRun.connection_id == connection_id)
    if before is not None:
        query = query.where(col(ImportRun.id) < before)
    return session.scalars(query.order_by(col(ImportRun.id).desc()).limit(limit)).all()


def newest_runs(session: Session, connection_ids: Sequence[int]) -> Mapping[int, ImportRun]:
    """The newest run of each of the connections that have one."""
    newest = (
        select(sa.func.max(ImportRun.id))
        .where(col(ImportRun.connection_id).in_(connection_ids))
        .group_by(col(ImportRun.connection_id))
    )
    found = session.scalars(select(ImportRun).where(col(ImportRun.id).in_(newest))).all()
    return {run.connection_id: run for run in found}


def rejections(
    session: Session, run_id: int, *, after: int | None = None, limit: int | None = None
) -> Sequence[ImportRejection]:
    """The rows a run could not take, in the order they were met, for paging from after an id."""
    query = select(ImportRejection).where(ImportRejection.run_id == run_id)
    if after is not None:
        query = query.where(col(ImportRejection.id) > after)
    return session.scalars(query.order_by(col(ImportRejection.id)).limit(limit)).all()


def is_cancelled(session: Session, run_id: int) -> bool:
    """Whether somebody asked a run to end."""
    return session.get_one(ImportRun, run_id).cancel_requested


def request_cancellation(session: Session, connection_id: int) -> bool:
    """Ask the running run of a connection to end; false when none runs."""
    asked = session.execute(
        sa.update(ImportRun)
        .where(col(ImportRun.connection_id) == connection_id, col(ImportRun.status) == ImportStatus.RUNNING.value)
        .values(cancel_requested=True)
    )
    return bool(asked.rowcount)  # type: ignore[attr-defined]  # an update's result has it
