"""Erases customers, leaving only tombstones that tell the replica which rows went."""

from collections.abc import Sequence

import sqlalchemy as sa

from hub.core.store.facts.burying import bury
from hub.core.store.facts.merging import next_revision
from hub.core.store.tables import (
    Cart,
    Consent,
    ConsentRequest,
    Conversation,
    Customer,
    CustomerGroupMember,
    CustomerTag,
    CustomValue,
    Identity,
    LinkClick,
    Order,
    OrderLine,
    OutboxMessage,
    SegmentMember,
    Subscription,
    WrittenMessage,
    table_of,
)

_OWNED = (
    CustomerTag, Consent, CustomValue, CustomerGroupMember, Identity, Subscription, Cart,
)  # fmt: skip

Ids = Sequence[int] | sa.Select[int]
"""Primary keys, or a select of them that stays true while rows go."""


def erase_customers(connection: sa.Connection, numbers: Ids, revision: int | None = None) -> int:
    """Delete customers and all that is theirs; return how many there were.

    What other platforms hold of them stays in the ledgers, so that the next run removes it there.

    Args:
        connection: a transaction.
        numbers: whose.
        revision: the transaction's, if it has taken one.
    """
    revision = next_revision(connection) if revision is None else revision
    orders, customers, chosen = table_of(Order), table_of(Customer), table_of(SegmentMember)
    bury_orders(connection, sa.select(orders.c.id).where(orders.c.customer_number.in_(numbers)), revision)
    _forget_conversations(connection, numbers)
    for model in _OWNED:
        table = table_of(model)
        bury(connection, table, table.c.customer_number.in_(numbers), revision)
    # By themselves they go only where foreign keys are checked, which an import on SQLite does not do.
    for table in (chosen, table_of(ConsentRequest)):
        connection.execute(sa.delete(table).where(table.c.customer_number.in_(numbers)))
    _forget_messages(connection, numbers)
    return bury(connection, customers, customers.c.number.in_(numbers), revision)


def _forget_conversations(connection: sa.Connection, numbers: Ids) -> None:
    identities, conversations = table_of(Identity), table_of(Conversation)
    theirs = sa.exists().where(
        identities.c.customer_number.in_(numbers),
        identities.c.organisation_id == conversations.c.organisation_id,
        identities.c.kind == conversations.c.channel,
        identities.c.value == conversations.c.address,
    )
    connection.execute(sa.delete(conversations).where(theirs))


def _forget_messages(connection: sa.Connection, numbers: Ids) -> None:
    """Keep that there was a message, for its newsletter's figures, and nothing of what it said to whom."""
    messages, written, clicks = table_of(OutboxMessage), table_of(WrittenMessage), table_of(LinkClick)
    theirs = sa.select(messages.c.id).where(messages.c.customer_number.in_(numbers))
    connection.execute(sa.update(written).where(written.c.message_id.in_(theirs)).values(subject="", text=""))
    connection.execute(
        sa.update(messages).where(messages.c.customer_number.in_(numbers)).values(address_digest=None)
    )
    connection.execute(sa.update(clicks).where(clicks.c.customer_number.in_(numbers)).values(customer_number=None))


def bury_orders(connection: sa.Connection, ids: Ids, revision: int) -> int:
    """Delete orders with their lines; return how many there were. A cart they came of stays, without its order."""
    orders, lines, carts = table_of(Order), table_of(OrderLine), table_of(Cart)
    bury(connection, lines, lines.c.order_id.in_(ids), revision)
    loosened = sa.update(carts).where(carts.c.order_id.in_(ids))
    connection.execute(loosened.values(order_id=None, revision=revision))
    return bury(connection, orders, orders.c.id.in_(ids), revision)
