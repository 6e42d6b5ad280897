"""Merges customers."""

from dataclasses import replace

import sqlalchemy as sa

from hub.core.store.facts.companies import ensure_companies
from hub.core.store.facts.merging import FactWriting, Merged, external, optional
from hub.core.store.facts.placing import merge_placed
from hub.core.store.tables import Company

_PLAIN = (
    "email", "phone", "title", "first_name", "last_name", "gender", "born_on", "registered_at", "account_kind",
    "account_status", "street", "postcode", "city", "region", "latitude", "longitude",
)  # fmt: skip


def merge_customers(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert customers by their external id within the source. An unknown company is made."""
    columns = optional(staged, *_PLAIN)
    if "country" in staged.c:
        columns["country"] = sa.func.upper(staged.c.country)
    if "language" in staged.c:
        columns["language"] = sa.func.lower(staged.c.language)
    made: dict[str, int] = {}
    if "company" in staged.c:
        made["companies"] = ensure_companies(writing, staged.c.company)
        columns["company_id"] = external(writing, Company, staged.c.company)
    merged = merge_placed(writing, staged, "customers", columns, {})
    return replace(merged, made=made)
