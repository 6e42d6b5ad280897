"""The invented organisation that is measured: how large it is, and where its files lie."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.core.store.tables import Organisation

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
"""The hub's clock in every benchmark, so that each run asks the same questions."""


@dataclass(frozen=True)
class World:
    """Sizes and places."""

    customers: int
    orders: int
    members: int
    """How many members the platform of the Mailchimp benchmark is sent."""
    messages: int
    """How many messages a newsletter of the benchmarks of messages is."""
    folder: Path
    """Holds the CSV files, and the home that is built from them in each run."""

    @property
    def home(self) -> Path:
        """A hub with everything imported, its replica built."""
        return self.folder / "home"

    def csv(self, kind: str) -> Path:
        """The file of a kind of record."""
        return self.folder / f"{kind}.csv"


def clock() -> datetime:
    """The time now in every benchmark."""
    return NOW


def theatre() -> Organisation:
    """An invented theatre in Berlin."""
    return Organisation(name="Theater am Ufer", time_zone="Europe/Berlin", currency="EUR", country="DE")
