"""Merges orders and their lines."""

from dataclasses import replace

import sqlalchemy as sa

from hub.core.contracts.records import LINE_COLUMN, OrderStatus
from hub.core.store.facts.merging import (
    FactWriting,
    Merged,
    ensure_external,
    ensure_named,
    external,
    line_of,
    looked_up,
    merge,
    named,
    optional,
    rejected_where,
)
from hub.core.store.tables import Category, Customer, Event, Order, OrderLine, Product, table_of


def merge_orders(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert orders. An order of an unknown customer makes that customer."""
    columns = optional(staged, "ordered_at", "total", "sales_channel", "currency")
    made = ensure_external(writing, Customer, staged.c.customer)
    columns["customer_number"] = external(writing, Customer, staged.c.customer)
    if "status" in staged.c:
        columns["status"] = sa.func.coalesce(staged.c.status, OrderStatus.PAID.value)
    rows = sa.select(
        staged.c.id.label("external_id"), *(column.label(name) for name, column in columns.items())
    ).subquery()
    merged = merge(
        writing,
        table_of(Order),
        rows,
        ["external_id"],
        fixed={"source_id": writing.source_id},
        defaults={"status": OrderStatus.PAID.value, "currency": writing.currency},
    )
    return replace(merged, made={"customers": made})


def merge_order_lines(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert lines of known orders; events, products and categories are made as they are named.

    A line of an order that the source never brought is rejected.
    """
    columns = optional(staged, "total")
    if "quantity" in staged.c:
        columns["quantity"] = sa.func.coalesce(staged.c.quantity, 1)
    made: dict[str, int] = {}
    for name, model in (("event", Event), ("product", Product)):
        if name in staged.c:
            made[f"{name}s"] = ensure_external(writing, model, staged.c[name])
            columns[f"{name}_id"] = external(writing, model, staged.c[name])
    if "category" in staged.c:
        ensure_named(writing, Category, staged.c.category)
        columns["category_id"] = named(writing, Category, staged.c.category)
    found = sa.select(
        external(writing, Order, staged.c.order).label("order_id"),
        staged.c.id.label("external_id"),
        line_of(staged).label(LINE_COLUMN),
        *(column.label(name) for name, column in columns.items()),
    )
    with looked_up(writing, found) as lines:
        known = sa.select(*(column for column in lines.c if column.name != LINE_COLUMN))
        rows = known.where(lines.c.order_id.is_not(None)).subquery()
        merged = merge(writing, table_of(OrderLine), rows, ["order_id", "external_id"], defaults={"quantity": 1})
        unknown = rejected_where(writing, lines, lines.c.order_id.is_(None), "order is not known", "order")
    return replace(merged, rejected=unknown, made=made)
