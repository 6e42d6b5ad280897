"""Tells of the customers whom a sync concerns in rows: the changes of a preview, and whom a platform refused."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from hub.core.exports.rows import as_csv
from hub.core.store import syncs as stored
from hub.core.store.database import Database
from hub.core.store.people import customers
from hub.core.store.tables import Organisation, SyncRejection, SyncRun
from hub.core.sync.previewing import FIRST, Change, Place, PlannedChange, Preview

_PIECE = 10_000
"""Rows that are looked up and written at once."""
_CHANGES = pa.schema(
    [("number", pa.int64()), ("external_id", pa.string()), ("change", pa.string()), ("reason", pa.string())]
)
_REJECTIONS = pa.schema(
    [
        ("run", pa.int64()), ("number", pa.int64()), ("external_id", pa.string()), ("reason", pa.string()),
        ("permanent", pa.bool_()),
    ]
)  # fmt: skip


class SyncReports:
    """Reports about the syncs of one organisation.

    Args:
        database: the store's.
        organisation: whose syncs.
    """

    def __init__(self, database: Database, organisation: Organisation) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id

    def external_ids(self, numbers: Sequence[int]) -> Mapping[int, str]:
        """The external ids of customers by number; whoever is gone has none."""
        chosen = np.unique(np.asarray(numbers, np.uint32))
        if not len(chosen):
            return {}
        found = customers(self._database, self._organisation_id, chosen, ["external_id"])
        return dict(zip(found["number"].to_pylist(), found["external_id"].to_pylist(), strict=True))

    def changes(self, preview: Preview, change: Change | None = None) -> Iterator[bytes]:
        """All changes of a preview as CSV, by customer number.

        Args:
            preview: what a run would do.
            change: only changes of this kind.
        """
        return as_csv(map(self._changes, _pages(preview, change)), quoted_header=False)

    def rejections(self, runs: Sequence[SyncRun]) -> Iterator[bytes]:
        """Whom the platform refused in some runs as CSV, run by run, in the order it did.

        They are kept for the newest 50 runs of a sync.
        """
        return as_csv(map(self._rejections, self._refused(runs)), quoted_header=False)

    def _changes(self, found: Sequence[PlannedChange]) -> pa.Table:
        ids = self.external_ids([one.number for one in found])
        rows = [(one.number, ids.get(one.number), one.change.value, one.reason or None) for one in found]
        return _table(rows, _CHANGES)

    def _refused(self, runs: Sequence[SyncRun]) -> Iterator[Sequence[SyncRejection]]:
        yield ()
        for run in runs:
            after: int | None = None
            while found := self._page(run, after):
                yield found
                after = found[-1].id

    def _page(self, run: SyncRun, after: int | None) -> Sequence[SyncRejection]:
        with self._database.session() as session:
            return stored.rejections(session, run, after=after, limit=_PIECE)

    def _rejections(self, found: Sequence[SyncRejection]) -> pa.Table:
        ids = self.external_ids([one.customer_number for one in found])
        rows = [
            (one.run_id, one.customer_number, ids.get(one.customer_number), one.reason, one.permanent)
            for one in found
        ]
        return _table(rows, _REJECTIONS)


def _pages(preview: Preview, change: Change | None) -> Iterator[Sequence[PlannedChange]]:
    """Changes in pieces, one at least."""
    after: Place | None = FIRST
    while after is not None:
        page = preview.page(change, after=after, limit=_PIECE)
        yield page.items
        after = page.end


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
