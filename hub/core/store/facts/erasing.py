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
    Subscription,
    table_of,
)

_OWNED = (
    CustomerTag, Consent, CustomValue, CustomerGroupMember, Identity, Subscription, Cart, Order,
)  # fmt: skip


def erase_customers(connection: sa.Connection, numbers: Sequence[int]) -> int:
    """Delete customers and all that is theirs; return how many there were.

    What other platforms hold of them stays in the ledgers, so that the next run removes it there.
    """
    revision = next_revision(connection)
    orders, lines, customers = table_of(Order), table_of(OrderLine), table_of(Customer)
    theirs = sa.select(orders.c.id).where(orders.c.customer_number.in_(numbers))
    bury(connection, lines, lines.c.order_id.in_(theirs), revision)
    carts = table_of(Cart)
    loosened = sa.update(carts).where(carts.c.order_id.in_(theirs))
    connection.execute(loosened.values(order_id=None, revision=revision))  # another customer's cart may stay
    for model in _OWNED:
        table = table_of(model)
        bury(connection, table, table.c.customer_number.in_(numbers), revision)
    return bury(connection, customers, customers.c.number.in_(numbers), revision)
