"""Tells now and then that a run is at work, also while a source reads for long before its first batch."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from hub.core.contracts.errors import HubError


@contextmanager
def heartbeat(beat: Callable[[], None], every: timedelta) -> Iterator[None]:
    """Call ``beat`` at an interval from a thread of its own, as long as the context lasts.

    A beat that fails because the store is locked or out of reach is left out; the next one may succeed.
    """
    done = threading.Event()

    def work() -> None:
        while not done.wait(every.total_seconds()):
            with suppress(HubError):
                beat()

    thread = threading.Thread(target=work, name="import heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
