"""The traits: a customer's own columns, and figures of what was bought."""

from typing import Any

import sqlalchemy as sa

Rows = sa.Select[*tuple[Any, ...]]


def traits(customers: Rows, orders: sa.Subquery, lines: sa.Subquery) -> Rows:
    """A row of traits for each customer.

    Each group of figures is a left join of its own: PostgreSQL drops those that a question does not use.

    Args:
        customers: the customers' own columns, the number named ``id``.
        orders: the orders that lie in the scope.
        lines: the lines that lie in the scope.
    """
    person = customers.subquery("person")
    bought = _bought(orders).subquery("bought")
    held, seen = _held(lines).subquery("held"), _seen(lines).subquery("seen")
    joined: sa.FromClause = person
    for figures in (bought, held, seen):
        joined = joined.outerjoin(figures, figures.c.customer == person.c.id)
    own = (column for column in person.c if column.name != "id")
    return sa.select(
        person.c.id.label("number"),
        *own,
        *(
            sa.func.coalesce(figure, sa.literal(0, sa.BigInteger)).label(figure.name)
            for figure in (bought.c.orders, held.c.tickets, seen.c.events, bought.c.revenue)
        ),
        bought.c.first_purchase_at,
        bought.c.last_purchase_at,
    ).select_from(joined)


def _bought(orders: sa.Subquery) -> Rows:
    moment = orders.c.ordered_at
    return (
        sa.select(
            orders.c.customer,
            sa.func.count().label("orders"),
            sa.cast(sa.func.sum(orders.c.total), sa.BigInteger).label("revenue"),
            sa.func.min(moment).label("first_purchase_at"),
            sa.func.max(moment).label("last_purchase_at"),
        )
        .where(orders.c.counts)
        .group_by(orders.c.customer)
    )


def _held(lines: sa.Subquery) -> Rows:
    tickets = sa.cast(sa.func.sum(lines.c.quantity), sa.BigInteger).label("tickets")
    return sa.select(lines.c.customer, tickets).where(lines.c.product.is_(None)).group_by(lines.c.customer)


def _seen(lines: sa.Subquery) -> Rows:
    """Different events; grouped twice, which is cheaper than to count distinct ones."""
    event = lines.c.event
    pairs = sa.select(lines.c.customer, event).where(event.is_not(None)).distinct().subquery("pairs")
    return sa.select(pairs.c.customer, sa.func.count().label("events")).group_by(pairs.c.customer)
