"""Merges companies, the business partners customers belong to."""

from typing import Any

import sqlalchemy as sa

from hub.core.store.facts.merging import FactWriting, Merged, merge, optional
from hub.core.store.tables import Company, table_of


def merge_companies(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert companies by their external id within the source."""
    columns = optional(staged, "name", "vat_number", "city")
    if "country" in staged.c:
        columns["country"] = sa.func.upper(staged.c.country)
    rows = sa.select(
        staged.c.id.label("external_id"), *(column.label(name) for name, column in columns.items())
    ).subquery()
    return merge(
        writing,
        table_of(Company),
        rows,
        ["external_id"],
        fixed={"source_id": writing.source_id},
        defaults={"organisation_id": writing.organisation_id},
    )


def ensure_companies(writing: FactWriting, ids: sa.ColumnElement[str]) -> int:
    """Insert a company for each id that is not known yet, named by its id until it is brought; return how many."""
    target = table_of(Company)
    known = sa.exists().where(target.c.source_id == writing.source_id, target.c.external_id == ids)
    values: dict[str, sa.ColumnElement[Any]] = {
        "organisation_id": sa.literal(writing.organisation_id),
        "source_id": sa.literal(writing.source_id),
        "external_id": ids,
        "name": ids.label("name"),
        "revision": sa.literal(writing.revision),
    }
    missing = sa.select(*values.values()).where(ids.is_not(None), ~known).distinct().order_by(ids)
    insertion = sa.insert(target).from_select(list(values), missing)
    counted = insertion.execution_options(preserve_rowcount=True)  # else the count is lost on PostgreSQL
    return writing.connection.execute(counted).rowcount
