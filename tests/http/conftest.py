"""A web server on real sockets that answers by a script, faults included."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfine"


@dataclass
class ScriptedServer:
    """Answers one request with each entry of ``script``: raw bytes, empty to break the connection."""

    script: list[bytes] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)
    port: int = 0

    def url(self, rest: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{rest}"

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(65_536)
        head, body = request.split(b"\r\n\r\n", 1)
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            ),
            0,
        )
        while len(body) < length:
            body += connection.recv(65_536)
        self.requests.append(head.split(b"\r\n")[0] + b"|" + body)
        connection.sendall(self.script.pop(0) if self.script else FINE)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    listening = socket.create_server(("127.0.0.1", 0))
    scripted.port = listening.getsockname()[1]
    thread = threading.Thread(target=scripted.serve, args=(listening,), daemon=True)
    thread.start()
    yield scripted
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


@pytest.fixture
def waits() -> list[float]:
    """Collects the seconds a client waits; given to it instead of ``time.sleep``."""
    return []
