"""Runs syncs and imports in threads of their own, since they may take hours and a request may not."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from hub.core.contracts.errors import HubError

_PATIENCE = 20.0
"""Seconds a server that stops waits for its runs to end after their batch."""

_log = logging.getLogger(__name__)


class BackgroundRuns:
    """Brings runs that began to their end.

    A thread that is still at work when its process ends is cut off; the next run goes on from there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, tuple[threading.Thread, Callable[[], object]]] = {}

    def start(self, name: str, finish: Callable[[], object], cancel: Callable[[], object]) -> None:
        """Let a run go on.

        Args:
            name: tells runs apart, also in the log.
            finish: brings it to its end.
            cancel: asks it to end after its current batch.
        """
        thread = threading.Thread(target=self._finish, args=(name, finish), name=name, daemon=True)
        with self._lock:
            self._running[name] = (thread, cancel)
        thread.start()

    def close(self) -> None:
        """Ask all runs to end after their current batch, and wait a while for that."""
        with self._lock:
            left = list(self._running.values())
        for _, cancel in left:
            with suppress(HubError):  # it ended just now, or the store is out of reach
                cancel()
        for thread, _ in left:
            thread.join(_PATIENCE)

    def _finish(self, name: str, finish: Callable[[], object]) -> None:
        try:
            finish()
        except Exception:  # noqa: BLE001 - there is nobody to raise it to; the run's row tells it too
            _log.exception("the %s ended unexpectedly", name)
        finally:
            with self._lock:
                del self._running[name]
