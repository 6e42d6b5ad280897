"""Runs syncs in threads of their own, since a run may take hours and a request may not."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress

from hub.api import reading
from hub.core.app import Hub
from hub.core.contracts.errors import HubError, InUse
from hub.core.store.tables import Sync, SyncRun

_LOOK_EVERY = 0.02
"""Seconds between two looks for the row of a run that is just beginning."""
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
        self._running: dict[int, Future[SyncRun]] = {}

    def start(self, sync: Sync, *, approved: bool) -> int:
        """Start a run and return its id once it has one.

        Args:
            sync: which one.
            approved: whether a person agreed to remove as many as it takes.

        Raises:
            InUse: it is running already, here or elsewhere.
        """
        assert sync.id is not None
        before = reading.newest_run_id(self._hub, sync)
        ended = self._begin(sync, lambda: self._hub.syncs.run(sync, approved=approved))
        while True:
            try:
                run = ended.result(_LOOK_EVERY)
            except NotYet:
                begun = reading.run_begun_by(self._hub, sync, self._hub.owner, before)
                if begun is not None:
                    return begun
            else:
                assert run.id is not None
                return run.id

    def close(self) -> None:
        """Ask all runs to end after their current batch, and wait a while for that."""
        with self._lock:
            left = dict(self._running)
        for sync_id in left:
            with suppress(HubError):  # it ended just now, or the store is out of reach
                self._hub.syncs.cancel(reading.sync_of(self._hub, sync_id))
        for ended in left.values():
            with suppress(Exception):  # told where it happened
                ended.result(_PATIENCE)

    def _begin(self, sync: Sync, work: Callable[[], SyncRun]) -> Future[SyncRun]:
        assert sync.id is not None
        ended: Future[SyncRun] = Future()
        with self._lock:
            if sync.id in self._running:
                raise InUse(f"the sync {sync.name!r} is running already; ask for its runs to see how it stands")
            self._running[sync.id] = ended
        threading.Thread(target=self._work, args=(sync, work, ended), name=f"sync {sync.id}", daemon=True).start()
        return ended

    def _work(self, sync: Sync, work: Callable[[], SyncRun], ended: Future[SyncRun]) -> None:
        assert sync.id is not None
        try:
            run = work()
        except HubError as error:
            self._forget(sync.id)
            ended.set_exception(error)
        except Exception as error:  # noqa: BLE001 - it is told, and handed to whoever waits
            _log.exception("the sync %s ended by an error nobody foresaw", sync.name)
            self._forget(sync.id)
            ended.set_exception(error)
        else:
            self._forget(sync.id)
            ended.set_result(run)

    def _forget(self, sync_id: int) -> None:
        with self._lock:
            del self._running[sync_id]
