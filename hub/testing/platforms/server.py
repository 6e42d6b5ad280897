"""An HTTP server on loopback that platform servers build on: keep-alive, faults, a record of requests."""

import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from hub.testing.platforms.faults import Fault, Faults
from hub.testing.platforms.messages import Recorded, Reply, Request

_LINGER_NOT = struct.pack("ii", 1, 0)


class LoopbackServer:
    """Serves on 127.0.0.1 from a thread while its ``with`` block lasts. Subclasses say ``respond``.

    Attributes:
        faults: what goes wrong next.
        requests: what was asked, oldest first.
        busiest: the most requests that were being answered at one moment.
        closing: set when the server is to end.
        mistakes: exceptions of the platform itself; the first is raised when the block ends.
    """

    def __init__(self, port: int = 0) -> None:
        self.faults = Faults()
        self.requests: list[Recorded] = []
        self.busiest = 0
        self.closing = threading.Event()
        self.mistakes: list[BaseException] = []
        self._busy = 0
        self._lock = threading.Lock()
        self._listener = _Listener(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)

    @property
    def root(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"http://127.0.0.1:{self._listener.server_port}"

    @property
    def url(self) -> str:
        """Where the platform's interface begins."""
        return self.root

    def respond(self, request: Request, busy: int) -> Reply:
        """Answer a request; ``busy`` requests, this one included, are being answered just now."""
        raise NotImplementedError

    def record(self, request: Request, status: int) -> None:
        """Remember a request without its headers."""
        entry = Recorded(request.method, request.path, request.query, len(request.body), status)
        with self._lock:
            self.requests.append(entry)

    def drop_connections(self) -> None:
        """Close all connections; a client that kept one for its next request finds it closed."""
        self._listener.hang_up(socket.SHUT_RDWR)

    @contextmanager
    def occupied(self) -> Iterator[int]:
        """Count a request as being answered; yields how many are, this one included."""
        with self._lock:
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
            busy = self._busy
        try:
            yield busy
        finally:
            with self._lock:
                self._busy -= 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._listener.shutdown()
        self._listener.hang_up()
        self._listener.server_close()
        self._thread.join()
        if self.mistakes and error is None:
            raise self.mistakes[0]


class _Listener(ThreadingHTTPServer):
    """Knows its open connections, so that closing does not wait for idle clients."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], platform: LoopbackServer) -> None:
        self.platform = platform
        self._open: set[socket.socket] = set()
        self._cut: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, _Handler)

    def cut(self, connection: socket.socket) -> None:
        """Close this connection with a reset instead of a farewell."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        with self._guard:
            self._cut.add(connection)

    def hang_up(self, how: int = socket.SHUT_RD) -> None:
        """Wake the threads that wait on idle connections; they find the end and return."""
        with self._guard:
            for connection in self._open:
                with suppress(OSError):  # the client may have gone already
                    connection.shutdown(how)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
            is_cut = request in self._cut
            self._cut.discard(request)
        if is_cut:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in mid-answer is nothing to report; a mistake in a platform is."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            self.platform.mistakes.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "loopback"
    sys_version = ""
    disable_nagle_algorithm = True
    # Room for a whole answer: it leaves only once its request no longer counts as being answered.
    wbufsize = 1 << 22
    server: _Listener

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        request = self._read()
        platform = self.server.platform
        with platform.occupied() as busy:
            self._answer(request, platform.faults.take(request) or Fault(), busy)
        self.wfile.flush()

    def _read(self) -> Request:
        target = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Request(
            method=self.command,
            path=unquote(target.path),
            query=dict(parse_qsl(target.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )

    def _answer(self, request: Request, fault: Fault, busy: int) -> None:
        platform = self.server.platform
        if fault.delay:
            platform.closing.wait(fault.delay)
        if fault.reset == "before":
            self._hang_up(request)
            return
        reply = fault.reply or platform.respond(request, busy)
        if fault.reset == "after":
            self._hang_up(request)
            return
        platform.record(request, reply.status)
        self._send(reply, truncate=fault.truncate)

    def _hang_up(self, request: Request) -> None:
        self.server.platform.record(request, 0)
        self.server.cut(self.connection)
        self.close_connection = True

    def _send(self, reply: Reply, *, truncate: bool) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.body:
            self.send_header("Content-Type", reply.content_type)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if truncate:
            self.close_connection = True
            self.wfile.write(reply.body[: len(reply.body) // 2])
        elif self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is the base class's
        """Requests are recorded, not printed."""
