"""A place among the connections to an account, shared by all threads and processes of a home.

A place is a locked file: the system unlocks it when its process ends, however it ends.
"""

import hashlib
import math
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from hub.core.contracts.errors import SettingsError

_LOOK = 0.02
"""Seconds between two looks for a place that another process has left; up to twice that, by chance."""
_SHARE_EVERY = 0.25
"""Seconds after which a process that has more to do lets others have a place."""
_SHARE_FOR = 3 * _LOOK
"""Seconds for which that place lies there: long enough for whoever looks to see it."""


class ConnectionBudget:
    """The places of all accounts.

    Threads of one process get theirs in the order in which they came. Between processes it is a matter of
    chance, but a busy one leaves a place to the others several times a second.

    Args:
        folder: where the locks are; made when first needed.
        clock: seconds that only grow.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._lines: dict[str, _Line] = {}
        self._guard = threading.Lock()

    @contextmanager
    def place(self, account: str, most: int) -> Iterator[None]:
        """Wait for a place among the connections to an account, and hold it.

        Args:
            account: any text that tells accounts apart; it is kept as a digest only.
            most: how many places there are. Whoever names fewer than others has a share in the first of them.

        Raises:
            SettingsError: the locks can't be kept in the folder.
        """
        if most < 1:
            raise ValueError("an account needs at least one place")
        line = self._line(account)
        place = line.wait(most)
        try:
            yield
        finally:
            line.leave(place)

    def _line(self, account: str) -> "_Line":
        name = hashlib.sha256(account.encode()).hexdigest()[:32]
        with self._guard:
            if name not in self._lines:
                try:
                    self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                except OSError as error:
                    raise _unusable(self._folder, error) from error
                self._lines[name] = _Line(self._folder / name, self._clock)
            return self._lines[name]


class _Line:
    """The threads of this process that wait for a place, or hold one, at one account.

    Only the first in the line looks for a place; whoever leaves one wakes it.
    """

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._places: list[filelock.BaseFileLock] = []
        self._held: set[int] = set()
        self._shared_at = -math.inf
        self._allowed = 0
        """How many places this process may hold while it shares."""

    def wait(self, most: int) -> int:
        """Take a place; returns its number."""
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                while True:
                    is_first = self._waiting[0] is ticket
                    place = self._take(most) if is_first else None
                    if place is not None:
                        return place
                    self._changed.wait(_LOOK * random.uniform(1, 2) if is_first else None)  # noqa: S311  # no secret
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def leave(self, place: int) -> None:
        """Give a place back."""
        with self._changed:
            now = self._clock()
            if self._waiting and now - self._shared_at > _SHARE_EVERY:
                self._shared_at, self._allowed = now, len(self._held) - 1
            self._held.discard(place)
            self._places[place].release()
            self._changed.notify_all()

    def _take(self, most: int) -> int | None:
        while len(self._places) < most:
            file = self._path.with_suffix(f".{len(self._places)}.lock")
            self._places.append(filelock.FileLock(file, thread_local=False))
        if self._allowed_now(most) <= len(self._held):
            return None
        for place in range(most):
            if place not in self._held and self._is_free(place):
                self._held.add(place)
                return place
        return None

    def _allowed_now(self, most: int) -> int:
        return self._allowed if self._clock() - self._shared_at < _SHARE_FOR else most

    def _is_free(self, place: int) -> bool:
        try:
            self._places[place].acquire(timeout=0)
        except filelock.Timeout:
            return False
        except OSError as error:
            raise _unusable(self._path.parent, error) from error
        return True


def _unusable(folder: Path, error: OSError) -> SettingsError:
    return SettingsError(f"the hub can't count its connections in {folder} ({error.strerror}): let it write there")
