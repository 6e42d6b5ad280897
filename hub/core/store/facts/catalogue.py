"""Merges events and products."""

import sqlalchemy as sa

from hub.core.store.facts.merging import FactWriting, Merged, ensure_named, merge, named, optional
from hub.core.store.tables import Category, Event, Product, Production, Venue, table_of


def merge_events(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert events; categories, productions and venues are made as they are named."""
    columns = optional(staged, "title", "starts_at", "organiser", "description")
    for name, model in (("category", Category), ("production", Production), ("venue", Venue)):
        if name in staged.c:
            ensure_named(writing, model, staged.c[name])
            columns[f"{name}_id"] = named(writing, model, staged.c[name])
    return _merge_external(writing, table_of(Event), staged, columns)


def merge_products(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert products; categories are made as they are named."""
    columns = optional(staged, "name")
    if "category" in staged.c:
        ensure_named(writing, Category, staged.c.category)
        columns["category_id"] = named(writing, Category, staged.c.category)
    return _merge_external(writing, table_of(Product), staged, columns)


def _merge_external(
    writing: FactWriting, target: sa.Table, staged: sa.Table, columns: dict[str, sa.ColumnElement[object]]
) -> Merged:
    rows = sa.select(
        staged.c.id.label("external_id"), *(column.label(name) for name, column in columns.items())
    ).subquery()
    return merge(
        writing,
        target,
        rows,
        ["external_id"],
        fixed={"source_id": writing.source_id},
        defaults={"organisation_id": writing.organisation_id},
    )
