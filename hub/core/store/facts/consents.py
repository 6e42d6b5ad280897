"""Adds entries to the log of consents."""

import sqlalchemy as sa

from hub.core.contracts.records import ConsentChannel
from hub.core.store.facts.merging import FactWriting, Merged, ensure_external, external, merge
from hub.core.store.tables import Consent, Customer, table_of


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
