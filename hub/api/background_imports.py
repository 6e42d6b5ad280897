"""Runs imports of connected sources in threads of their own, since one may take hours and a request may not."""

import logging
import threading
from contextlib import suppress

from hub.core.app import Hub
from hub.core.contracts.errors import HubError
from hub.core.ingest.pulling import BegunPull
from hub.core.store.tables import Connection

_PATIENCE = 20.0
"""Seconds a server that stops waits for imports to end after their batch."""

_log = logging.getLogger(__name__)


class BackgroundImports:
    """Starts imports of one hub's connected sources, at most one of each.

    A thread that is still at work when its process ends is cut off; the next run goes on from there.

    Args:
        hub: whose sources.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._lock = threading.Lock()
        self._running: dict[int, tuple[Connection, threading.Thread]] = {}

    def start(self, source: Connection, *, approved: bool) -> int:
        """Start a run and return its id.

        Args:
            source: which one.
            approved: whether a person agreed to whatever is deleted.

        Raises:
            InUse: it is being imported already, here or elsewhere.
        """
        begun = self._hub.sources.begin(source)
        thread = threading.Thread(
            target=self._finish,
            args=(begun,),
            kwargs={"approved": approved},
            name=f"import {begun.run_id}",
            daemon=True,
        )
        with self._lock:
            self._running[begun.run_id] = (source, thread)
        thread.start()
        return begun.run_id

    def close(self) -> None:
        """Ask all imports to end after their current batch, and wait a while for that."""
        with self._lock:
            left = list(self._running.values())
        for source, _ in left:
            with suppress(HubError):  # it ended just now, or the store is out of reach
                self._hub.sources.cancel(source)
        for _, thread in left:
            thread.join(_PATIENCE)

    def _finish(self, begun: BegunPull, *, approved: bool) -> None:
        try:
            self._hub.sources.finish(begun, approved=approved)
        except Exception:  # noqa: BLE001 - there is nobody to raise it to; the run's row tells it too
            _log.exception("the import of %s ended unexpectedly", begun.source.name)
        finally:
            with self._lock:
                del self._running[begun.run_id]
