"""Plans a run: compares who should be in an audience with what the ledger says of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hub.core.engines.bitmap import Bitmap
from hub.core.store import ledgers
from hub.core.store.database import Database
from hub.core.store.tables import Sync, SyncMode
from hub.core.sync.comparing import Cause, Comparison, Numbers, of_cause
from hub.core.sync.positions import NOBODY, Position, candidates
from hub.core.sync.resolving import Resolver, in_memory
from hub.core.sync.selecting import Selection
from hub.core.sync.spool import Spool


@dataclass(frozen=True)
class Plan:
    """What a run has to do. Everything is kept in columns: a first run may have a million members."""

    selection: Selection
    """Whom the sync is about."""
    sending: Spool
    """Resolved rows of the members to add or update or, if the sync only removes, to take out; with a boolean
    column ``known``: it is an update."""
    numbers: Numbers
    """Of the rows to send."""
    to_update: int
    """How many members are sent again because something about them changed."""
    going: pa.Table
    """Entries to be removed, as ``Comparison.to_go`` finds them."""
    unreachable: Bitmap
    """Wanted customers without an identifier."""
    position: Position
    """How far the sync has come once all of this is done; until then everyone in the plan is open. Its ``refused``
    are those whom the platform refused as they are now, and who are not sent."""
    only_removes: bool = False

    @property
    def to_add(self) -> int:
        """How many members are new to the other side."""
        return 0 if self.only_removes else len(self.sending) - self.to_update

    @property
    def to_leave(self) -> int:
        """How many members are removed because they left the segment, or are in one that is kept out."""
        return _there(of_cause(self.going, Cause.LEFT, Cause.UNREACHABLE)) + (
            len(self.sending) if self.only_removes else 0
        )

    @property
    def must_go(self) -> int:
        """How many members are removed because they may no longer be there."""
        return _there(of_cause(self.going, Cause.ERASED, Cause.FORBIDDEN, Cause.REPLACED))

    @property
    def to_remove(self) -> int:
        """How many members leave, for whatever reason."""
        return self.must_go + self.to_leave

    @property
    def unreached(self) -> int:
        """How many members can't be sent, for want of consent or of an identifier."""
        return self.selection.withheld + len(self.unreachable)

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        return not len(self.sending) and not self.going.num_rows


def _there(entries: pa.Table) -> int:
    """How many of the entries the other side may hold: one who was refused or taken out is not there."""
    states = entries["state"].to_numpy(zero_copy_only=False)
    return int((~np.isin(states, [state.value for state in ledgers.ABSENT])).sum())


class Planner:
    """Plans the runs of one sync.

    Args:
        database: the store's.
        sync: which one.
        resolver: looks up what the sink is sent.
    """

    def __init__(self, database: Database, sync: Sync, resolver: Resolver) -> None:
        assert sync.id is not None
        self._database = database
        self._mode = SyncMode(sync.mode)
        self._sync_id = sync.id
        self._resolver = resolver

    def plan(
        self,
        selection: Selection,
        position: Position | None,
        changed: Bitmap | None,
        again: Bitmap = NOBODY,
        mode: SyncMode | None = None,
    ) -> Plan:
        """Find the difference.

        Args:
            selection: whom the sync is about.
            position: how far it has come; None: nothing is known, and everyone is compared.
            changed: who changed since that position; None: that is not known.
            again: who is sent again although refused as they are.
            mode: what the run does; what the sync does if None.
        """
        mode = mode or self._mode
        compared = candidates(position, selection, changed)
        compared = None if compared is None else compared | again
        wanted = selection.wanted if compared is None else selection.wanted & compared
        sending = Spool()
        reached: list[Numbers] = []
        sent: list[Numbers] = []
        updates = 0
        try:
            with in_memory() as columns:
                comparison = Comparison(columns, self._entries(compared), mode, again)
                for piece in self._pieces(wanted):
                    reached.append(piece["number"].to_numpy())
                    rows = comparison.to_send(piece)
                    sent.append(rows["number"].to_numpy())
                    updates += int(rows["known"].to_numpy(zero_copy_only=False).sum())
                    sending.put(rows)
                going = comparison.to_go(selection)
                refused = comparison.refused_before()
        except BaseException:
            sending.close()
            raise
        numbers = _joined(sent)
        missing = wanted - Bitmap.of(_joined(reached).astype(np.uint32))
        open_ = Bitmap.of(np.concatenate([numbers, going["number"].to_numpy()]).astype(np.uint32))
        newly_refused = Bitmap.of(refused.astype(np.uint32))
        if position is None or compared is None:
            unreachable, still_refused = missing, newly_refused
        else:
            unreachable = ((position.unreachable - compared) & selection.wanted) | missing
            still_refused = ((position.refused - compared) & selection.wanted) | newly_refused
        after = Position(
            selection.revision, selection.wanted, selection.allowed, unreachable, still_refused, open_
        )
        only_removes = mode is SyncMode.REMOVE_ONLY
        updates = 0 if only_removes else updates
        return Plan(selection, sending, numbers, updates, going, unreachable, after, only_removes)

    def _pieces(self, wanted: Bitmap) -> Iterator[pa.Table]:
        if len(wanted):
            yield from self._resolver.resolve(wanted.numbers())

    def _entries(self, compared: Bitmap | None) -> pa.Table:
        return ledgers.entries(self._database, self._sync_id, None if compared is None else compared.numbers())


def _joined(pieces: list[Numbers]) -> Numbers:
    return np.concatenate(pieces) if pieces else np.empty(0, np.int64)
