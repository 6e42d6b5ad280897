"""Reads back who withdrew on the platform itself, and notes it as a withdrawal of consent."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from hub.core.contracts.records import ConsentChannel
from hub.core.contracts.sink import Departure
from hub.core.store.database import Database
from hub.core.store.facts.consents import Withdrawal, withdraw
from hub.core.store.ledger_references import customers_of
from hub.core.store.ledgers import is_empty
from hub.core.store.sync_positions import keep_reading, reading_of
from hub.core.store.tables import Sync, SyncMode
from hub.core.sync.guarded_sink import GuardedSink
from hub.core.sync.outcome import Outcome
from hub.core.sync.way import Progress

EVERY = timedelta(minutes=15)
"""How often a sync that follows changes asks for withdrawals when nothing else makes it run."""


class ReadingBack:
    """Reads back for one sync.

    Only of those whom the sync sent is anything noted: others on the platform are none of its business. Who
    consents anew later than they withdrew there stays consented.

    Args:
        database: the store's.
        sync: which one. Its permission is withdrawn or, without one, all that was given on the channel.
        sink: the platform.
        clock: the time now, in UTC.
    """

    def __init__(self, database: Database, sync: Sync, sink: GuardedSink, clock: Callable[[], datetime]) -> None:
        assert sync.id is not None
        self._database = database
        self._sync = sync
        self._sync_id = sync.id
        self._sink = sink
        self._clock = clock

    @property
    def is_possible(self) -> bool:
        """Whether the platform tells, and was sent anybody."""
        if not self._sink.reports or self._sync.mode == SyncMode.REMOVE_ONLY or self._sync.audience is None:
            return False
        return not is_empty(self._database, self._sync_id)

    @property
    def is_due(self) -> bool:
        """Whether it is time for it, even if nothing else is to be done."""
        if not self.is_possible:
            return False
        before = reading_of(self._database, self._sync_id)
        return before is None or before.read_at + EVERY <= self._clock()

    def read(self, audience: str, progress: Progress) -> None:
        """Read on from where the last reading ended, piece by piece.

        Raises:
            TryAgain, NotAuthorised, NotFound: as the sink does; what was read before is kept.
        """
        before = reading_of(self._database, self._sync_id)
        cursor = before.cursor if before else None
        for piece in self._sink.departures(audience, cursor):
            progress.go_on()
            cursor = piece.cursor
            with self._database.writing() as connection:
                noted = self._note(connection, piece.found)
                keep_reading(connection, self._sync_id, cursor, self._clock())
                progress.settle(connection, Outcome(withdrawn=noted))
        with self._database.writing() as connection:
            keep_reading(connection, self._sync_id, cursor, self._clock())

    def _note(self, connection: sa.Connection, found: Sequence[Departure]) -> int:
        customers = customers_of(connection, self._sync_id, [one.reference for one in found])
        withdrawals = [
            Withdrawal(number, min(one.at, self._clock()), f"{self._sink.label}: {one.reason.value}")
            for one in found
            for number in customers.get(one.reference, ())
        ]
        channel = ConsentChannel(self._sync.permission_channel or ConsentChannel.EMAIL)
        return withdraw(connection, withdrawals, self._sync.permission, channel)
