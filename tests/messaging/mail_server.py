"""A real mail server on loopback that counts what it takes."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """What it took, by address."""

    port: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    contents: list[bytes] = field(default_factory=list)
    seconds: float = 0.0
    """So long it takes over a message."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's
        """Take a message."""
        await asyncio.sleep(self.seconds)
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken[envelope.rcpt_tos[0]] += 1
        self.contents.append(content)
        return "250 taken"

    def settings(self, sender: str = "theatre@example.com") -> dict[str, object]:
        """What a connection to it needs."""
        return {"host": "127.0.0.1", "port": self.port, "security": "none", "sender": sender}


class _Controller(Controller):
    """aiosmtpd on a port the system chooses."""

    def __init__(self, server: MailServer) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        server.port = self._socket.getsockname()[1]
        # With a name of its own, or it looks itself up, which takes a second.
        super().__init__(
            server, hostname="127.0.0.1", port=server.port, ready_timeout=30, server_hostname="mail.example.com"
        )

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._socket)


@contextmanager
def mail_server(seconds: float = 0.0) -> Iterator[MailServer]:
    """Run a mail server."""
    server = MailServer(seconds=seconds)
    controller = _Controller(server)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
