"""The embedded engine: DuckDB over the replica."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa

from hub.core.contracts.calendar import Calendar
from hub.core.engines.duckdb_snapshot import DuckDBSnapshot
from hub.core.engines.engine import Numbers
from hub.core.engines.row_order import RowOrder
from hub.core.replica.replica import Replica


class DuckDBEngine:
    """Answers over the replica. Each snapshot is a transaction: a refresh meanwhile changes nothing in it.

    Args:
        replica: the organisation's.
        currency_digits: decimals of the organisation's currency.
    """

    def __init__(self, replica: Replica, currency_digits: int) -> None:
        self._replica = replica
        self._currency_digits = currency_digits
        self._order: tuple[int, RowOrder] | None = None

    def refresh(self) -> int:
        """See ``Engine``."""
        return self._replica.refresh()

    @contextmanager
    def snapshot(self, calendar: Calendar) -> Iterator[DuckDBSnapshot]:
        """See ``Engine``."""
        self._replica.refresh()
        with self._replica.cursor() as cursor:
            cursor.execute("BEGIN")
            yield DuckDBSnapshot(cursor, calendar, self._currency_digits, self._order_of)

    def _order_of(self, revision: int, read: Callable[[], RowOrder]) -> RowOrder:
        """The order of the rows at a revision, read once for it."""
        kept = self._order
        if kept is None or kept[0] != revision:
            kept = self._order = revision, read()
        return kept[1]

    def close(self) -> None:
        """See ``Engine``: nothing, the replica is somebody else's."""

    def figures(self, numbers: Numbers, names: Sequence[str]) -> pa.Table:
        """See ``Engine``."""
        columns = ", ".join(("number", *names))
        with self._replica.cursor() as cursor:
            cursor.register("chosen", {"number": numbers})
            found = f"SELECT {columns} FROM traits WHERE number IN (SELECT number FROM chosen)"
            return cursor.sql(found).to_arrow_table()
