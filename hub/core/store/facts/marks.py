"""Merges what customers are marked with: tags, and groups they are in."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from hub.core.store.facts.burying import bury
from hub.core.store.facts.merging import (
    FactWriting,
    Merged,
    ensure_external,
    ensure_named,
    external,
    merge,
    named,
)
from hub.core.store.tables import Customer, CustomerGroup, CustomerGroupMember, CustomerTag, Tag, table_of


def merge_tags(writing: FactWriting, staged: sa.Table) -> Merged:
    """Mark customers with tags, or take the marks off; one that is as it should be is left alone."""
    return _merge_marks(writing, staged, staged.c.tag, Tag, table_of(CustomerTag), "tag_id")


def merge_groups(writing: FactWriting, staged: sa.Table) -> Merged:
    """Put customers into groups, or take them out; one who is where they should be is left alone."""
    members = table_of(CustomerGroupMember)
    return _merge_marks(writing, staged, staged.c.group, CustomerGroup, members, "group_id")


def is_present(staged: sa.Table) -> sa.ColumnElement[bool]:
    """Whether a staged row is to be there; true where it does not say."""
    return sa.func.coalesce(staged.c.present, sa.true()) if "present" in staged.c else sa.true()


def _merge_marks(
    writing: FactWriting,
    staged: sa.Table,
    name: sa.Column[str],
    naming: Any,
    marks: sa.Table,
    mark_id: str,
) -> Merged:
    wanted = is_present(staged)
    told = "present" in staged.c
    ensure_named(writing, naming, sa.case((wanted, name)) if told else name)
    made = ensure_external(writing, Customer, sa.case((wanted, staged.c.customer)) if told else staged.c.customer)
    rows = (
        sa.select(
            external(writing, Customer, staged.c.customer).label("customer_number"),
            named(writing, naming, name).label(mark_id),
        )
        .select_from(staged)  # no column of it is selected as it is: it would not be read row by row
        .where(wanted)
        .subquery()
    )
    merged = replace(merge(writing, marks, rows, ["customer_number", mark_id]), made={"customers": made})
    if not told:
        return merged
    customers, names = table_of(Customer), table_of(naming)
    taken_off = (
        sa.select(marks.c.id)
        .select_from(staged)
        .join(
            customers,
            sa.and_(customers.c.source_id == writing.source_id, customers.c.external_id == staged.c.customer),
        )
        .join(names, sa.and_(names.c.organisation_id == writing.organisation_id, names.c.name == name))
        .join(marks, sa.and_(marks.c.customer_number == customers.c.number, marks.c[mark_id] == names.c.id))
        .where(~wanted)
    )
    removed = bury(writing.connection, marks, marks.c.id.in_(taken_off), writing.revision)
    unwanted = sa.select(sa.func.count()).select_from(staged).where(~wanted)
    absent = writing.connection.execute(unwanted).scalar_one() - removed
    return replace(merged, updated=removed, unchanged=merged.unchanged + absent)
