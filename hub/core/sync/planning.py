"""Compares who should be in an audience with what the ledger says of it."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hub.core.store.tables import LedgerState


@dataclass(frozen=True)
class Plan:
    """What a run has to do. Everything is kept in columns: a first run may have a million members."""

    sending: pa.Table
    """Rows of the resolved members to add or update, with a boolean column ``known``: it is an update."""
    mandatory: pa.Table
    """Entries (number, reference, state) of who may no longer be there: erased, without consent, or there under
    an address that is theirs no more."""
    leaving: pa.Table
    """Entries of who left the segment."""
    held: int
    """How many members the other side holds, or may hold, now."""
    unreachable: int = 0

    @property
    def to_update(self) -> int:
        """How many members are sent again because something about them changed."""
        return int(self.sending["known"].to_numpy().sum())

    @property
    def to_add(self) -> int:
        """How many members are new to the other side."""
        return int(self.sending.num_rows) - self.to_update

    @property
    def to_leave(self) -> int:
        """How many members leave because they left the segment."""
        return _there(self.leaving)

    @property
    def to_remove(self) -> int:
        """How many members leave, for whatever reason."""
        return _there(self.mandatory) + self.to_leave


def _there(entries: pa.Table) -> int:
    """How many of the entries the other side may hold: a refused member never was there."""
    return int((entries["state"].to_numpy() != LedgerState.REJECTED.value).sum())


def plan(
    desired: pa.Table, ledger: pa.Table, allowed: NDArray[np.uint32], *, remove_leaving: bool, unreachable: int = 0
) -> Plan:
    """Find the difference.

    Args:
        desired: ``Resolved.table`` of the segment's members who may be there.
        ledger: the sync's entries, as ``ledgers.entries`` reads them.
        allowed: the customers who may be on the other side at all: they exist and gave their consent.
        remove_leaving: whether who left the segment, but may be there, is removed.
        unreachable: how many members have no identifier the sink accepts.
    """
    with duckdb.connect(":memory:") as columns:
        columns.execute("SET enable_progress_bar = false")
        columns.register("desired", desired)
        columns.register("entries", ledger)
        columns.register("allowed", {"number": allowed})
        columns.execute(_LEDGER)
        sending = columns.sql(_SENDING).to_arrow_table()
        must_go = "(number NOT IN (SELECT number FROM allowed) OR number IN (SELECT number FROM desired))"
        mandatory = columns.sql(f"{_REMOVABLE} AND {must_go}").to_arrow_table()
        leaving = columns.sql(f"{_REMOVABLE} AND NOT {must_go} AND {remove_leaving}").to_arrow_table()
        held = columns.execute(f"SELECT count(*) FROM ledger WHERE state <> '{LedgerState.REJECTED}'").fetchone()
    assert held is not None
    return Plan(sending, mandatory, leaving, int(held[0]), unreachable)


_LEDGER = """
    CREATE TEMP TABLE ledger AS SELECT customer_number AS number, reference, digest, state FROM entries"""

_SETTLED = f"""
    SELECT number, digest FROM ledger WHERE state IN ('{LedgerState.HELD}', '{LedgerState.REJECTED}')"""

_SENDING = f"""
    SELECT d.*, d.number IN (SELECT number FROM ledger WHERE state <> '{LedgerState.REJECTED}') AS known
    FROM desired d WHERE (d.number, d.digest) NOT IN ({_SETTLED}) ORDER BY d.number"""

# An entry goes when its customer does, or when another entry took its place (a changed address).
_REMOVABLE = f"""
    SELECT number, reference, state FROM ledger l WHERE (
        number NOT IN (SELECT number FROM desired) OR EXISTS (
            SELECT 1 FROM ledger newer JOIN desired d ON d.number = newer.number AND d.digest = newer.digest
            WHERE newer.number = l.number AND newer.state = '{LedgerState.HELD}' AND newer.reference <> l.reference
            AND l.digest <> d.digest))"""
