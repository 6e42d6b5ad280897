"""Sends what waits in the outbox over one connection.

Each message is marked in a transaction before it is handed over, and what came of it is recorded in the one that
marks the next: whenever the process dies, at most those under way are of unknown fate.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from hub.core.contracts.channel import Receipt
from hub.core.contracts.errors import HubError, Refusal, Rejected, TryAgain
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.guarded_channel import GuardedChannel
from hub.core.messaging.rules import Rules
from hub.core.messaging.sending.gate import Gate
from hub.core.messaging.sending.letters import Letter, Prepared
from hub.core.messaging.sending.outcomes import outcome_of, stops
from hub.core.messaging.sending.pace import Pace
from hub.core.messaging.sending.refusals import Refusals, Refused
from hub.core.store import outbox, standing
from hub.core.store.database import Database
from hub.core.store.outbox import OpenMessage, Outcome
from hub.core.store.standing import Pulse

_AT_ONCE = 500
"""Messages that are made ready together."""
_LARGEST_BATCH = 500
"""Messages of one call at most, whatever the channel takes: a crash leaves so many of unknown fate."""
_PATIENCE = 5
"""After so many messages in a row that the provider would not take now, the others wait, too."""
_DAWDLING = 0.2
"""Seconds of waiting before which what came of messages is recorded first."""


class Task(Protocol):
    """Where the messages come from: a newsletter, or those written to single customers."""

    newsletter_id: int | None
    channel: ConsentChannel

    def prepare(self, rows: Sequence[OpenMessage]) -> Prepared:
        """Make messages ready, by the facts as they are now."""

    def goes_on(self, connection: sa.Connection, pulse: Pulse) -> bool:
        """Whether more may be sent: it was not paused, cancelled or taken over. Also says that we are alive."""


@dataclass
class Ended:
    """How a sender ended."""

    error: HubError | None = None
    """What somebody must mend before it can go on."""
    until: datetime | None = None
    """When it is worth going on; None: nothing is left that is due, or it was stopped."""
    why: str = ""
    """Why it waits, in a few words."""


@dataclass
class _Round:
    """What is going on at the moment."""

    groups: deque[list[Letter]] = field(default_factory=deque)
    turned: list[Outcome] = field(default_factory=list)
    under_way: dict[Future[Sequence[Receipt | HubError]], list[Letter]] = field(default_factory=dict)
    answered: list[tuple[Letter, Receipt | HubError]] = field(default_factory=list)


class Sender:
    """Sends over one connection.

    Args:
        database: the store's.
        connection_id: over which connection.
        channel: what is behind it.
        task: where the messages come from.
        gate: whom they may go to.
        rules: the organisation's, as they are now.
        quiet: when the quiet hours end that it is now; None if it is none.
        refusals: heeds addresses that the provider refuses.
        pace: the provider's limit; None if it has none.
        clock: the time now, in UTC.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        database: Database,
        connection_id: int,
        channel: GuardedChannel,
        task: Task,
        gate: Gate,
        rules: Callable[[], Rules],
        quiet: Callable[[], datetime | None],
        refusals: Refusals,
        pace: Pace | None,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._database = database
        self._connection_id = connection_id
        self._channel = channel
        self._task = task
        self._gate = gate
        self._rules = rules
        self._quiet = quiet
        self._refusals = refusals
        self._pace = pace
        self._clock = clock
        self._sleep = sleep
        # No more, though a thread is idle while what came of its message is recorded: a message that waited for
        # one would leave long after its customer's consent was looked at.
        self._width = channel.most_at_once
        self._batch = min(channel.largest_batch, _LARGEST_BATCH)
        self._ended: Ended | None = None
        self._in_vain = 0

    def run(self) -> Ended:
        """Send until nothing is left that is due, or somebody must act, or it is not the time."""
        with ThreadPoolExecutor(self._width, "sending") as threads:
            while self._ended is None:
                after, any_left = 0, False
                while self._ended is None:
                    with self._database.reading() as connection:
                        pulse = standing.pulse(connection, self._task.newsletter_id)
                        rows = outbox.waiting(
                            connection,
                            self._task.newsletter_id,
                            self._connection_id,
                            self._clock(),
                            after=after,
                            limit=_AT_ONCE,
                        )
                    if not rows:
                        break
                    after, any_left = rows[-1].id, True
                    self._send(self._task.prepare(rows), pulse, threads)
                if not any_left:
                    break
        return self._ended or Ended()

    def _send(self, prepared: Prepared, pulse: Pulse, threads: ThreadPoolExecutor) -> None:
        letters = prepared.letters
        groups = (letters[start : start + self._batch] for start in range(0, len(letters), self._batch))
        going = _Round(deque(groups), prepared.turned)
        try:
            while going.groups and self._ended is None:
                free = self._await_turn(going)
                self._exchange(going, pulse, threads, free)
                if len(going.under_way) == self._width or not going.groups:
                    self._collect(going, FIRST_COMPLETED)
        finally:
            # Whatever happens, what was handed over is waited for and recorded.
            while going.under_way:
                self._collect(going, FIRST_COMPLETED)
            if going.answered or going.turned:
                with self._database.writing(durable=True) as connection:
                    self._record(connection, going)

    def _await_turn(self, going: _Round) -> int:
        """Wait until the provider takes more; return how many groups may go now."""
        free = self._width - len(going.under_way)
        until = self._quiet()
        if until is not None:
            self._ended = Ended(until=until, why="the quiet hours")
            return 0
        if self._pace is None:
            return free
        delay = self._pace.reserve(len(going.groups[0]))
        if delay > _DAWDLING and going.answered:
            with self._database.writing(durable=True) as connection:
                self._record(connection, going)
        if delay > 0:
            self._sleep(delay)
        return 1

    def _exchange(self, going: _Round, pulse: Pulse, threads: ThreadPoolExecutor, free: int) -> None:
        """Record what came of messages, mark the next ones, and hand them over."""
        marked: list[Letter] = []
        with self._database.writing(durable=True) as connection:
            self._record(connection, going)
            current = standing.pulse(connection, self._task.newsletter_id)
            if self._ended is None and not self._task.goes_on(connection, current):
                self._ended = Ended()
            if self._ended is None:
                next_ones = [going.groups.popleft() for _ in range(min(free, len(going.groups)))]
                letters = [one for group in next_ones for one in group]
                marked = self._mark(connection, letters, same_facts=current.same_facts(pulse))
        for start in range(0, len(marked), self._batch):
            letters = marked[start : start + self._batch]
            future = threads.submit(self._channel.send_all, [one.message for one in letters])
            going.under_way[future] = letters

    def _mark(self, connection: sa.Connection, letters: Sequence[Letter], *, same_facts: bool) -> list[Letter]:
        """Mark the letters that may go; note what became of the others."""
        now = self._clock()
        passed, turned = self._gate.admit(connection, letters, self._rules(), now, same_facts=same_facts)
        outbox.record(connection, turned)
        ours = outbox.mark_sending(connection, [one.id for one in passed], now) if passed else set()
        return [one for one in passed if one.id in ours]

    def _collect(self, going: _Round, when: str) -> None:
        done, _ = wait(going.under_way, return_when=when)
        for future in done:
            letters = going.under_way.pop(future)
            going.answered.extend(zip(letters, future.result(), strict=True))

    def _record(self, connection: sa.Connection, going: _Round) -> None:
        now = self._clock()
        keeps_ids = self._channel.keeps_ids
        outcomes = [outcome_of(letter, answer, now, keeps_ids=keeps_ids) for letter, answer in going.answered]
        outbox.record(connection, [*going.turned, *outcomes])
        refusals = [
            Refused(letter.customer, letter.candidate.suppression, answer)
            for letter, answer in going.answered
            if isinstance(answer, Rejected) and answer.refusal is not Refusal.MESSAGE
        ]
        self._refusals.heed(connection, self._channel.channel, refusals, now)
        for _, answer in going.answered:
            self._heed(answer, now)
        going.answered, going.turned = [], []

    def _heed(self, answer: Receipt | HubError, now: datetime) -> None:
        """See whether an answer concerns the messages that come after."""
        if not isinstance(answer, TryAgain):
            self._in_vain = 0
            if stops(answer) and isinstance(answer, HubError):
                self._ended = Ended(error=answer)
            return
        self._in_vain += 1
        if self._in_vain >= min(_PATIENCE, self._batch * _PATIENCE) and self._ended is None:
            wait_for = timedelta(seconds=answer.after if answer.after is not None else 60)
            self._ended = Ended(until=now + wait_for, why=str(answer))
