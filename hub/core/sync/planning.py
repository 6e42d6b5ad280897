"""Plans a run: compares who should be in an audience with what the ledger says of it."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hub.core.engines.bitmap import Bitmap
from hub.core.store import ledgers
from hub.core.store.database import Database
from hub.core.store.tables import Sync, SyncMode
from hub.core.sync.comparing import Cause, Comparison, Numbers, nothing, of_cause
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
        leaving = _there(of_cause(self.going, Cause.LEFT, Cause.UNREACHABLE))
        if self.only_removes:
            leaving = np.concatenate([leaving, self.numbers])
        return len(np.unique(leaving))

    @property
    def must_go(self) -> int:
        """How many members are removed because they may no longer be there."""
        return len(np.unique(_there(of_cause(self.going, Cause.ERASED, Cause.FORBIDDEN, Cause.REPLACED))))

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


def _there(entries: pa.Table) -> Numbers:
    """The numbers of those whom the other side may hold: one who was refused or taken out is not there."""
    absent = pa.array([state.value for state in ledgers.ABSENT])
    return np.asarray(entries.filter(pc.invert(pc.is_in(entries["state"], absent)))["number"].to_numpy(), np.int64)


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
        again: Bitmap = NOBODY,
        mode: SyncMode | None = None,
    ) -> Plan:
        """Find the difference.

        Args:
            selection: whom the sync is about.
            position: how far it has come; None: nothing is known, and everyone is compared.
            again: who is sent again although refused as they are.
            mode: what the run does; what the sync does if None.
        """
        mode = mode or self._mode
        compared = candidates(position, selection)
        compared = None if compared is None else compared | again
        wanted = selection.wanted if compared is None else selection.wanted & compared
        if compared is not None and not len(compared):
            found = _Difference(Spool())
        else:
            found = self._compare(selection, compared, wanted, again, mode)
        missing = wanted - Bitmap.of(_joined(found.reached).astype(np.uint32))
        newly_refused = Bitmap.of(found.refused.astype(np.uint32))
        if position is None or compared is None:
            unreachable, still_refused = missing, newly_refused
        else:
            unreachable = ((position.unreachable - compared) & selection.wanted) | missing
            still_refused = ((position.refused - compared) & selection.wanted) | newly_refused
        numbers = _joined(found.sent)
        open_ = Bitmap.of(np.concatenate([numbers, found.going["number"].to_numpy()]).astype(np.uint32))
        after = Position(
            selection.revision, selection.wanted, selection.allowed, unreachable, still_refused, open_
        )
        only_removes = mode is SyncMode.REMOVE_ONLY
        updates = 0 if only_removes else found.updates
        return Plan(selection, found.sending, numbers, updates, found.going, unreachable, after, only_removes)

    def _compare(
        self, selection: Selection, compared: Bitmap | None, wanted: Bitmap, again: Bitmap, mode: SyncMode
    ) -> "_Difference":
        found = _Difference(Spool())
        numbers = None if compared is None else compared.numbers()
        try:
            with in_memory() as columns:
                entries = ledgers.entries(self._database, self._sync_id, numbers)
                comparison = Comparison(columns, entries, mode, again)
                for piece in self._resolver.resolve(columns, wanted.numbers()) if len(wanted) else ():
                    found.add(piece, comparison.to_send(piece))
                found.going = comparison.to_go(selection)
                found.refused = comparison.refused_before()
        except BaseException:
            found.sending.close()
            raise
        return found


@dataclass
class _Difference:
    """What a comparison found, piece by piece."""

    sending: Spool
    sent: list[Numbers] = field(default_factory=list)
    reached: list[Numbers] = field(default_factory=list)
    """Of those who have an identifier."""
    updates: int = 0
    going: pa.Table = field(default_factory=nothing)
    refused: Numbers = field(default_factory=lambda: np.empty(0, np.int64))

    def add(self, piece: pa.Table, rows: pa.Table) -> None:
        """Take in a piece, and which rows of it are to be sent."""
        self.reached.append(piece["number"].to_numpy())
        self.sent.append(rows["number"].to_numpy())
        self.updates += int(rows["known"].to_numpy(zero_copy_only=False).sum())
        self.sending.put(rows)


def _joined(pieces: list[Numbers]) -> Numbers:
    return np.concatenate(pieces) if pieces else np.empty(0, np.int64)
