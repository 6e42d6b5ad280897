"""Every query over the positions of syncs: how far each has come, and how far it has read back."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hub.core.store.database import Database
from hub.core.store.tables import SyncPosition, SyncReading, table_of


def position_of(database: Database, sync_id: int) -> SyncPosition | None:
    """How far a sync has come, or None where nothing is known."""
    with database.session() as session:
        return session.get(SyncPosition, sync_id)


def keep_position(database: Database, position: SyncPosition) -> None:
    """Note how far a sync has come."""
    with database.session(write=True) as session:
        session.merge(position)


@dataclass(frozen=True)
class Reading:
    """How far a sync has read back."""

    cursor: str | None
    read_at: datetime


def reading_of(database: Database, sync_id: int) -> Reading | None:
    """How far a sync has read back who withdrew; None before the first time."""
    with database.session() as session:
        found = session.get(SyncReading, sync_id)
    return Reading(found.cursor, found.read_at) if found else None


def keep_reading(connection: sa.Connection, sync_id: int, cursor: str | None, now: datetime) -> None:
    """Note in a transaction how far a sync has read back."""
    table = table_of(SyncReading)
    values = {"cursor": cursor, "read_at": now}
    update = sa.update(table).where(table.c.sync_id == sync_id).values(values)
    if not connection.execute(update.execution_options(preserve_rowcount=True)).rowcount:
        connection.execute(sa.insert(table).values(sync_id=sync_id, **values))
