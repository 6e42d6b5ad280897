"""Every query over what became of messages."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.store.lists import insert_into, numbers_in, texts_in
from hub.core.store.tables import (
    Connection,
    EarlyReport,
    MessageEvent,
    MessageStatus,
    Newsletter,
    OutboxMessage,
    table_of,
)


@dataclass(frozen=True, slots=True)
class SentMessage:
    """What a report needs to know of the message it is about."""

    id: int
    reference: str
    customer_number: int
    channel: str
    address_digest: str | None
    """Of the address it went to, under its newsletter's key; None: that is not known."""
    address_key: str | None
    """Its newsletter's key; None or empty: there is none."""


@dataclass(frozen=True, slots=True)
class KnownFate:
    """A row of the log of events."""

    message_id: int
    fate: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class EarlyFate:
    """A report that waits for its message's receipt."""

    reference: str
    fate: str
    at: datetime
    reason: str
    for_good: bool


def replace_statuses(
    connection: sa.Connection,
    message_ids: Collection[int],
    replaced: Collection[MessageStatus],
    status: MessageStatus,
) -> None:
    """Give messages a status, where they have one of those that it replaces. Their reason goes."""
    messages = table_of(OutboxMessage)
    if not message_ids or not replaced:
        return
    lower = messages.c.status.in_([one.value for one in replaced])
    some = messages.c.id.in_(numbers_in(connection, message_ids))
    connection.execute(sa.update(messages).where(some, lower).values(status=status.value, reason=""))


def tell_reasons(connection: sa.Connection, message_ids: Collection[int]) -> None:
    """Give messages that did not arrive the newest reason that the log has for it, if it has one."""
    messages, events = table_of(OutboxMessage), table_of(MessageEvent)
    newest = (
        sa.select(events.c.reason)
        .where(events.c.message_id == messages.c.id, events.c.fate == messages.c.status, events.c.reason != "")
        .order_by(events.c.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    missed = messages.c.status.in_([MessageStatus.FAILED.value, MessageStatus.BOUNCED.value])
    some = messages.c.id.in_(numbers_in(connection, message_ids))
    told = sa.update(messages).where(some, missed).values(reason=sa.func.coalesce(newest, messages.c.reason))
    connection.execute(told)


def is_sending(connection: sa.Connection, connection_id: int) -> bool:
    """Whether a connection has messages whose receipts may still come."""
    messages = table_of(OutboxMessage)
    under_way = sa.exists().where(
        messages.c.connection_id == connection_id, messages.c.status == MessageStatus.SENDING.value
    )
    return bool(connection.execute(sa.select(under_way)).scalar_one())


def messages_referred_to(
    connection: sa.Connection, connection_id: int, references: Collection[str]
) -> Sequence[SentMessage]:
    """The messages of a connection that a provider calls so, held still until the transaction ends."""
    messages, newsletters = table_of(OutboxMessage), table_of(Newsletter)
    names = ("id", "reference", "customer_number", "channel", "address_digest")
    columns: list[sa.Column[Any]] = [*(messages.c[name] for name in names), newsletters.c.address_key]
    found = (
        sa.select(*columns)
        .outerjoin_from(messages, newsletters, newsletters.c.id == messages.c.newsletter_id)
        .where(messages.c.connection_id == connection_id)
        .where(messages.c.reference.in_(texts_in(connection, references)))
    )
    # Always in the same order, so that two who hold the same messages wait and do not block each other for good.
    held = found.order_by(messages.c.id).with_for_update(of=messages)
    return [SentMessage(*row) for row in connection.execute(held)]


def add_events(connection: sa.Connection, events: Sequence[KnownFate]) -> set[tuple[int, str, datetime]]:
    """Append to the log what is not in it; return the keys of what was new: message, fate and time."""
    if not events:
        return set()
    table = table_of(MessageEvent)
    insert = insert_into(connection, table).on_conflict_do_nothing()
    new = insert.returning(table.c.message_id, table.c.fate, table.c.at)
    rows = connection.execute(new, [{**asdict(one), "is_robot": False} for one in events])
    return {(message_id, fate, at) for message_id, fate, at in rows}


def events_of(session: Session, organisation_id: int, message_id: int) -> Sequence[MessageEvent]:
    """What is known of a message of an organisation, oldest first."""
    own = select(OutboxMessage.id).join(Connection, col(Connection.id) == OutboxMessage.connection_id)
    own = own.where(Connection.organisation_id == organisation_id, OutboxMessage.id == message_id)
    found = select(MessageEvent).where(col(MessageEvent.message_id).in_(own))
    return session.scalars(found.order_by(col(MessageEvent.at), col(MessageEvent.id))).all()


def keep_early(
    connection: sa.Connection, connection_id: int, reports: Sequence[EarlyFate], told_at: datetime
) -> None:
    """Keep reports whose messages' receipts are not there yet; what is kept already stays as it is."""
    if reports:
        insert = insert_into(connection, table_of(EarlyReport)).on_conflict_do_nothing()
        fixed = {"connection_id": connection_id, "told_at": told_at}
        in_order = sorted(reports, key=lambda one: (one.reference, one.fate, one.at))
        connection.execute(insert, [{**asdict(one), **fixed} for one in in_order])


def take_early(connection: sa.Connection, connection_id: int) -> Sequence[EarlyFate]:
    """Take out the kept reports whose messages have their receipts by now."""
    early, messages = table_of(EarlyReport), table_of(OutboxMessage)
    ready = sa.exists().where(messages.c.connection_id == connection_id, messages.c.reference == early.c.reference)
    taken = sa.delete(early).where(early.c.connection_id == connection_id, ready)
    columns = (early.c.reference, early.c.fate, early.c.at, early.c.reason, early.c.for_good)
    return [EarlyFate(*row) for row in connection.execute(taken.returning(*columns))]


def forget_early(connection: sa.Connection, before: datetime) -> None:
    """Forget the reports that were kept before a time and never found their message."""
    early = table_of(EarlyReport)
    connection.execute(sa.delete(early).where(early.c.told_at < before))


def connections_with_early(connection: sa.Connection) -> Sequence[int]:
    """The connections for which reports are kept."""
    early = table_of(EarlyReport)
    return connection.execute(sa.select(early.c.connection_id).distinct()).scalars().all()


def awaiting(
    connection: sa.Connection,
    connection_id: int,
    windows: Sequence[tuple[datetime, datetime]],
    most: int,
) -> Sequence[str]:
    """References of messages that were sent within any of these times and of which nothing more is known.

    Args:
        connection: the store's.
        connection_id: over which connection they went.
        windows: from after a time until a time.
        most: so many at most, the oldest.
    """
    messages = table_of(OutboxMessage)
    sent = messages.c.sent_at
    due = sa.or_(*(sa.and_(sent > since, sent <= until) for since, until in windows))
    found = sa.select(messages.c.reference).where(
        messages.c.connection_id == connection_id,
        messages.c.reference.is_not(None),
        messages.c.status == MessageStatus.SENT.value,
        due,
    )
    return connection.execute(found.order_by(sent, messages.c.id).limit(most)).scalars().all()
