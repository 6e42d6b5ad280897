"""A few connections to the mail server, kept as long as they hold and lent to one thread at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from hub import Rejected, TryAgain
from hub_email.compose import Composed
from hub_email.connection import Connection, Gone


class Pool:
    """Sends over whichever connection is free, and makes new ones up to a limit.

    Args:
        connect: makes a connection.
        size: the most connections at a time; who finds them all in use waits.
    """

    def __init__(self, connect: Callable[[], Connection], size: int) -> None:
        self._connect = connect
        self._size = size
        self._places = threading.BoundedSemaphore(size)
        self._closing = threading.Lock()
        self._idle: list[Connection] = []

    def deliver(self, composed: Composed) -> None:
        """Hand a message over.

        Raises:
            Gone: the server ended a new connection before it was given the message.
            Exception: as ``Connection`` and ``Connection.send``.
        """
        with self._places:
            kept = self._take()
            if kept is not None:
                # Servers close connections that were idle or carried enough: then a new one is made.
                with suppress(Gone):
                    self._hand_over(kept, composed)
                    return
            self._hand_over(self._connect(), composed)

    def quit(self) -> None:
        """Take leave of the server on every connection, once what is under way is through."""
        with self._all_places():
            while (connection := self._take()) is not None:
                connection.quit()

    def hang_up(self) -> None:
        """Close the connections that nobody uses, without ceremony."""
        while (connection := self._take()) is not None:
            connection.close()

    def _take(self) -> Connection | None:
        """The connection that was used last: the others may rest and be closed by the server."""
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _hand_over(self, connection: Connection, composed: Composed) -> None:
        try:
            connection.send(composed)
        except (Rejected, TryAgain):
            if connection.reset():
                self._idle.append(connection)
            else:
                connection.close()
            raise
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    @contextmanager
    def _all_places(self) -> Iterator[None]:
        with self._closing:  # or two who close would each hold half of the places
            for _ in range(self._size):
                self._places.acquire()
            try:
                yield
            finally:
                self._places.release(self._size)
