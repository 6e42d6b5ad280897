"""What came of a batch, and what ends a run early."""

from dataclasses import dataclass

from hub.core.contracts.errors import HubError
from hub.core.contracts.sink import Rejection


@dataclass(frozen=True)
class Outcome:
    """Counts of one batch."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    rejections: tuple[Rejection, ...] = ()
    withdrawn: int = 0


class Cancelled(HubError):
    """Somebody asked the run to end."""


class SettingsChanged(Cancelled):
    """Somebody changed the sync or its connection, so the run that began before ends."""


class LeaseLost(HubError):
    """Another process took the run over, because this one was silent for too long."""
