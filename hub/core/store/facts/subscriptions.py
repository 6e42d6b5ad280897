"""Merges subscriptions."""

from dataclasses import replace

import sqlalchemy as sa

from hub.core.store.facts.merging import (
    FactWriting,
    Merged,
    ensure_external,
    external,
    merge,
    optional,
    rejected_where,
)
from hub.core.store.tables import Customer, Subscription, table_of

_BACKWARDS = "ends_on is before starts_on"


def merge_subscriptions(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert subscriptions. An unknown customer is made; one that ends before it starts is rejected."""
    columns = optional(staged, "name", "starts_on", "ends_on")
    backwards: sa.ColumnElement[bool] = sa.false()
    if "ends_on" in staged.c:
        backwards = sa.func.coalesce(staged.c.ends_on < staged.c.starts_on, sa.false())
    rejected = rejected_where(writing, staged, backwards, _BACKWARDS, "ends_on")
    made = ensure_external(writing, Customer, sa.case((~backwards, staged.c.customer)))
    rows = (
        sa.select(
            staged.c.id.label("external_id"),
            external(writing, Customer, staged.c.customer).label("customer_number"),
            *(column.label(name) for name, column in columns.items()),
        )
        .where(~backwards)
        .subquery()
    )
    merged = merge(writing, table_of(Subscription), rows, ["external_id"], fixed={"source_id": writing.source_id})
    return replace(merged, rejected=rejected, made={"customers": made})
