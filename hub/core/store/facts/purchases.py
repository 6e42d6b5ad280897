"""Merges orders and their lines."""

from dataclasses import replace

import sqlalchemy as sa

from hub.core.contracts.records import LINE_COLUMN, OrderStatus
from hub.core.store.facts.merging import (
    FactWriting,
    Merged,
    insert,
    line_of,
    looked_up,
    merge,
    optional,
    rejected_where,
)
from hub.core.store.facts.placing import ensure_placed, merge_placed, placed
from hub.core.store.staging import FIRST_NAME
from hub.core.store.tables import OrderLine, table_of


def merge_orders(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert orders. An order of an unknown customer makes that customer."""
    columns = optional(staged, "ordered_at", "total", "sales_channel", "currency")
    made = ensure_placed(writing, "customers")
    columns["customer_number"] = placed(writing, "customers").id_at(staged.c.customer)
    if "status" in staged.c:
        columns["status"] = sa.func.coalesce(staged.c.status, OrderStatus.PAID.value)
    defaults = {"status": OrderStatus.PAID.value, "currency": writing.currency}
    merged = merge_placed(writing, staged, "orders", columns, defaults)
    return replace(merged, made={"customers": made})


def merge_order_lines(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert lines of known orders; events, products and categories are made as they are named.

    A line of an order that the source never brought is rejected.
    """
    columns = {"external_id": staged.c.id} | optional(staged, "total")
    if "quantity" in staged.c:
        columns["quantity"] = sa.func.coalesce(staged.c.quantity, 1)
    made: dict[str, int] = {}
    for name, kind in (("event", "events"), ("product", "products"), ("category", "categories")):
        if name in staged.c:
            made[kind] = ensure_placed(writing, kind)
            columns[f"{name}_id"] = placed(writing, kind).id_at(staged.c[name])
    made.pop("categories", None)
    target, defaults = table_of(OrderLine), {"quantity": 1}
    orders, inserted = placed(writing, "orders"), 0
    named = [column.label(name) for name, column in columns.items()]
    rows = sa.select(orders.id_at(staged.c.order).label("order_id"), *named)
    if orders.shift is not None:  # all orders of the batch are new, so they have no lines yet
        inserted = insert(writing, target, rows.where(staged.c.order < FIRST_NAME), {}, defaults)
        if orders.names is None:
            return Merged(inserted, made=made)
        rows = rows.where(staged.c.order >= FIRST_NAME)
    with looked_up(writing, rows.add_columns(line_of(staged).label(LINE_COLUMN))) as lines:
        known = sa.select(*(column for column in lines.c if column.name != LINE_COLUMN))
        known = known.where(lines.c.order_id.is_not(None))
        if orders.first_new is not None:
            inserted += insert(writing, target, known.where(lines.c.order_id >= orders.first_new), {}, defaults)
            known = known.where(lines.c.order_id < orders.first_new)
        merged = merge(writing, target, known.subquery(), ["order_id", "external_id"], defaults=defaults)
        unknown = rejected_where(writing, lines, lines.c.order_id.is_(None), "order is not known", "order")
    return replace(merged, inserted=merged.inserted + inserted, rejected=unknown, made=made)
