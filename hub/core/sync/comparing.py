"""The comparison itself, in columns: who is to be sent, and which entries of the ledger are to go, and why."""

from enum import StrEnum

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hub.core.engines.bitmap import Bitmap
from hub.core.store.tables import LedgerState, SyncMode
from hub.core.sync.selecting import Selection

Numbers = NDArray[np.int64]


class Cause(StrEnum):
    """Why an entry goes."""

    ERASED = "erased"
    """The customer does not exist any more."""
    FORBIDDEN = "forbidden"
    """The customer withdrew."""
    REPLACED = "replaced"
    """The customer is there under another address."""
    LEFT = "left"
    """The customer left the segment."""
    UNREACHABLE = "unreachable"
    """The customer has no identifier any more."""


class Comparison:
    """Compares resolved rows with entries of a ledger, piece by piece.

    Args:
        columns: a database in memory of its own.
        entries: those of everyone who is compared, as ``ledgers.entries`` reads them.
        mode: what the sync does.
        again: who is sent again although refused as they are.
    """

    def __init__(
        self, columns: duckdb.DuckDBPyConnection, entries: pa.Table, mode: SyncMode, again: Bitmap
    ) -> None:
        self._columns = columns
        self._mode = mode
        self._is_first = not entries.num_rows
        columns.register("entries", entries)
        columns.register("again", pa.table({"number": again.numbers()}))
        columns.execute(_LEDGER)
        columns.execute("CREATE TEMP TABLE staying (number BIGINT, digest VARCHAR)")

    def to_send(self, desired: pa.Table) -> pa.Table:
        """Those of a piece who are to be sent, with a boolean column ``known``: the other side may hold them."""
        if self._is_first:
            return desired.append_column("known", pa.repeat(pa.scalar(False), desired.num_rows))
        self._columns.register("desired", desired)
        self._columns.execute(_STAYING)
        settled = _REMOVED if self._mode is SyncMode.REMOVE_ONLY else _HELD
        table: pa.Table = self._columns.sql(_SENDING.format(settled=settled)).to_arrow_table()
        self._columns.unregister("desired")
        return table

    def refused_before(self) -> Numbers:
        """Numbers of those whom the platform refused as they are now, and who are not to be sent again."""
        if self._is_first:
            return np.empty(0, np.int64)
        found = self._columns.sql(_REFUSED).fetchnumpy()["number"]
        return np.asarray(found, np.int64)

    def to_go(self, selection: Selection) -> pa.Table:
        """The entries that are to go, with ``cause``: columns number, reference, state, cause.

        Every piece must have been compared before.
        """
        if self._is_first:
            return nothing()
        numbers = np.asarray(self._columns.sql("SELECT number FROM ledger").fetchnumpy()["number"], np.int64)
        groups = {"existing": selection.existing, "allowed": selection.allowed, "wanted": selection.wanted}
        marks = {name: pa.array(group.holds(numbers)) for name, group in groups.items()}
        self._columns.register("marks", pa.table({"number": numbers, **marks}))
        of_mode = {SyncMode.MIRROR: "true", SyncMode.ADD_ONLY: f"state IN {_ABSENT}"}
        going = _SUPPRESSED if self._mode is SyncMode.REMOVE_ONLY else _GOING.format(left=of_mode[self._mode])
        return self._columns.sql(f"SELECT number, reference, state, cause FROM ({going}) WHERE cause IS NOT NULL "
            "ORDER BY number, reference").to_arrow_table().cast(_NOTHING)  # fmt: skip


def nothing() -> pa.Table:
    """No entry is to go."""
    return _NOTHING.empty_table()


def of_cause(entries: pa.Table, *causes: Cause) -> pa.Table:
    """Those of ``Comparison.to_go`` with one of these causes."""
    return entries.filter(pc.is_in(entries["cause"], pa.array([cause.value for cause in causes])))


_NOTHING = pa.schema(
    [("number", pa.int64()), ("reference", pa.string()), ("state", pa.string()), ("cause", pa.string())]
)

_ABSENT = f"('{LedgerState.REJECTED}', '{LedgerState.REMOVED}')"
"""States of who certainly is not there."""

_LEDGER = """
    CREATE TEMP TABLE ledger AS SELECT customer_number AS number, reference, digest, state FROM entries"""

_STAYING = """
    INSERT INTO staying SELECT number, digest FROM desired WHERE number IN (SELECT number FROM ledger)"""

_REFUSED_AGAIN = f"(state = '{LedgerState.REJECTED}' AND number IN (SELECT number FROM again))"

_HELD = f"state IN ('{LedgerState.HELD}', '{LedgerState.REJECTED}')"
_REMOVED = f"state IN {_ABSENT}"

_SENDING = f"""
    SELECT d.*, d.number IN (SELECT number FROM ledger WHERE state NOT IN {_ABSENT}) AS known FROM desired d
    WHERE (d.number, d.digest) NOT IN (
        SELECT number, digest FROM ledger WHERE {{settled}} AND NOT {_REFUSED_AGAIN})
    ORDER BY d.number"""

_REFUSED = f"""
    SELECT DISTINCT l.number FROM ledger l JOIN staying s ON s.number = l.number AND s.digest = l.digest
    WHERE l.state = '{LedgerState.REJECTED}' AND l.number NOT IN (SELECT number FROM again) ORDER BY l.number"""

# A customer has several entries while an old address is not out yet: the old one goes once the new one is held.
_GOING = f"""
    SELECT l.number, l.reference, l.state, CASE
        WHEN NOT m.existing THEN '{Cause.ERASED}'
        WHEN NOT m.allowed THEN '{Cause.FORBIDDEN}'
        WHEN l.number IN (SELECT number FROM staying) THEN CASE WHEN EXISTS (
            SELECT 1 FROM ledger newer JOIN staying s ON s.number = newer.number AND s.digest = newer.digest
            WHERE newer.number = l.number AND newer.state = '{LedgerState.HELD}'
            AND newer.reference <> l.reference AND l.digest <> s.digest) THEN '{Cause.REPLACED}' END
        WHEN m.wanted THEN '{Cause.UNREACHABLE}'
        WHEN {{left}} THEN '{Cause.LEFT}' END AS cause
    FROM ledger l JOIN (SELECT DISTINCT * FROM marks) m ON m.number = l.number"""

# Where a sync only removes, what an earlier mode left there goes with its member; notes of who was taken out are
# dropped once they say nothing any more.
_SUPPRESSED = f"""
    SELECT l.number, l.reference, l.state, CASE
        WHEN NOT m.existing THEN '{Cause.ERASED}'
        WHEN m.wanted AND l.state NOT IN {_ABSENT} THEN '{Cause.LEFT}'
        WHEN l.state IN {_ABSENT} AND (NOT m.wanted OR l.number NOT IN (SELECT number FROM staying))
            THEN '{Cause.LEFT}'
        WHEN l.state IN {_ABSENT} AND (l.number, l.digest) NOT IN (SELECT number, digest FROM staying)
            THEN '{Cause.REPLACED}' END AS cause
    FROM ledger l JOIN (SELECT DISTINCT * FROM marks) m ON m.number = l.number"""
