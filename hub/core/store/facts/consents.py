"""Adds entries to the log of consents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hub.core.contracts.records import ConsentChannel
from hub.core.store.facts.merging import FactWriting, Merged, ensure_external, external, merge, next_revision
from hub.core.store.tables import Consent, Customer, table_of

_AT_ONCE = 500
"""Customers of one statement."""


def merge_consents(writing: FactWriting, staged: sa.Table) -> Merged:
    """Append to the log what is not in it.

    An entry with a time is appended unless it is there already. One without a time says how things
    stand now: it is appended, with the time of the import, only where the log says otherwise.
    """
    at = staged.c.at if "at" in staged.c else sa.literal(None, sa.BigInteger())
    place = staged.c.place if "place" in staged.c else sa.literal(None, sa.String())
    channel = staged.c.channel if "channel" in staged.c else sa.literal(ConsentChannel.EMAIL.value)
    given = staged.c.given if "given" in staged.c else sa.literal(value=True)
    made = ensure_external(writing, Customer, staged.c.customer)
    entries = sa.select(
        external(writing, Customer, staged.c.customer).label("customer_number"),
        staged.c.permission,
        sa.func.coalesce(channel, ConsentChannel.EMAIL.value).label("channel"),
        sa.func.coalesce(given, sa.true()).label("given"),
        at.label("dated_at"),
        sa.func.coalesce(at, writing.now).label("at"),
        place.label("place"),
    ).subquery("entries")
    log = table_of(Consent)
    newest = (
        sa.select(log.c.given)
        .where(*(log.c[name] == entries.c[name] for name in ("customer_number", "permission", "channel")))
        .order_by(log.c.at.desc(), log.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    key = ["customer_number", "permission", "channel", "given", "at"]
    rows = (
        sa.select(*(entries.c[name] for name in (*key, "place")))
        .where(sa.or_(entries.c.dated_at.is_not(None), newest.is_distinct_from(entries.c.given)))
        .subquery()
    )
    offered = writing.connection.execute(sa.select(sa.func.count()).select_from(staged)).scalar_one()
    merged = merge(writing, log, rows, key, append_only=True)
    return Merged(merged.inserted, 0, offered - merged.inserted, made={"customers": made})


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A customer who withdrew somewhere else."""

    number: int
    at: datetime
    place: str


def withdraw(
    connection: sa.Connection, withdrawals: Sequence[Withdrawal], permission: str | None, channel: ConsentChannel
) -> int:
    """Append withdrawals to the log, where a permission stands that was given before; return how many.

    Args:
        connection: a transaction.
        withdrawals: who withdrew, and when. A later consent stands.
        permission: which one; None: all that were given on the channel.
        channel: on which channel.
    """
    log = table_of(Consent)
    newest = sa.func.row_number().over(
        partition_by=(log.c.customer_number, log.c.permission), order_by=(log.c.at.desc(), log.c.id.desc())
    )
    of_whom: sa.BindParameter[Sequence[int]] = sa.bindparam("numbers", expanding=True)
    entries = sa.select(log.c.customer_number, log.c.permission, log.c.given, log.c.at, newest.label("place"))
    entries = entries.where(log.c.customer_number.in_(of_whom), log.c.channel == channel.value)
    if permission is not None:
        entries = entries.where(log.c.permission == permission)
    latest = entries.subquery()
    standing = sa.select(latest.c.customer_number, latest.c.permission, latest.c.at).where(
        latest.c.place == 1, latest.c.given
    )
    first: dict[int, Withdrawal] = {}
    for one in withdrawals:
        first.setdefault(one.number, one)
    rows: list[dict[str, object]] = []
    numbers = list(first)
    for start in range(0, len(numbers), _AT_ONCE):
        some = {"numbers": numbers[start : start + _AT_ONCE]}
        for number, given_permission, given_at in connection.execute(standing, some):
            one = first[number]
            if given_at <= one.at:
                row = {"customer_number": number, "permission": given_permission, "channel": channel.value}
                rows.append({**row, "given": False, "at": one.at, "place": one.place})
    if rows:
        revision = next_revision(connection)
        connection.execute(sa.insert(log), [{**row, "revision": revision} for row in rows])
    return len(rows)
