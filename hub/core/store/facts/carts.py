"""Merges carts."""

from dataclasses import replace

import sqlalchemy as sa

from hub.core.contracts.records import LINE_COLUMN
from hub.core.store.facts.merging import (
    FactWriting,
    Merged,
    ensure_external,
    external,
    line_of,
    looked_up,
    merge,
    optional,
    rejected_where,
)
from hub.core.store.tables import Cart, Customer, Order, table_of

_UNKNOWN = "order is not known: bring the order first, or leave it empty while the cart has none"
_REFERENCES = ("customer", "order", LINE_COLUMN)


def merge_carts(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert carts. An unknown customer is made; a cart that names an unknown order is rejected."""
    columns = {"external_id": staged.c.id} | optional(
        staged, "customer", "changed_at", "total", "currency", "order"
    )
    if "order" in staged.c:
        columns["order_id"] = external(writing, Order, staged.c.order)
    columns[LINE_COLUMN] = line_of(staged)
    with looked_up(writing, sa.select(*(column.label(name) for name, column in columns.items()))) as carts:
        unknown: sa.ColumnElement[bool] = sa.false()
        if "order" in staged.c:
            unknown = sa.and_(carts.c.order.is_not(None), carts.c.order_id.is_(None))
        rejected = rejected_where(writing, carts, unknown, _UNKNOWN, "order")
        made = ensure_external(writing, Customer, sa.case((~unknown, carts.c.customer)))
        rows = sa.select(
            external(writing, Customer, carts.c.customer).label("customer_number"),
            *(column for column in carts.c if column.name not in _REFERENCES),
        )
        merged = merge(
            writing,
            table_of(Cart),
            rows.where(~unknown).subquery(),
            ["external_id"],
            fixed={"source_id": writing.source_id},
            defaults={"currency": writing.currency},
        )
    return replace(merged, rejected=rejected, made={"customers": made})
