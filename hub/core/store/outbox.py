"""Every query over the outbox: messages that wait, are being sent, and what came of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.store.tables import MessageStatus, OutboxMessage, table_of
from hub.core.store.tables.messages import IS_OPEN

_AT_ONCE = 10_000
"""Rows of one statement that inserts."""
_UNSENT = (MessageStatus.QUEUED.value, MessageStatus.SENDING.value)


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """A message that waits in the outbox."""

    id: int
    customer_number: int
    address_digest: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a message that was to be sent."""

    id: int
    status: MessageStatus
    reason: str = ""
    reference: str | None = None
    parts: int = 1
    attempts: int = 0
    not_before: datetime | None = None
    """When it may be tried again, if it waits once more."""
    sent_at: datetime | None = None
    address_digest: str | None = None


def put(
    connection: sa.Connection,
    newsletter_id: int,
    connection_id: int,
    channel: str,
    recipients: Sequence[tuple[int, str]],
    now: datetime,
) -> None:
    """Add a newsletter's messages on one channel: numbers of customers with digests of their addresses."""
    table = table_of(OutboxMessage)
    fixed = {
        "newsletter_id": newsletter_id,
        "connection_id": connection_id,
        "channel": channel,
        "status": MessageStatus.QUEUED.value,
        "reason": "",
        "parts": 1,
        "attempts": 0,
        "created_at": now,
    }
    insert = sa.insert(table).values(
        **fixed, customer_number=sa.bindparam("number"), address_digest=sa.bindparam("digest")
    )
    for start in range(0, len(recipients), _AT_ONCE):
        some = recipients[start : start + _AT_ONCE]
        connection.execute(insert, [{"number": number, "digest": digest} for number, digest in some])


def clear(connection: sa.Connection, newsletter_id: int) -> None:
    """Take a newsletter's messages out again: those of an attempt to choose its recipients that broke off."""
    table = table_of(OutboxMessage)
    connection.execute(sa.delete(table).where(table.c.newsletter_id == newsletter_id))


def waiting(
    connection: sa.Connection,
    newsletter_id: int | None,
    connection_id: int,
    now: datetime,
    *,
    after: int = 0,
    limit: int,
) -> Sequence[OpenMessage]:
    """Messages that wait and are due, in their order, from after an id.

    Args:
        connection: the store's.
        newsletter_id: of this newsletter; None: those written to single customers.
        connection_id: those that go over this connection.
        now: the time, in UTC.
        after: from after this id.
        limit: at most so many.
    """
    table = table_of(OutboxMessage)
    columns = (table.c.id, table.c.customer_number, table.c.address_digest, table.c.attempts)
    due = (
        sa.select(*columns)
        .where(
            _of(newsletter_id),
            table.c.connection_id == connection_id,
            IS_OPEN,
            table.c.status == MessageStatus.QUEUED.value,
            table.c.id > after,
            sa.or_(table.c.not_before.is_(None), table.c.not_before <= now),
        )
        .order_by(table.c.id)
        .limit(limit)
    )
    return [OpenMessage(*row) for row in connection.execute(due)]


def next_due(connection: sa.Connection, newsletter_id: int | None) -> tuple[int, datetime | None]:
    """How many messages wait, and when the first of them may be tried; None: at once, or never."""
    table = table_of(OutboxMessage)
    found = sa.select(sa.func.count(), sa.func.count(table.c.not_before), sa.func.min(table.c.not_before))
    count, later, first = connection.execute(found.where(_of(newsletter_id), IS_OPEN)).one()
    return count, first if later == count else None


def open_connections(connection: sa.Connection, newsletter_id: int | None) -> Sequence[tuple[int, str]]:
    """The connections over which messages still go, with their channels, as they were first used."""
    table = table_of(OutboxMessage)
    found = (
        sa.select(table.c.connection_id, table.c.channel)
        .where(_of(newsletter_id), IS_OPEN)
        .group_by(table.c.connection_id, table.c.channel)
        .order_by(sa.func.min(table.c.id))
    )
    return [(connection_id, channel) for connection_id, channel in connection.execute(found)]


def mark_sending(connection: sa.Connection, ids: Sequence[int], now: datetime) -> set[int]:
    """Note that messages are being handed over. From here on a crash leaves their fate unknown.

    Returns:
        Those that are ours to hand over: another process may have been faster.
    """
    table = table_of(OutboxMessage)
    chosen = sa.update(table).where(table.c.id.in_(ids), table.c.status == MessageStatus.QUEUED.value)
    marked = chosen.values(status=MessageStatus.SENDING.value, sent_at=now).returning(table.c.id)
    return set(connection.execute(marked).scalars())


def record(connection: sa.Connection, outcomes: Sequence[Outcome]) -> None:
    """Note what came of messages. One of which more became known meanwhile keeps that."""
    if not outcomes:
        return
    table = table_of(OutboxMessage)
    ours = (*_UNSENT, MessageStatus.UNKNOWN.value)
    still = sa.or_(*(table.c.status == status for status in ours))
    bound: dict[str, sa.BindParameter[str]] = {name: sa.bindparam(f"new_{name}") for name in ("status", "reason")}
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("message"))
        .values(
            {name: sa.case((still, value), else_=table.c[name]) for name, value in bound.items()}
            | {name: sa.bindparam(f"new_{name}") for name in ("reference", "parts", "attempts")}
            | {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in ("not_before", "sent_at")}
        )
    )
    connection.execute(
        statement,
        [
            {
                "message": one.id,
                "new_status": one.status.value,
                "new_reason": one.reason,
                "new_reference": one.reference,
                "new_parts": one.parts,
                "new_attempts": one.attempts,
                "new_not_before": one.not_before,
                "new_sent_at": one.sent_at,
            }
            for one in outcomes
        ],
    )


def move(connection: sa.Connection, digests: Mapping[int, str]) -> None:
    """Note the digests of addresses that changed since the recipients were chosen."""
    table = table_of(OutboxMessage)
    statement = sa.update(table).where(table.c.id == sa.bindparam("message"))
    if digests:
        connection.execute(
            statement.values(address_digest=sa.bindparam("digest")),
            [{"message": one, "digest": digest} for one, digest in digests.items()],
        )


def holders(connection: sa.Connection, newsletter_id: int, digests: Sequence[str]) -> Mapping[str, int]:
    """Which of a newsletter's messages goes to each of these addresses."""
    table = table_of(OutboxMessage)
    found = sa.select(table.c.address_digest, table.c.id).where(
        table.c.newsletter_id == newsletter_id, table.c.address_digest.in_(digests)
    )
    return {digest: one for digest, one in connection.execute(found) if digest is not None}


def strand(
    connection: sa.Connection,
    newsletter_id: int | None,
    connection_id: int,
    before: datetime | None,
    *,
    repeatable: bool,
) -> int:
    """Settle messages that a process left when it died between handing them over and the answer.

    Args:
        connection: a transaction.
        newsletter_id: of this newsletter; None: those written to single customers.
        connection_id: those that go over this connection.
        before: those that were begun before; None: all.
        repeatable: whether sending them again does no harm. If not, their fate is unknown.

    Returns:
        How many there were.
    """
    table = table_of(OutboxMessage)
    left = sa.update(table).where(
        _of(newsletter_id),
        table.c.connection_id == connection_id,
        IS_OPEN,
        table.c.status == MessageStatus.SENDING.value,
        sa.true() if before is None else table.c.sent_at < before,
    )
    if repeatable:
        left = left.values(status=MessageStatus.QUEUED.value, sent_at=None)
    else:
        left = left.values(
            status=MessageStatus.UNKNOWN.value,
            reason="the hub stopped between sending it and the answer; it may have arrived, and is not sent again",
        )
    return connection.execute(left).rowcount


def cancel(connection: sa.Connection, newsletter_id: int) -> int:
    """Take what waits out of the outbox; return how many messages that were."""
    table = table_of(OutboxMessage)
    queued = sa.update(table).where(
        table.c.newsletter_id == newsletter_id, IS_OPEN, table.c.status == MessageStatus.QUEUED.value
    )
    return connection.execute(queued.values(status=MessageStatus.CANCELLED.value)).rowcount


def counts(connection: sa.Connection, newsletter_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """How many messages of each newsletter stand how."""
    table = table_of(OutboxMessage)
    found = (
        sa.select(table.c.newsletter_id, table.c.status, sa.func.count())
        .where(table.c.newsletter_id.in_(newsletter_ids))
        .group_by(table.c.newsletter_id, table.c.status)
    )
    told: dict[int, dict[str, int]] = {}
    for newsletter_id, status, number in connection.execute(found):
        told.setdefault(newsletter_id, {})[status] = number
    return told


def page(
    session: Session, newsletter_id: int, status: MessageStatus | None, after: int | None, limit: int
) -> Sequence[OutboxMessage]:
    """A newsletter's messages, those of one status or all; for paging from after an id."""
    own = select(OutboxMessage).where(OutboxMessage.newsletter_id == newsletter_id)
    if status is not None:
        own = own.where(OutboxMessage.status == status.value)
    if after is not None:
        own = own.where(col(OutboxMessage.id) > after)
    return session.scalars(own.order_by(col(OutboxMessage.id)).limit(limit)).all()


def _of(newsletter_id: int | None) -> sa.ColumnElement[bool]:
    table = table_of(OutboxMessage)
    return table.c.newsletter_id.is_(None) if newsletter_id is None else table.c.newsletter_id == newsletter_id
