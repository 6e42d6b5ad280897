"""Writes down what happened beside what goes on, so that nobody waits for the store."""

import logging
import threading
from collections.abc import Callable, Sequence
from queue import Empty, Full, Queue
from typing import Generic, TypeVar

from hub.core.contracts.errors import HubError, TryAgain

EntryT = TypeVar("EntryT")

_WAITING = 10_000
"""So many entries may wait; more are given up."""
_AT_ONCE = 500
_ATTEMPTS = 3

_log = logging.getLogger(__name__)


class Recorder(Generic[EntryT]):
    """Writes entries in one thread, many at a time, soon after they came.

    What can't be written is given up, and told in the log.

    Args:
        write: writes some entries; ``TryAgain`` is tried again.
        what: what the entries are, for the log.
    """

    def __init__(self, write: Callable[[Sequence[EntryT]], None], what: str) -> None:
        self._write = write
        self._what = what
        self._waiting: Queue[EntryT | None] = Queue(_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def note(self, entry: EntryT) -> None:
        """Have an entry written; returns at once."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"recorder of {self._what}", daemon=True)
                self._thread.start()
            try:
                self._waiting.put_nowait(entry)
            except Full:
                _log.error("too many %s wait for the store; one is not kept", self._what)

    def flush(self) -> None:
        """Wait until all that came before is written or given up."""
        self._waiting.join()

    def close(self) -> None:
        """Write what waits, and end."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._waiting.put(None)
                thread.join()

    def _run(self) -> None:
        while True:
            entries: list[EntryT] = []
            first = self._waiting.get()
            ends = first is None
            if first is not None:
                entries.append(first)
            while not ends and len(entries) < _AT_ONCE:
                try:
                    entry = self._waiting.get_nowait()
                except Empty:
                    break
                if entry is None:
                    ends = True
                else:
                    entries.append(entry)
            self._keep(entries)
            for _ in range(len(entries) + ends):
                self._waiting.task_done()
            if ends:
                return

    def _keep(self, entries: Sequence[EntryT]) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                if entries:
                    self._write(entries)
                return
            except TryAgain as error:
                if attempt == _ATTEMPTS:
                    _log.error("%d %s can't be kept: %s", len(entries), self._what, error)
            except HubError as error:
                _log.error("%d %s can't be kept: %s", len(entries), self._what, error)
                return
            except Exception as error:  # noqa: BLE001 - a bug must not end the thread, and with it all that comes later
                # Its text may name what was to be written.
                kind = type(error).__name__
                _log.error("%d %s can't be kept, which is a bug in the hub: %s", len(entries), self._what, kind)
                return
