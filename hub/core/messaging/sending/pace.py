"""Keeps a provider's limit of messages a second, over all threads and processes of a home."""

import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from hub.core.contracts.errors import SettingsError

_LONGEST = 3600.0
"""Seconds that are ever waited for."""


class Pace:
    """Deals out moments at which the next message over a connection may go.

    Args:
        file: where the next free moment is kept; beside it lies its lock.
        rate: messages a second.
        clock: seconds since 1970, the same in all processes.
    """

    def __init__(self, file: Path, rate: float, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._rate = rate
        self._clock = clock
        self._lock: FileLock | None = None

    def reserve(self, messages: int) -> float:
        """Take the next free moment for so many messages; return how many seconds it is away.

        Raises:
            SettingsError: the file can't be kept in its folder.
        """
        try:
            if self._lock is None:
                self._file.parent.mkdir(mode=0o700, exist_ok=True)
                self._lock = FileLock(self._file.with_suffix(".lock"), mode=0o600)
            with self._lock:
                now = self._clock()
                free = max(now, self._free(now))
                self._file.write_text(repr(free + messages / self._rate))
        except OSError as error:
            raise SettingsError(f"{self._file.parent} can't be written to: {error.strerror}") from error
        return free - now

    def _free(self, now: float) -> float:
        """When the next moment is free. A clock that was set back must not hold everything up for hours."""
        try:
            free = float(self._file.read_text())
        except (FileNotFoundError, ValueError):
            return now
        return free if free - now < _LONGEST else now
