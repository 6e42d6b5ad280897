"""Every query over addresses that nothing more is sent to."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.store.lists import insert_into, texts_in
from hub.core.store.tables import Suppression, table_of


@dataclass(frozen=True, slots=True)
class NewSuppression:
    """An address that nothing more is to be sent to."""

    digest: str
    reason: str
    detail: str
    at: datetime


def add(
    connection: sa.Connection, organisation_id: int, channel: str, suppressions: Sequence[NewSuppression]
) -> None:
    """Add what is not there; a suppression that is there stays with its reason."""
    if suppressions:
        insert = insert_into(connection, table_of(Suppression)).on_conflict_do_nothing()
        fixed = {"organisation_id": organisation_id, "channel": channel}
        # In one order, so that two who add the same ones wait and do not block each other for good.
        in_order = sorted(suppressions, key=lambda one: one.digest)
        connection.execute(insert, [{**asdict(one), **fixed} for one in in_order])


def lift(connection: sa.Connection, organisation_id: int, channel: str, digest: str) -> bool:
    """Take a suppression away; return whether there was one."""
    table = table_of(Suppression)
    its = (
        table.c.organisation_id == organisation_id,
        table.c.channel == channel,
        table.c.digest == digest,
    )
    return connection.execute(sa.delete(table).where(*its)).rowcount > 0


def held(connection: sa.Connection, organisation_id: int, channel: str, digests: Collection[str]) -> set[str]:
    """Those of the digests that are suppressed on a channel."""
    if not digests:
        return set()
    table = table_of(Suppression)
    found = sa.select(table.c.digest).where(
        table.c.organisation_id == organisation_id,
        table.c.channel == channel,
        table.c.digest.in_(texts_in(connection, digests)),
    )
    return set(connection.execute(found).scalars())


def page(session: Session, organisation_id: int, after: int | None, limit: int) -> Sequence[Suppression]:
    """Suppressions, newest first; for paging from after an id."""
    own = select(Suppression).where(Suppression.organisation_id == organisation_id)
    if after is not None:
        own = own.where(col(Suppression.id) < after)
    return session.scalars(own.order_by(col(Suppression.id).desc()).limit(limit)).all()
