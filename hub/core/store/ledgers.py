"""Every query over the ledgers: what each audience holds, or may hold, of each customer."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.core.store.database import Database
from hub.core.store.export import MANY, export
from hub.core.store.tables import LedgerEntry, LedgerState, table_of

_AT_ONCE = 500
"""Rows of one statement; SQLite takes 32,766 parameters at most."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One ledger entry of a sync."""

    number: int
    reference: str
    digest: str
    state: LedgerState


def entries(database: Database, sync_id: int) -> pa.Table:
    """All entries of a sync: columns customer_number, reference, digest, state."""
    ledger = table_of(LedgerEntry)
    own = ledger.c.sync_id == sync_id
    with database.reading() as connection:
        size = connection.execute(sa.select(sa.func.count()).select_from(ledger).where(own)).scalar_one()
    statement = sa.select(ledger.c.customer_number, ledger.c.reference, ledger.c.digest, ledger.c.state).where(own)
    (table,) = (reader.read_all() for _, reader in export(database, {"entries": statement}, many=size >= MANY))
    return table


def write(connection: sa.Connection, sync_id: int, written: Sequence[Entry]) -> None:
    """Insert entries, or bring those of the same customer and reference up to date."""
    ledger = table_of(LedgerEntry)
    insert = (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(ledger)
    fresh = {name: insert.excluded[name] for name in ("digest", "state")}
    key = ["sync_id", "customer_number", "reference"]
    values = {state: state.value for state in LedgerState}  # a look-up costs a tenth of ``state.value``
    rows = [
        {
            "sync_id": sync_id,
            "customer_number": entry.number,
            "reference": entry.reference,
            "digest": entry.digest,
            "state": values[entry.state],
        }
        for entry in written
    ]
    if rows:
        connection.execute(insert.on_conflict_do_update(index_elements=key, set_=fresh), rows)


def entries_of(connection: sa.Connection, sync_id: int, numbers: Sequence[int]) -> list[Entry]:
    """The entries of some customers."""
    ledger = table_of(LedgerEntry)
    columns = (ledger.c.customer_number, ledger.c.reference, ledger.c.digest, ledger.c.state)
    found: list[Entry] = []
    for start in range(0, len(numbers), _AT_ONCE):
        some = ledger.c.customer_number.in_(numbers[start : start + _AT_ONCE])
        rows = connection.execute(sa.select(*columns).where(ledger.c.sync_id == sync_id, some))
        found += (
            Entry(number, reference, digest, LedgerState(state)) for number, reference, digest, state in rows
        )
    return found


def forget(connection: sa.Connection, sync_id: int, keys: Sequence[tuple[int, str]]) -> None:
    """Delete the entries of these customers and references: the other side holds them no more."""
    ledger = table_of(LedgerEntry)
    for start in range(0, len(keys), _AT_ONCE):
        some = sa.tuple_(ledger.c.customer_number, ledger.c.reference).in_(keys[start : start + _AT_ONCE])
        connection.execute(sa.delete(ledger).where(ledger.c.sync_id == sync_id, some))


def held_by_others(connection: sa.Connection, sync_id: int, references: Sequence[str]) -> frozenset[str]:
    """Those references that another customer's entry still needs: two customers may share an address."""
    ledger = table_of(LedgerEntry)
    staying = ledger.c.state.in_([LedgerState.HELD.value, LedgerState.SENDING.value])
    found: set[str] = set()
    for start in range(0, len(references), _AT_ONCE):
        some = ledger.c.reference.in_(references[start : start + _AT_ONCE])
        find = sa.select(ledger.c.reference).where(ledger.c.sync_id == sync_id, some, staying)
        found.update(connection.execute(find).scalars())
    return frozenset(found)
