"""Erases customers, leaving only tombstones that tell the replica which rows went."""

from collections.abc import Sequence

import sqlalchemy as sa

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
    Tombstone,
    table_of,
)

_OWNED = (CustomerTag, Consent, CustomValue, CustomerGroupMember, Identity, Cart, Order)


def erase_customers(connection: sa.Connection, numbers: Sequence[int]) -> int:
    """Delete customers and all that is theirs; return how many there were.

    What other platforms hold of them stays in the ledgers, so that the next run removes it there.
    """
    revision = next_revision(connection)
    orders, lines, customers = table_of(Order), table_of(OrderLine), table_of(Customer)
    theirs = sa.select(orders.c.id).where(orders.c.customer_number.in_(numbers))
    _bury(connection, lines, lines.c.order_id.in_(theirs), revision)
    for model in _OWNED:
        table = table_of(model)
        _bury(connection, table, table.c.customer_number.in_(numbers), revision)
    return _bury(connection, customers, customers.c.number.in_(numbers), revision)


def _bury(connection: sa.Connection, table: sa.Table, condition: sa.ColumnElement[bool], revision: int) -> int:
    (primary,) = table.primary_key.columns
    gone = sa.select(sa.literal(table.name), primary, sa.literal(revision)).where(condition)
    connection.execute(sa.insert(table_of(Tombstone)).from_select(["table_name", "row_id", "revision"], gone))
    return connection.execute(sa.delete(table).where(condition)).rowcount
