"""Takes members out of an audience, batch by batch.

Before a batch goes out, its entries say that the platform *may* still hold them; after it, they are gone.
"""

from collections.abc import Callable, Sequence

import pyarrow as pa

from hub.core.contracts.sink import Rejection, Removal
from hub.core.store.ledger_references import held_by_others
from hub.core.store.ledgers import ABSENT, forget, write
from hub.core.store.tables import LedgerState
from hub.core.sync.outcome import Outcome
from hub.core.sync.patience import patiently
from hub.core.sync.way import Way

Key = tuple[int, str]
"""A customer's number and the reference they are known by."""


class Removing:
    """Removes what the ledger says is there."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def remove(self, entries: pa.Table) -> None:
        """Remove members: rows of ``Comparison.to_go``."""
        self._each(entries, self._way.sink.remove)

    def erase(self, entries: pa.Table) -> None:
        """Remove members who were erased, for good where the sink can."""
        self._each(entries, self._way.sink.erase)

    def remove_replaced(self, keys: Sequence[Key]) -> None:
        """Remove what members were known by before; whoever stays there is looked at again."""
        way = self._way
        for start in range(0, len(keys), way.sink.batch_size):
            batch = keys[start : start + way.sink.batch_size]
            way.progress.go_on()
            staying = self._remove_batch(batch, way.sink.remove)
            way.leftover.more([number for number, _ in batch if number in staying])

    def _each(self, entries: pa.Table, take_out: Callable[[str, Sequence[Removal]], Sequence[Rejection]]) -> None:
        way = self._way
        entered = _keys(entries)
        absent = [key for key, state in entered if state in ABSENT]
        if absent:
            with way.database.writing() as connection:
                forget(connection, way.sync_id, absent)
            way.leftover.done([number for number, _ in absent])
        there = [key for key, state in entered if state not in ABSENT]
        for start in range(0, len(there), way.sink.batch_size):
            batch = there[start : start + way.sink.batch_size]
            way.progress.go_on()
            staying = self._remove_batch(batch, take_out)
            way.leftover.done([number for number, _ in batch if number not in staying])

    def _remove_batch(
        self, keys: Sequence[Key], take_out: Callable[[str, Sequence[Removal]], Sequence[Rejection]]
    ) -> frozenset[int]:
        """Take a batch out; return the numbers of those whom the platform keeps."""
        way = self._way
        numbers, references = [number for number, _ in keys], [reference for _, reference in keys]
        with way.database.writing() as connection:
            write(connection, way.sync_id, numbers, references, [""] * len(keys), LedgerState.REMOVING)
            shared = held_by_others(connection, way.sync_id, references)
        removals = [Removal(number, reference) for number, reference in keys if reference not in shared]
        refused: Sequence[Rejection] = ()
        if removals:
            refused = patiently(lambda: take_out(way.audience, removals), way.sleep)
        staying = frozenset(one.number for one in refused)
        gone = [key for key in keys if key[0] not in staying]
        with way.database.writing() as connection:
            forget(connection, way.sync_id, gone)
            way.progress.settle(connection, Outcome(removed=len(gone), rejections=tuple(refused)))
        return staying


def _keys(entries: pa.Table) -> Sequence[tuple[Key, LedgerState]]:
    columns = (entries[name].to_pylist() for name in ("number", "reference", "state"))
    states = {state.value: state for state in LedgerState}
    return [((number, reference), states[state]) for number, reference, state in zip(*columns, strict=True)]
