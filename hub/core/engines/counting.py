"""Counts different customers by bucket, for engines that have nothing better than SQL for it."""

from typing import Any

import sqlalchemy as sa

Select = sa.Select[*tuple[Any, ...]]


def counted(select: Select) -> Select:
    """For a select of buckets and customers: each bucket and how many different customers are in it."""
    put = select.subquery("put")
    bucket, owner = put.c
    return sa.select(bucket, sa.func.count(owner.distinct())).group_by(bucket)
