"""Every query over the ledgers: what each audience holds, or may hold, of each customer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from numpy.typing import NDArray

from hub.core.store.database import Database
from hub.core.store.export import MANY, export
from hub.core.store.ledger_references import note_references, unnote_references
from hub.core.store.tables import LedgerEntry, LedgerReference, LedgerState, table_of

_AT_ONCE = 500
"""Keys of one statement; SQLite takes 32,766 parameters at most."""
_COLUMNS = ("customer_number", "reference", "digest", "state")
ABSENT = frozenset({LedgerState.REJECTED, LedgerState.REMOVED})
"""States of who certainly is not there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One ledger entry of a sync."""

    number: int
    reference: str
    digest: str
    state: LedgerState


def is_empty(database: Database, sync_id: int) -> bool:
    """Whether a sync's ledger has no entry at all."""
    ledger = table_of(LedgerEntry)
    some = sa.select(ledger.c.customer_number).where(ledger.c.sync_id == sync_id).limit(1)
    with database.reading() as connection:
        return connection.execute(some).first() is None


def count(database: Database, sync_id: int, states: Sequence[LedgerState]) -> int:
    """How many entries are in one of these states."""
    ledger = table_of(LedgerEntry)
    own = sa.select(sa.func.count()).select_from(ledger).where(ledger.c.sync_id == sync_id)
    with database.reading() as connection:
        return int(connection.execute(own.where(ledger.c.state.in_([one.value for one in states]))).scalar_one())


def there(database: Database, sync_id: int) -> int:
    """How many entries say that the other side holds a member, or may hold it."""
    return count(database, sync_id, [state for state in LedgerState if state not in ABSENT])


def holds_any(database: Database, sync_id: int) -> bool:
    """Whether the other side is known to hold anybody."""
    ledger = table_of(LedgerEntry)
    there = ledger.c.state == LedgerState.HELD.value
    some = sa.select(ledger.c.customer_number).where(ledger.c.sync_id == sync_id, there)
    with database.reading() as connection:
        return connection.execute(some.limit(1)).first() is not None


def entries(database: Database, sync_id: int, numbers: NDArray[np.uint32] | None = None) -> pa.Table:
    """Entries of a sync: columns customer_number, reference, digest, state.

    Args:
        database: the store's.
        sync_id: whose.
        numbers: only those of these customers; of all if None.
    """
    ledger = table_of(LedgerEntry)
    statement = sa.select(*(ledger.c[name] for name in _COLUMNS)).where(ledger.c.sync_id == sync_id)
    if numbers is not None and len(numbers) < MANY:
        pieces = [numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE)]
        asked = {
            str(start): statement.where(ledger.c.customer_number.in_(piece.tolist()))
            for start, piece in enumerate(pieces)
        }
        found = [reader.read_all() for _, reader in export(database, asked, many=False)]
        return pa.concat_tables(found) if found else _none()
    size = sa.select(sa.func.count()).select_from(ledger).where(ledger.c.sync_id == sync_id)
    with database.reading() as connection:
        many = connection.execute(size).scalar_one() >= MANY
    (table,) = (reader.read_all() for _, reader in export(database, {"entries": statement}, many=many))
    if numbers is None:
        return table
    return table.filter(pa.array(np.isin(table["customer_number"].to_numpy(), numbers)))


def write(
    connection: sa.Connection,
    sync_id: int,
    numbers: Sequence[int],
    references: Sequence[str],
    digests: Sequence[str],
    state: LedgerState,
) -> None:
    """Insert entries, or bring those of the same customer and reference up to date.

    Args:
        connection: a transaction.
        sync_id: whose ledger.
        numbers: the customers.
        references: how the sink finds each of them.
        digests: of what each of them is sent as.
        state: of them all.
    """
    if not numbers:
        return
    key = "(sync_id, customer_number, reference)"
    fresh = f"ON CONFLICT {key} DO UPDATE SET digest = excluded.digest, state = excluded.state"
    into = "INSERT INTO ledger_entries (sync_id, customer_number, reference, digest, state)"
    # By hand: a bulk insert through SQLAlchemy takes three times as long, and a first load has millions of rows.
    if connection.dialect.name == "sqlite":
        rows = [(sync_id, *row, state.value) for row in zip(numbers, references, digests, strict=True)]
        connection.exec_driver_sql(f"{into} VALUES (?, ?, ?, ?, ?) {fresh}", rows)
    else:
        columns = (list(numbers), list(references), list(digests))
        select = "SELECT %s, unnest(%s::int[]), unnest(%s::text[]), unnest(%s::text[]), %s"
        connection.exec_driver_sql(f"{into} {select} {fresh}", (sync_id, *columns, state.value))
    note_references(connection, sync_id, numbers, references)


def write_entries(connection: sa.Connection, sync_id: int, written: Sequence[Entry]) -> None:
    """As ``write``, for entries in different states."""
    for state in LedgerState:
        some = [entry for entry in written if entry.state is state]
        write(
            connection, sync_id, [one.number for one in some], [one.reference for one in some],
            [one.digest for one in some], state,
        )  # fmt: skip


def move(
    connection: sa.Connection,
    sync_id: int,
    before: LedgerState,
    after: LedgerState,
    numbers: Sequence[int] | None = None,
) -> None:
    """Bring the entries of these customers, of all if None, from one state to another."""
    ledger = table_of(LedgerEntry)
    changed = sa.update(ledger).where(ledger.c.sync_id == sync_id, ledger.c.state == before.value)
    if numbers is not None:
        chosen = _chosen(connection, numbers)
        changed = changed.where(ledger.c.customer_number.in_(chosen))
    connection.execute(changed.values(state=after.value))


def doubt(connection: sa.Connection, sync_id: int) -> None:
    """Forget in which form members were sent, so that all are sent again."""
    ledger = table_of(LedgerEntry)
    connection.execute(sa.update(ledger).where(ledger.c.sync_id == sync_id).values(digest=""))


def drop(connection: sa.Connection, sync_id: int, state: LedgerState) -> None:
    """Delete all entries in a state."""
    ledger, turned = table_of(LedgerEntry), table_of(LedgerReference)
    gone = sa.and_(ledger.c.sync_id == sync_id, ledger.c.state == state.value)
    key = sa.tuple_(turned.c.reference, turned.c.customer_number)
    keys = sa.select(ledger.c.reference, ledger.c.customer_number).where(gone)
    connection.execute(sa.delete(turned).where(turned.c.sync_id == sync_id, key.in_(keys)))
    connection.execute(sa.delete(ledger).where(gone))


def entries_of(connection: sa.Connection, sync_id: int, numbers: Sequence[int]) -> list[Entry]:
    """The entries of some customers."""
    ledger = table_of(LedgerEntry)
    if not numbers:
        return []
    some = sa.select(*(ledger.c[name] for name in _COLUMNS)).where(
        ledger.c.sync_id == sync_id, ledger.c.customer_number.in_(_chosen(connection, numbers))
    )
    return [
        Entry(number, reference, digest, LedgerState(state))
        for number, reference, digest, state in connection.execute(some)
    ]


def forget(connection: sa.Connection, sync_id: int, keys: Sequence[tuple[int, str]]) -> None:
    """Delete the entries of these customers and references: the other side holds them no more."""
    ledger = table_of(LedgerEntry)
    for start in range(0, len(keys), _AT_ONCE):
        some = sa.tuple_(ledger.c.customer_number, ledger.c.reference).in_(keys[start : start + _AT_ONCE])
        connection.execute(sa.delete(ledger).where(ledger.c.sync_id == sync_id, some))
    unnote_references(connection, sync_id, keys)


def _chosen(connection: sa.Connection, numbers: Sequence[int]) -> sa.Select[int]:
    """These numbers as a select, however many there are."""
    if connection.dialect.name == "sqlite":
        return sa.select(sa.func.json_each(json.dumps(list(numbers))).table_valued("value").c.value)
    listed = sa.literal(list(numbers), sa.ARRAY(sa.Integer))
    return sa.select(sa.func.unnest(listed).column_valued("number"))


def _none() -> pa.Table:
    names = [pa.field(name, pa.string()) for name in _COLUMNS[1:]]
    return pa.schema([pa.field(_COLUMNS[0], pa.int64()), *names]).empty_table()
