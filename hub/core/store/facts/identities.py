"""Merges the further addresses of customers, each of which belongs to one customer only."""

from dataclasses import replace

import sqlalchemy as sa

from hub.core.contracts.records import LINE_COLUMN
from hub.core.store.facts.burying import bury
from hub.core.store.facts.marks import is_present
from hub.core.store.facts.merging import (
    FactWriting,
    Merged,
    ensure_external,
    external,
    line_of,
    looked_up,
    merge,
    rejected_where,
)
from hub.core.store.tables import Customer, Identity, table_of

_TAKEN = "value belongs to another customer: take it off there first (present = false), or leave this row out"


def merge_identities(writing: FactWriting, staged: sa.Table) -> Merged:
    """Give customers addresses, or take them off. One that another customer has is rejected.

    Of several customers who claim a new address at once, the first one gets it.
    """
    removed, absent = _take_off(writing, staged) if "present" in staged.c else (0, 0)
    identities = table_of(Identity)
    owner = (
        sa.select(identities.c.customer_number)
        .where(
            identities.c.organisation_id == writing.organisation_id,
            identities.c.kind == staged.c.channel,
            identities.c.value == staged.c.value,
        )
        .scalar_subquery()
    )
    claims = sa.func.row_number().over(
        partition_by=[staged.c.channel, staged.c.value], order_by=[line_of(staged), staged.c.customer]
    )
    offered = sa.select(
        staged.c.customer,
        staged.c.channel,
        staged.c.value,
        line_of(staged).label(LINE_COLUMN),
        external(writing, Customer, staged.c.customer).label("number"),
        owner.label("owner"),
        claims.label("claim"),
    ).where(is_present(staged))
    with looked_up(writing, offered) as found:
        taken = sa.case(
            (found.c.owner.is_(None), found.c.claim > 1), else_=found.c.owner.is_distinct_from(found.c.number)
        )
        rejected = rejected_where(writing, found, taken, _TAKEN, "value")
        made = ensure_external(writing, Customer, sa.case((~taken, found.c.customer)))
        rows = (
            sa.select(
                external(writing, Customer, found.c.customer).label("customer_number"),
                found.c.channel.label("kind"),
                found.c.value,
            )
            .where(~taken)
            .subquery()
        )
        key = ["customer_number", "kind", "value"]
        merged = merge(writing, identities, rows, key, fixed={"organisation_id": writing.organisation_id})
    return replace(
        merged,
        updated=removed,
        unchanged=merged.unchanged + absent,
        rejected=rejected,
        made={"customers": made},
    )


def _take_off(writing: FactWriting, staged: sa.Table) -> tuple[int, int]:
    """Remove the addresses that are not to be there; return how many went, and how many were not there."""
    identities, customers = table_of(Identity), table_of(Customer)
    unwanted = (
        sa.select(identities.c.id)
        .select_from(staged)
        .join(
            customers,
            sa.and_(customers.c.source_id == writing.source_id, customers.c.external_id == staged.c.customer),
        )
        .join(
            identities,
            sa.and_(
                identities.c.customer_number == customers.c.number,
                identities.c.kind == staged.c.channel,
                identities.c.value == staged.c.value,
            ),
        )
        .where(~is_present(staged))
    )
    removed = bury(writing.connection, identities, identities.c.id.in_(unwanted), writing.revision)
    counted = sa.select(sa.func.count()).select_from(staged).where(~is_present(staged))
    return removed, writing.connection.execute(counted).scalar_one() - removed
