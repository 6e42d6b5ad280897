"""Sends a plan in batches, so that a kill at any moment leaves a ledger that is true.

Before a batch goes out, its entries say that the platform *may* hold them; after it, what it does hold.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import pyarrow as pa
import sqlalchemy as sa
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from hub.core.contracts.errors import TryAgain
from hub.core.contracts.sink import Member, Rejection, Removal
from hub.core.store.database import Database
from hub.core.store.ledgers import Entry, entries_of, forget, held_by_others, write
from hub.core.store.tables import LedgerState
from hub.core.sync.guarded_sink import GuardedSink
from hub.core.sync.members import members
from hub.core.sync.outcome import Outcome

_ATTEMPTS = 4
_LONGEST_WAIT = 120.0

ResultT = TypeVar("ResultT")


class Progress(Protocol):
    """Who hears how a run goes on."""

    def go_on(self) -> None:
        """Called before each batch; raises to end the run."""

    def settle(self, connection: sa.Connection, outcome: Outcome) -> None:
        """Called within the transaction that records a batch's outcome; raises to end the run."""


class Sending:
    """One run's way to one audience.

    Args:
        database: the store's.
        sync_id: whose ledger.
        sink: the other side.
        audience: the platform's id of the audience.
        country: where phone numbers without a country code are from.
        sleep: waits so many seconds before another attempt.
        progress: hears of each batch, and may end the run.
    """

    def __init__(
        self,
        database: Database,
        sync_id: int,
        sink: GuardedSink,
        audience: str,
        country: str,
        sleep: Callable[[float], None],
        progress: Progress,
    ) -> None:
        self._database = database
        self._sync_id = sync_id
        self._sink = sink
        self._audience = audience
        self._country = country
        self._sleep = sleep
        self._progress = progress

    def add(self, rows: pa.Table) -> None:
        """Add and update members (rows of ``Plan.sending``); what they were known by before is removed first.

        A platform may know both addresses as one person, whom removing the old one last would take out.
        """
        for batch in _batches(rows, self._sink.batch_size):
            self._progress.go_on()
            self._add_batch(batch)

    def remove(self, entries: pa.Table) -> None:
        """Remove members: rows of ``Plan.mandatory`` or ``Plan.leaving``."""
        self._remove_entries(
            [Entry(row["number"], row["reference"], "", LedgerState(row["state"])) for row in entries.to_pylist()]
        )

    def _add_batch(self, rows: pa.Table) -> None:
        """Send a batch, after removing its members under references that are theirs no more."""
        numbers = rows["number"].to_pylist()
        known = dict(zip(numbers, rows["known"].to_pylist(), strict=True))
        made, unusable = members(self._sink, rows, self._country)
        batch = _Batch(self._sink.references(made), dict(zip(numbers, rows["digest"].to_pylist(), strict=True)))
        with self._database.writing() as connection:
            before = entries_of(connection, self._sync_id, [number for number in numbers if known[number]])
            write(connection, self._sync_id, batch.entries(batch.references, LedgerState.SENDING))
        self._remove_entries([one for one in before if one.reference != batch.references.get(one.number)])
        refused = {one.number: one for one in self._send(made)} if made else {}
        refused |= {number: Rejection(number, "its phone number can't be read") for number in unusable}
        accepted = [number for number in batch.references if number not in refused]
        updated = sum(known[number] for number in accepted)
        outcome = Outcome(len(accepted) - updated, updated, rejections=tuple(refused.values()))
        with self._database.writing() as connection:
            write(connection, self._sync_id, batch.entries(accepted, LedgerState.HELD))
            write(connection, self._sync_id, batch.refused(refused, before))
            self._progress.settle(connection, outcome)

    def _send(self, made: Sequence[Member]) -> Sequence[Rejection]:
        return self._patiently(lambda: self._sink.add(self._audience, made))

    def _remove_entries(self, entries: Sequence[Entry]) -> None:
        for start in range(0, len(entries), self._sink.batch_size):
            self._progress.go_on()
            self._remove_batch(entries[start : start + self._sink.batch_size])

    def _remove_batch(self, leaving: Sequence[Entry]) -> None:
        never_there = [(one.number, one.reference) for one in leaving if one.state is LedgerState.REJECTED]
        entries = [
            replace(one, digest="", state=LedgerState.REMOVING)
            for one in leaving
            if one.state is not LedgerState.REJECTED
        ]
        with self._database.writing() as connection:
            forget(connection, self._sync_id, never_there)
            write(connection, self._sync_id, entries)
            shared = held_by_others(connection, self._sync_id, [entry.reference for entry in entries])
        removals = [Removal(entry.number, entry.reference) for entry in entries if entry.reference not in shared]
        refused = {one.number: one for one in self._take_out(removals)} if removals else {}
        gone = [(entry.number, entry.reference) for entry in entries if entry.number not in refused]
        with self._database.writing() as connection:
            forget(connection, self._sync_id, gone)
            self._progress.settle(connection, Outcome(removed=len(gone), rejections=tuple(refused.values())))

    def _take_out(self, removals: Sequence[Removal]) -> Sequence[Rejection]:
        return self._patiently(lambda: self._sink.remove(self._audience, removals))

    def _patiently(self, call: Callable[[], ResultT]) -> ResultT:
        """Try a repeatable call again while the platform is in passing trouble."""
        return Retrying(
            retry=retry_if_exception_type(TryAgain),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=_asked_wait,
            sleep=self._sleep,
            reraise=True,
        )(call)


@dataclass(frozen=True)
class _Batch:
    """Members on their way, by number."""

    references: Mapping[int, str]
    """Of those who are sent."""
    digests: Mapping[int, str]
    """Of all, also those who turned out to have no usable identifier."""

    def entries(self, numbers: Iterable[int], state: LedgerState) -> list[Entry]:
        """Their entries in a state."""
        return [Entry(number, self.references[number], self.digests[number], state) for number in numbers]

    def refused(self, refused: Mapping[int, Rejection], before: Sequence[Entry]) -> list[Entry]:
        """The entries of refused members.

        One that the platform may hold in an older form, under the same reference, stays as held. A passing refusal
        is noted without its digest, so that the next run tries again.
        """
        there = {(one.number, one.reference) for one in before if one.state is not LedgerState.REJECTED}
        return [
            Entry(
                number,
                reference := self.references.get(number, ""),
                self.digests[number] if one.permanent else "",
                LedgerState.HELD if (number, reference) in there else LedgerState.REJECTED,
            )
            for number, one in refused.items()
        ]


def _asked_wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, TryAgain) and error.after is not None:
        return min(error.after, _LONGEST_WAIT)
    return float(wait_exponential_jitter(initial=1, max=30)(state))


def _batches(rows: pa.Table, size: int) -> Iterator[pa.Table]:
    for start in range(0, rows.num_rows, size):
        yield rows.slice(start, size)
