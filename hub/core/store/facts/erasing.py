"""Erases customers, leaving only tombstones that tell the replica which rows went."""

from collections.abc import Sequence

import sqlalchemy as sa

from hub.core.store.facts.burying import bury
from hub.core.store.facts.merging import next_revision
from hub.core.store.tables import (
    Cart,
    Consent,
    Customer,
    CustomerGroupMember,
    CustomerTag,
    CustomValue,
    Identity,
    Order,
    OrderLine,
    SegmentMember,
    Subscription,
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
    for model in _OWNED:
        table = table_of(model)
        bury(connection, table, table.c.customer_number.in_(numbers), revision)
    # By itself it goes only where foreign keys are checked, which an import on SQLite does not do.
    connection.execute(sa.delete(chosen).where(chosen.c.customer_number.in_(numbers)))
    return bury(connection, customers, customers.c.number.in_(numbers), revision)


def bury_orders(connection: sa.Connection, ids: Ids, revision: int) -> int:
    """Delete orders with their lines; return how many there were. A cart they came of stays, without its order."""
    orders, lines, carts = table_of(Order), table_of(OrderLine), table_of(Cart)
    bury(connection, lines, lines.c.order_id.in_(ids), revision)
    loosened = sa.update(carts).where(carts.c.order_id.in_(ids))
    connection.execute(loosened.values(order_id=None, revision=revision))
    return bury(connection, orders, orders.c.id.in_(ids), revision)
