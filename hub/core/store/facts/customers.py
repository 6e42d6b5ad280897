"""Merges customers, and their tags."""

from dataclasses import replace

import sqlalchemy as sa

from hub.core.store.facts.merging import (
    FactWriting,
    Merged,
    ensure_external,
    ensure_named,
    external,
    merge,
    named,
    optional,
)
from hub.core.store.tables import Customer, CustomerTag, Tag, table_of

_PLAIN = (
    "email", "phone", "title", "first_name", "last_name", "gender", "born_on", "registered_at", "account_kind",
    "account_status", "street", "postcode", "city", "region", "latitude", "longitude",
)  # fmt: skip


def merge_customers(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert customers by their external id within the source."""
    columns = optional(staged, *_PLAIN)
    if "country" in staged.c:
        columns["country"] = sa.func.upper(staged.c.country)
    if "language" in staged.c:
        columns["language"] = sa.func.lower(staged.c.language)
    rows = sa.select(
        staged.c.id.label("external_id"), *(column.label(name) for name, column in columns.items())
    ).subquery()
    return merge(
        writing,
        table_of(Customer),
        rows,
        ["external_id"],
        fixed={"source_id": writing.source_id},
        defaults={"organisation_id": writing.organisation_id},
    )


def merge_tags(writing: FactWriting, staged: sa.Table) -> Merged:
    """Mark customers with tags; a mark that is there already is left alone."""
    ensure_named(writing, Tag, staged.c.tag)
    made = ensure_external(writing, Customer, staged.c.customer)
    rows = (
        sa.select(
            external(writing, Customer, staged.c.customer).label("customer_number"),
            named(writing, Tag, staged.c.tag).label("tag_id"),
        )
        .select_from(staged)  # no column of it is selected as it is: it would not be read row by row
        .subquery()
    )
    merged = merge(writing, table_of(CustomerTag), rows, ["customer_number", "tag_id"])
    return replace(merged, made={"customers": made})
