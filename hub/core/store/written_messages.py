"""Every query over messages that were written to single customers, and over the messages of one customer."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.contracts.errors import NotFound
from hub.core.store.tables import Connection, MessageStatus, OutboxMessage, WrittenMessage, table_of


def of_key(session: Session, organisation_id: int, key: str) -> OutboxMessage | None:
    """The message that was asked for with a key; None if none was."""
    own = select(OutboxMessage).join(WrittenMessage, col(WrittenMessage.message_id) == OutboxMessage.id)
    return session.scalars(
        own.where(WrittenMessage.organisation_id == organisation_id, WrittenMessage.key == key)
    ).one_or_none()


def message_of(session: Session, organisation_id: int, message_id: int) -> OutboxMessage:
    """The message of that id.

    Raises:
        NotFound: there is none.
    """
    own = select(OutboxMessage).join(Connection, col(Connection.id) == OutboxMessage.connection_id)
    found = session.scalars(
        own.where(OutboxMessage.id == message_id, Connection.organisation_id == organisation_id)
    ).one_or_none()
    if found is None:
        raise NotFound(f"there is no message {message_id}")
    return found


def messages_of_customer(
    session: Session, customer_number: int, before: int | None, limit: int
) -> Sequence[OutboxMessage]:
    """A customer's messages, newest first; for paging from before an id."""
    own = select(OutboxMessage).where(OutboxMessage.customer_number == customer_number)
    if before is not None:
        own = own.where(col(OutboxMessage.id) < before)
    return session.scalars(own.order_by(col(OutboxMessage.id).desc()).limit(limit)).all()


def written(connection: sa.Connection, message_ids: Sequence[int]) -> Mapping[int, WrittenMessage]:
    """What was written, by the message's id."""
    own = select(WrittenMessage).where(col(WrittenMessage.message_id).in_(message_ids))
    with Session(connection) as session:
        return {one.message_id: one for one in session.scalars(own)}


def note_trouble(connection: sa.Connection, connection_id: int, reason: str) -> None:
    """Tell with the messages that wait for a connection why they do."""
    table = table_of(OutboxMessage)
    connection.execute(
        sa.update(table)
        .where(
            table.c.newsletter_id.is_(None),
            table.c.connection_id == connection_id,
            table.c.status == MessageStatus.QUEUED.value,
        )
        .values(reason=reason)
    )
