"""Claims scheduled moments, so that each is acted on once whatever processes there are."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from hub.core.store.database import Database
from hub.core.store.tables import JobFiring, table_of

_REMEMBERED = timedelta(days=30)


def claim(database: Database, job: str, slot: datetime, owner: str, now: datetime) -> bool:
    """Claim a job's slot; false when it was claimed before."""
    firings = table_of(JobFiring)
    with database.writing() as connection:
        connection.execute(sa.delete(firings).where(firings.c.slot < now - _REMEMBERED))
        taken = sa.exists().where(firings.c.job == job, firings.c.slot == slot)
        values = (
            sa.literal(job),
            sa.literal(slot, firings.c.slot.type),
            sa.literal(owner),
            sa.literal(now, firings.c.claimed_at.type),
        )
        free = sa.select(*values).where(~taken)
        insert = sa.insert(firings).from_select(["job", "slot", "claimed_by", "claimed_at"], free)
        try:
            return connection.execute(insert.execution_options(preserve_rowcount=True)).rowcount == 1
        except sa.exc.IntegrityError:
            connection.rollback()
            return False
