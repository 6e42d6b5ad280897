"""How far a sync has come: of whom the ledger is known to say what it must.

A run then looks only at who entered or left, changed since, or was left over. Before anything is sent, all about
whom there is something to do are noted as open; what was done is taken from them when the run ends. A run that
dies leaves them open.
"""

import hashlib
import json
from dataclasses import dataclass, replace

from hub.core.engines.bitmap import Bitmap
from hub.core.store import sync_positions as stored
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, Sync, SyncPosition
from hub.core.sync.guarded_sink import GuardedSink
from hub.core.sync.selecting import Selection

NOBODY = Bitmap.of([])


@dataclass(frozen=True)
class Position:
    """See ``SyncPosition``."""

    revision: int
    wanted: Bitmap
    allowed: Bitmap
    unreachable: Bitmap
    refused: Bitmap
    open: Bitmap

    @property
    def held(self) -> int:
        """About how many members the other side holds."""
        return len(self.wanted - self.unreachable - self.refused)


def shape_of(sync: Sync, sink: GuardedSink, organisation: Organisation) -> str:
    """A digest of all that decides who is sent in which form, but for the facts and the segment's definition."""
    parts = (
        sync.mode, sync.connection_id, sync.audience_name, sink.form, sorted(sink.accepted), list(sink.traits),
        organisation.country, organisation.currency,
    )  # fmt: skip
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def candidates(position: Position | None, selection: Selection) -> Bitmap | None:
    """Who must be compared with the ledger; None: everyone.

    Args:
        position: how far the sync has come; None: nothing is known.
        selection: whom it is about now, and who changed since that position.
    """
    if position is None or selection.changed is None:
        return None
    wanted = selection.wanted
    entered_or_left = position.wanted ^ wanted
    changed_members = selection.changed & (position.wanted | wanted)
    withdrawn = position.allowed - selection.allowed
    return entered_or_left | changed_members | withdrawn | position.open


class Positions:
    """Keeps the position of one sync in one shape.

    Args:
        database: the store's.
        sync_id: which sync.
        shape: see ``shape_of``; a position in another shape is none.
    """

    def __init__(self, database: Database, sync_id: int, shape: str) -> None:
        self._database = database
        self._sync_id = sync_id
        self._shape = shape

    def load(self) -> Position | None:
        """How far it has come; None when nothing is known."""
        found = stored.position_of(self._database, self._sync_id)
        if found is None or found.shape != self._shape:
            return None
        kept = (found.wanted, found.allowed, found.unreachable, found.refused, found.open)
        try:
            return Position(found.revision, *(Bitmap.from_bytes(one) for one in kept))
        except ValueError:  # another version wrote it
            return None

    def save(self, position: Position) -> None:
        """Note how far it has come."""
        bitmaps = {
            name: getattr(position, name).to_bytes()
            for name in ("wanted", "allowed", "unreachable", "refused", "open")
        }
        kept = SyncPosition(sync_id=self._sync_id, shape=self._shape, revision=position.revision, **bitmaps)
        stored.keep_position(self._database, kept)

    def settle(self, planned: Position, still_open: Bitmap, refused: Bitmap) -> None:
        """Note at the end of a run what it left over, and whom the platform refused."""
        self.save(replace(planned, open=still_open, refused=(planned.refused | refused) & planned.wanted))
