"""One run's way to one audience: all that its steps have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from hub.core.store.database import Database
from hub.core.sync.guarded_sink import GuardedSink
from hub.core.sync.leftover import Leftover
from hub.core.sync.outcome import Outcome


class Progress(Protocol):
    """Who hears how a run goes on."""

    def go_on(self) -> None:
        """Called before each batch; raises to end the run."""

    def settle(self, connection: sa.Connection, outcome: Outcome) -> None:
        """Called within the transaction that records a batch's outcome; raises to end the run."""


@dataclass(frozen=True)
class Way:
    """What every step of a run needs."""

    database: Database
    sync_id: int
    """Whose ledger."""
    sink: GuardedSink
    audience: str
    """The platform's id of the audience."""
    sleep: Callable[[float], None]
    """Waits so many seconds before another attempt."""
    progress: Progress
    leftover: Leftover
    """Of the run's plan."""
