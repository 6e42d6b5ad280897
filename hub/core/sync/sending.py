"""Sends members batch by batch, so that a kill at any moment leaves a ledger that is true.

Before a batch goes out, its entries say that the platform *may* hold them; after it, what it does hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from hub.core.contracts.sink import Member, Rejection, Removal
from hub.core.store.ledgers import ABSENT, Entry, entries_of, move, write, write_entries
from hub.core.store.tables import LedgerState
from hub.core.sync.members import MemberMaker
from hub.core.sync.outcome import Outcome
from hub.core.sync.patience import patiently
from hub.core.sync.removing import Removing
from hub.core.sync.selecting import Permission
from hub.core.sync.spool import Spool
from hub.core.sync.way import Way

UNUSABLE = "its phone number can't be read"


class Sending:
    """Adds and updates members or, for a sync that only removes, takes them out.

    Args:
        way: to the audience.
        maker: makes members of rows.
        permission: who may still be sent.
    """

    def __init__(self, way: Way, maker: MemberMaker, permission: Permission) -> None:
        self._way = way
        self._maker = maker
        self._permission = permission
        self._removing = Removing(way)

    def add(self, rows: Spool) -> None:
        """Add and update members (``Plan.sending``); what they were known by before is removed first.

        A platform may know both addresses as one person, whom removing the old one last would take out. Who
        withdrew since the run began is left out.
        """
        for batch in rows.batches(self._way.sink.batch_size):
            self._way.progress.go_on()
            self._add_batch(prepare(batch, self._maker, self._way, self._permission))

    def suppress(self, rows: Spool) -> None:
        """Take members out (``Plan.sending``), whoever put them in, and note that it is done."""
        for batch in rows.batches(self._way.sink.batch_size):
            self._way.progress.go_on()
            self._suppress_batch(prepare(batch, self._maker, self._way, None))

    def _add_batch(self, batch: "Prepared") -> None:
        way = self._way
        with way.database.writing() as connection:
            before = entries_of(connection, way.sync_id, batch.known)
            write(
                connection, way.sync_id, batch.numbers, batch.references, batch.digests, LedgerState.SENDING
            )  # fmt: skip
        references = dict(zip(batch.numbers, batch.references, strict=True)) if before else {}
        replaced = [one for one in before if one.reference != references.get(one.number)]
        self._removing.remove_replaced([(one.number, one.reference) for one in replaced])
        answered: Sequence[Rejection] = ()
        if batch.members:
            answered = patiently(lambda: way.sink.add(way.audience, batch.members), way.sleep)
        refused = {one.number: one for one in answered} | dict(batch.unusable)
        accepted = batch.numbers
        if refused:
            accepted = [number for number in batch.numbers if number not in refused]
        updated = len(set(batch.known).difference(refused)) if batch.known else 0
        outcome = Outcome(len(accepted) - updated, updated, rejections=tuple(refused.values()))
        with way.database.writing() as connection:
            move(connection, way.sync_id, LedgerState.SENDING, LedgerState.HELD, accepted)
            write_entries(connection, way.sync_id, batch.entries_refused(refused, before))
            way.progress.settle(connection, outcome)
        batch.tell(way, accepted, refused)

    def _suppress_batch(self, batch: "Prepared") -> None:
        way = self._way
        with way.database.writing() as connection:
            write(
                connection, way.sync_id, batch.numbers, batch.references, batch.digests, LedgerState.REMOVING
            )  # fmt: skip
        removals = [Removal(*pair) for pair in zip(batch.numbers, batch.references, strict=True)]
        answered: Sequence[Rejection] = ()
        if removals:
            answered = patiently(lambda: way.sink.remove(way.audience, removals), way.sleep)
        refused = {one.number: one for one in answered} | dict(batch.unusable)
        gone = [number for number in batch.numbers if number not in refused]
        with way.database.writing() as connection:
            move(connection, way.sync_id, LedgerState.REMOVING, LedgerState.REMOVED, gone)
            write_entries(connection, way.sync_id, batch.entries_refused(refused, ()))
            way.progress.settle(connection, Outcome(removed=len(gone), rejections=tuple(refused.values())))
        batch.tell(way, gone, refused)


@dataclass(frozen=True)
class Prepared:
    """A batch ready to go out."""

    members: Sequence[Member]
    numbers: Sequence[int]
    """Of the members."""
    references: Sequence[str]
    """Of the members."""
    digests: Sequence[str]
    """Of the members."""
    known: Sequence[int]
    """Numbers of those the other side may hold, also of those who turned out to have no usable identifier."""
    unusable: Mapping[int, Rejection]
    """Those who turned out to have none."""
    unusable_digests: Mapping[int, str]

    def entries_refused(self, refused: Mapping[int, Rejection], before: Sequence[Entry]) -> list[Entry]:
        """The entries of refused members.

        One that the platform may hold in an older form, under the same reference, stays as held. A passing refusal
        is noted without its digest, so that the next run tries again.
        """
        if not refused:
            return []
        there = {(one.number, one.reference) for one in before if one.state not in ABSENT}
        references = dict(zip(self.numbers, self.references, strict=True))
        digests = {**dict(zip(self.numbers, self.digests, strict=True)), **self.unusable_digests}
        return [
            Entry(
                number,
                reference := references.get(number, ""),
                digests[number] if one.permanent else "",
                LedgerState.HELD if (number, reference) in there else LedgerState.REJECTED,
            )
            for number, one in refused.items()
        ]

    def tell(self, way: Way, done: Sequence[int], refused: Mapping[int, Rejection]) -> None:
        """Note in the run's leftover what came of the batch."""
        for_good = [number for number, one in refused.items() if one.permanent]
        way.leftover.done(done)
        way.leftover.done(for_good)
        way.leftover.refused(for_good)


def prepare(rows: pa.Table, maker: MemberMaker, way: Way, permission: Permission | None) -> Prepared:
    """Make members of a batch of ``Plan.sending``.

    Args:
        rows: the batch.
        maker: makes members.
        way: to the audience.
        permission: who may still be sent; the others are left out. None: whoever is in the batch.
    """
    if permission is not None:
        allowed = permission.now().holds(rows["number"].to_numpy())
        rows = rows if allowed.all() else rows.filter(pa.array(allowed))
    members, unusable = maker.make(rows)
    numbers, digests = rows["number"].to_pylist(), rows["digest"].to_pylist()
    missing = {}
    if unusable:
        digest_of = dict(zip(numbers, digests, strict=True))
        missing = {number: digest_of.pop(number) for number in unusable}
        digests = list(digest_of.values())
    known = rows["number"].to_numpy()[rows["known"].to_numpy(zero_copy_only=False)].tolist()
    return Prepared(
        members,
        [member.number for member in members],
        way.sink.references(members),
        digests,
        known,
        {number: Rejection(number, UNUSABLE) for number in unusable},
        missing,
    )
