"""Flat lines: a line with its order, its event and its product."""

from typing import Any

import sqlalchemy as sa


def bought_lines(
    orders: sa.Subquery, order_lines: sa.Subquery, events: sa.Subquery, products: sa.Subquery, time_zone: str
) -> sa.Select[*tuple[Any, ...]]:
    """The lines of the orders that count, with the columns of the relation ``lines``.

    Args:
        orders: orders with their ids.
        order_lines: all lines.
        events: all events.
        products: all products.
        time_zone: IANA name of the zone whose calendar days lie between an order and its event.
    """

    def day(moment: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        instant = sa.func.to_timestamp(sa.type_coerce(moment, sa.BigInteger))
        return sa.type_coerce(sa.cast(sa.func.timezone(time_zone, instant), sa.Date), sa.Integer)

    ordered = order_lines.join(orders, orders.c.id == order_lines.c.order_id)
    known = ordered.outerjoin(events, events.c.id == order_lines.c.event_id).outerjoin(
        products, products.c.id == order_lines.c.product_id
    )
    category = sa.func.coalesce(order_lines.c.category, events.c.category, products.c.category)
    return (
        sa.select(
            order_lines.c.order_id,
            orders.c.customer,
            orders.c.ordered_at,
            (day(events.c.starts_at) - day(orders.c.ordered_at)).label("lead_days"),
            orders.c.sales_channel,
            order_lines.c.event_id.label("event"),
            order_lines.c.product_id.label("product"),
            category.label("category"),
            sa.cast(order_lines.c.quantity, sa.BigInteger).label("quantity"),
            order_lines.c.total,
        )
        .select_from(known)
        .where(orders.c.counts)
    )
