"""Every query over the ledgers turned round: which customers a reference stands for."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from hub.core.store.tables import LedgerEntry, LedgerReference, LedgerState, table_of

_AT_ONCE = 500
"""Keys of one statement; SQLite takes 32,766 parameters at most."""
_MARK = ("", 0)
"""Reference and customer of the row that says that a sync's ledger has been turned round."""


def note_references(
    connection: sa.Connection, sync_id: int, numbers: Sequence[int], references: Sequence[str]
) -> None:
    """Keep up with new entries, if the ledger has been turned round."""
    if not _is_turned(connection, sync_id):
        return
    into = "INSERT INTO ledger_references (sync_id, reference, customer_number)"
    if connection.dialect.name == "sqlite":
        rows = [(sync_id, *row) for row in zip(references, numbers, strict=True)]
        connection.exec_driver_sql(f"{into} VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows)
    else:
        select = "SELECT %s, unnest(%s::text[]), unnest(%s::int[]) ON CONFLICT DO NOTHING"
        connection.exec_driver_sql(f"{into} {select}", (sync_id, list(references), list(numbers)))


def unnote_references(connection: sa.Connection, sync_id: int, keys: Sequence[tuple[int, str]]) -> None:
    """Keep up with entries that are gone."""
    turned = table_of(LedgerReference)
    for start in range(0, len(keys), _AT_ONCE):
        some = [(reference, number) for number, reference in keys[start : start + _AT_ONCE]]
        pair = sa.tuple_(turned.c.reference, turned.c.customer_number)
        connection.execute(sa.delete(turned).where(turned.c.sync_id == sync_id, pair.in_(some)))


def held_by_others(connection: sa.Connection, sync_id: int, references: Sequence[str]) -> frozenset[str]:
    """Those references that another customer's entry still needs: two customers may share an address."""
    held = (LedgerState.HELD, LedgerState.SENDING)
    return frozenset(reference for reference, _ in _found(connection, sync_id, references, held))


def customers_of(
    connection: sa.Connection, sync_id: int, references: Sequence[str]
) -> Mapping[str, Sequence[int]]:
    """The customers who were sent under each of these references and are held, or may be."""
    customers: dict[str, list[int]] = {}
    held = (LedgerState.HELD, LedgerState.SENDING, LedgerState.REMOVING)
    for reference, number in _found(connection, sync_id, references, held):
        customers.setdefault(reference, []).append(number)
    return customers


def _found(
    connection: sa.Connection, sync_id: int, references: Sequence[str], states: Sequence[LedgerState]
) -> Sequence[tuple[str, int]]:
    if not references:
        return []
    _turn(connection, sync_id)
    turned, ledger = table_of(LedgerReference), table_of(LedgerEntry)
    same = [ledger.c[name] == turned.c[name] for name in ("sync_id", "reference", "customer_number")]
    pairs = sa.select(turned.c.reference, turned.c.customer_number).join_from(turned, ledger, sa.and_(*same))
    pairs = pairs.where(turned.c.sync_id == sync_id, ledger.c.state.in_([state.value for state in states]))
    found: list[tuple[str, int]] = []
    for start in range(0, len(references), _AT_ONCE):
        some = pairs.where(turned.c.reference.in_(references[start : start + _AT_ONCE]))
        found += [(reference, number) for reference, number in connection.execute(some)]
    return found


def _is_turned(connection: sa.Connection, sync_id: int) -> bool:
    turned = table_of(LedgerReference)
    mark = sa.select(turned.c.sync_id).where(
        turned.c.sync_id == sync_id, turned.c.reference == _MARK[0], turned.c.customer_number == _MARK[1]
    )
    return connection.execute(mark).first() is not None


def _turn(connection: sa.Connection, sync_id: int) -> None:
    """Turn a ledger round: in the order of references, which is cheap, once."""
    if _is_turned(connection, sync_id):
        return
    turned, ledger = table_of(LedgerReference), table_of(LedgerEntry)
    own = sa.select(ledger.c.sync_id, ledger.c.reference, ledger.c.customer_number)
    own = own.where(ledger.c.sync_id == sync_id, ledger.c.reference != _MARK[0])
    columns = ["sync_id", "reference", "customer_number"]
    connection.execute(sa.insert(turned).from_select(columns, own.order_by(ledger.c.reference)))
    connection.execute(sa.insert(turned).values(sync_id=sync_id, reference=_MARK[0], customer_number=_MARK[1]))
