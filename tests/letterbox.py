"""A real mail server on loopback that keeps what it is sent, slowly if it is told to."""

import asyncio
import email
import email.policy
import socket
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _Handler:
    """What the server does."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.refused: set[str] = set()
        self.delay = 0.0
        self.takes_senders = True

    async def handle_MAIL(  # noqa: N802  # aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.takes_senders:
            return "530 5.7.0 authentication required"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self.delay)
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos[0], mail))
        return "250 OK"


class Letterbox:
    """The server, while a context lasts."""

    def __init__(self) -> None:
        self._handler = _Handler()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        listening = self._socket

        class OnSocket(Controller):
            def _create_server(self) -> Any:
                return self.loop.create_server(self._factory_invoker, sock=listening)

        # Without a name of its own it looks itself up, which takes a second.
        self._server = OnSocket(
            self._handler,
            hostname="127.0.0.1",
            port=self.port,
            server_hostname="mail.example.com",
            ready_timeout=30,
        )

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def mails(self) -> list[tuple[str, EmailMessage]]:
        """What it took, each with the address."""
        return list(self._handler.mails)

    @property
    def addresses(self) -> list[str]:
        """Who was written to, sorted; each as often as they were."""
        return sorted(to for to, _ in self.mails)

    def text_to(self, address: str) -> str:
        """The plain text of the last mail to an address."""
        part = [mail for to, mail in self.mails if to == address][-1].get_body(("plain",))
        assert part is not None
        return str(part.get_content()).strip()

    def be(self, *, delay: float = 0.0, refused: set[str] | None = None, takes_senders: bool = True) -> None:
        """Forget what came, and answer so from now on: after so many seconds, and not for these addresses."""
        self._handler.mails.clear()
        self._handler.delay, self._handler.refused = delay, refused or set()
        self._handler.takes_senders = takes_senders
