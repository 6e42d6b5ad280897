"""A first full load in one go, for sinks that can exchange all members of an audience at once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hub.core.contracts.sink import Member
from hub.core.store.ledgers import drop, entries_of, move, write, write_entries
from hub.core.store.tables import LedgerState
from hub.core.sync.members import MemberMaker
from hub.core.sync.outcome import Outcome
from hub.core.sync.selecting import Permission
from hub.core.sync.sending import prepare
from hub.core.sync.spool import Spool
from hub.core.sync.way import Way


class Replacing:
    """Replaces whoever is in an audience by a plan's members.

    Nobody counts as held before the whole is done; until then the ledger says that the platform may hold them.

    Args:
        way: to the audience.
        maker: makes members of rows.
        permission: who may still be sent.
    """

    def __init__(self, way: Way, maker: MemberMaker, permission: Permission) -> None:
        self._way = way
        self._maker = maker
        self._permission = permission
        self._sent: list[NDArray[np.int64]] = []

    def replace(self, rows: Spool) -> None:
        """Send all members (``Plan.sending``)."""
        way = self._way
        with way.database.writing() as connection:
            # What an earlier attempt may have left there goes with this one, unless it is sent again.
            move(connection, way.sync_id, LedgerState.SENDING, LedgerState.REMOVING)
        answered = way.sink.replace(way.audience, self._members(rows), len(rows))
        refused = {rejection.number: rejection for rejection in answered}
        sent = np.concatenate(self._sent)
        accepted = sent[~np.isin(sent, list(refused))] if refused else sent
        outcome = Outcome(len(accepted), rejections=tuple(refused.values()))
        with way.database.writing() as connection:
            rejected = [
                replace(
                    one, state=LedgerState.REJECTED, digest=one.digest if refused[one.number].permanent else ""
                )
                for one in entries_of(connection, way.sync_id, list(refused))
                if one.state is LedgerState.SENDING
            ]
            write_entries(connection, way.sync_id, rejected)
            move(connection, way.sync_id, LedgerState.SENDING, LedgerState.HELD)
            drop(connection, way.sync_id, LedgerState.REMOVING)
            way.progress.settle(connection, outcome)
        for_good = [number for number, one in refused.items() if one.permanent]
        way.leftover.done(accepted)
        way.leftover.done(for_good)
        way.leftover.refused(for_good)

    def _members(self, rows: Spool) -> Iterator[Sequence[Member]]:
        way = self._way
        for piece in rows.batches(way.sink.batch_size):
            way.progress.go_on()
            batch = prepare(piece, self._maker, way, self._permission)
            unusable = tuple(batch.unusable.values())
            with way.database.writing() as connection:
                write(
                    connection, way.sync_id, batch.numbers, batch.references, batch.digests, LedgerState.SENDING
                )  # fmt: skip
                write_entries(connection, way.sync_id, batch.entries_refused(batch.unusable, ()))
                way.progress.settle(connection, Outcome(rejections=unusable))
            batch.tell(way, (), batch.unusable)
            self._sent.append(np.asarray(batch.numbers, np.int64))  # a fifth of the room that a list takes
            if batch.members:
                yield batch.members
