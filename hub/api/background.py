"""Runs syncs in threads of their own, since a run may take hours and a request may not."""

import logging
import threading
from contextlib import suppress

from hub.core.app import Hub
from hub.core.contracts.errors import HubError
from hub.core.store.tables import Sync
from hub.core.sync.progress import BegunRun
from hub.core.sync.runner import AS_USUAL, Manner

_PATIENCE = 20.0
"""Seconds a server that stops waits for its runs to end after their batch."""

_log = logging.getLogger(__name__)


class BackgroundRuns:
    """Starts runs of one hub, at most one of each sync.

    A thread that is still at work when its process ends is cut off; the next run goes on from there.

    Args:
        hub: whose syncs.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._lock = threading.Lock()
        self._running: dict[int, tuple[int, threading.Thread]] = {}

    def start(self, sync: Sync, manner: Manner = AS_USUAL) -> int:
        """Start a run and return its id.

        Args:
            sync: which one.
            manner: how it is to be done.

        Raises:
            InUse: it is running already, here or elsewhere.
        """
        begun = self._hub.syncs.begin(sync)
        thread = threading.Thread(
            target=self._finish,
            args=(begun, manner),
            name=f"run {begun.run_id}",
            daemon=True,
        )
        with self._lock:
            self._running[begun.run_id] = (begun.sync_id, thread)
        thread.start()
        return begun.run_id

    def close(self) -> None:
        """Ask all runs to end after their current batch, and wait a while for that."""
        with self._lock:
            left = list(self._running.values())
        for sync_id, _ in left:
            with suppress(HubError):  # it ended just now, or the store is out of reach
                self._hub.syncs.cancel(self._hub.syncs.of_id(sync_id))
        for _, thread in left:
            thread.join(_PATIENCE)

    def _finish(self, begun: BegunRun, manner: Manner) -> None:
        try:
            self._hub.syncs.finish(begun, manner)
        except Exception:  # noqa: BLE001 - there is nobody to raise it to; the run's row tells it too
            _log.exception("a run of the sync %s ended unexpectedly", begun.sync.name)
        finally:
            with self._lock:
                del self._running[begun.run_id]
