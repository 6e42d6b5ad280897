"""Adds entries to the log of consents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

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
    withdrawn_at = sa.func.max(sa.case((~log.c.given, log.c.at))).over(
        partition_by=(log.c.customer_number, log.c.permission)
    )
    entries = sa.select(log.c.customer_number, log.c.permission, log.c.given, log.c.at, newest.label("place"))
    entries = entries.add_columns(withdrawn_at.label("withdrawn_at"))
    entries = entries.where(log.c.customer_number.in_(of_whom), log.c.channel == channel.value)
    if permission is not None:
        entries = entries.where(log.c.permission == permission)
    latest = entries.subquery()
    standing = sa.select(latest.c.customer_number, latest.c.permission, latest.c.at, latest.c.withdrawn_at)
    standing = standing.where(latest.c.place == 1, latest.c.given)
    first: dict[int, Withdrawal] = {}
    for one in withdrawals:
        first.setdefault(one.number, one)
    rows: list[dict[str, object]] = []
    numbers = list(first)
    for start in range(0, len(numbers), _AT_ONCE):
        some = {"numbers": numbers[start : start + _AT_ONCE]}
        for number, given_permission, given_at, withdrawn_at in connection.execute(standing, some):
            one = first[number]
            if given_at <= one.at:
                row = {"customer_number": number, "permission": given_permission, "channel": channel.value}
                at = _after(one.at) if withdrawn_at == one.at.replace(microsecond=0) else one.at
                rows.append({**row, "given": False, "at": at, "place": one.place})
    if rows:
        revision = next_revision(connection)
        connection.execute(sa.insert(log), [{**row, "revision": revision} for row in rows])
    return len(rows)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be said in the log of one customer."""

    number: int
    permission: str
    channel: ConsentChannel
    given: bool
    at: datetime
    """When, in UTC."""
    place: str
    consent_text_id: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a permission stood on a channel at a time: the newest entry until then."""

    given: bool
    at: datetime
    consent_text_id: int | None


def standing_until(
    connection: sa.Connection, number: int, permission: str, channel: ConsentChannel, until: datetime | None = None
) -> Standing | None:
    """How a customer's permission stands, or stood at the end of a second; None where the log says nothing."""
    log = table_of(Consent)
    own = sa.select(log.c.given, log.c.at, log.c.consent_text_id).where(
        log.c.customer_number == number, log.c.permission == permission, log.c.channel == channel.value
    )
    if until is not None:
        own = own.where(log.c.at <= until)
    row = connection.execute(own.order_by(log.c.at.desc(), log.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else Standing(*row)


def newest_entry_at(connection: sa.Connection, number: int) -> datetime | None:
    """The time of a customer's newest entry; None where there is none."""
    log = table_of(Consent)
    newest = sa.select(log.c.at).where(log.c.customer_number == number).order_by(log.c.at.desc()).limit(1)
    found: datetime | None = connection.execute(newest).scalar_one_or_none()
    return found


def is_in_log(connection: sa.Connection, entry: Entry) -> bool:
    """Whether the log has an entry of that time that says the same, whatever its place and words."""
    log = table_of(Consent)
    same = sa.select(sa.exists().where(*(log.c[name] == value for name, value in _key(entry).items())))
    return bool(connection.execute(same).scalar_one())


def append(connection: sa.Connection, entries: Sequence[Entry]) -> None:
    """Add entries to the log, each at its own time. None of them must be there already, see ``is_in_log``.

    Args:
        connection: a transaction.
        entries: what to add.
    """
    if entries:
        revision = next_revision(connection)
        connection.execute(sa.insert(table_of(Consent)), [_row(entry, revision) for entry in entries])


def append_newest(connection: sa.Connection, entry: Entry) -> datetime:
    """Add an entry that is how things stand from now on; return its time.

    That is the entry's, or a second or so later where the log already has something of that time or after it.

    Args:
        connection: a transaction in which facts are held still.
        entry: what to add.
    """
    before = standing_until(connection, entry.number, entry.permission, entry.channel)
    newest = entry if before is None else replace(entry, at=max(before.at, entry.at.replace(microsecond=0)))
    if is_in_log(connection, newest):
        newest = replace(newest, at=_after(newest.at))
    append(connection, [newest])
    return newest.at


def _after(at: datetime) -> datetime:
    """The second after, in which the log can say the same again."""
    return at + timedelta(seconds=1)


def _key(entry: Entry) -> dict[str, object]:
    own = {"customer_number": entry.number, "permission": entry.permission, "channel": entry.channel.value}
    return {**own, "given": entry.given, "at": entry.at}


def _row(entry: Entry, revision: int) -> dict[str, object]:
    more = {"place": entry.place, "consent_text_id": entry.consent_text_id, "revision": revision}
    return {**_key(entry), **more}
