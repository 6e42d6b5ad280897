"""A real mail server on loopback that can be told to misbehave, and channels set up for it."""

import asyncio
import email
import email.policy
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hub_email.channel import EmailChannel
from hub_email.settings import EmailSettings

from hub import Context
from hub.testing.channels import Arrived, Fault

PASSWORD = "correct horse"
"""What the server takes from user ``hub``."""


@dataclass
class MailPlatform:
    """What the server does, and what it took."""

    port: int = 0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    replies: dict[str, list[str]] = field(default_factory=dict)
    """By command, answers to give instead of the usual ones."""
    commands: list[str] = field(default_factory=list)
    logins: int = 0

    def arrived(self) -> list[Arrived]:
        return [_arrived(to, parsed(content)) for to, content in self.taken]

    def fail_next(self, fault: Fault) -> None:
        self.faults.append(fault)

    def only(self) -> EmailMessage:
        """The only message taken."""
        ((_, content),) = self.taken
        return parsed(content)

    def takes(self, *faults: Fault) -> Fault | None:
        """The fault of the next message, if it is one of these; it is used up then."""
        return self.faults.pop(0) if self.faults and self.faults[0] in faults else None

    def reply(self, command: str) -> str | None:
        waiting = self.replies.get(command)
        return waiting.pop(0) if waiting else None

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, way: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins += 1
        message = self.reply("AUTH")
        known = message is None and (data.login, data.password) == (b"hub", PASSWORD.encode())
        return AuthResult(success=known, handled=False, message=message)

    async def handle_MAIL(  # noqa: N802  # aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.commands.append(f"MAIL {address} {' '.join(options)}".strip())
        refusal = self.reply("MAIL")
        if refusal is not None:
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.commands.append(f"RCPT {address}")
        refusal = self.reply("RCPT")
        if refusal is not None:
            return refusal
        match self.takes(Fault.REFUSE, Fault.BUSY, Fault.DROP_BEFORE):
            case Fault.REFUSE:
                return "550 5.1.1 no such user"
            case Fault.BUSY:
                return "451 4.7.1 greylisted"
            case Fault.DROP_BEFORE:
                hang_up(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        refusal = self.reply("DATA")
        if refusal is not None:
            return refusal
        assert isinstance(envelope.original_content, bytes)
        self.taken.append((envelope.rcpt_tos[0], envelope.original_content))
        if self.takes(Fault.DROP_AFTER):
            hang_up(server)
        return "250 OK"


class MailServer(Controller):
    """aiosmtpd on a port the system chooses."""

    def __init__(self, platform: MailPlatform, **options: Any) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        platform.port = self._socket.getsockname()[1]
        usual: dict[str, Any] = {
            "authenticator": platform.authenticate,
            "auth_require_tls": False,
            "server_hostname": "mail.example.com",  # or it looks itself up, which takes a second
        }
        super().__init__(platform, hostname="127.0.0.1", port=platform.port, ready_timeout=30, **(usual | options))

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._socket, ssl=self.ssl_context)


def hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()
    raise asyncio.CancelledError


def parsed(content: bytes) -> EmailMessage:
    return email.message_from_string(content.decode(), policy=email.policy.default)


def _arrived(to: str, mail: EmailMessage) -> Arrived:
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    unsubscribe = mail["List-Unsubscribe"]
    return Arrived(
        to=to,
        text=text.get_content(),
        subject=mail["Subject"] or "",
        html=html.get_content() if html is not None else None,
        unsubscribe_url=unsubscribe.strip("<>") if unsubscribe else None,
    )


Serve = Callable[..., MailPlatform]
MakeChannel = Callable[..., EmailChannel]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start mail servers; arguments are aiosmtpd's."""
    servers: list[MailServer] = []

    def start(**options: Any) -> MailPlatform:
        platform = MailPlatform()
        server = MailServer(platform, **options)
        server.start()
        servers.append(server)
        return platform

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PEM file with a certificate for 127.0.0.1 that signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test mail server")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("authority") / "authority.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture(scope="session")
def tls(authority: Path) -> ssl.SSLContext:
    """What a server with that certificate needs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    return context


@pytest.fixture
def platform(serve: Serve) -> MailPlatform:
    return serve()


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with httpx.Client() as client:
        yield Context(
            http=client,
            clock=lambda: datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
            log=logging.getLogger("tests.email"),
            time_zone=ZoneInfo("Europe/Berlin"),
            currency="EUR",
            country="DE",
            folder=tmp_path,
        )


@pytest.fixture
def make_channel(context: Context) -> Iterator[MakeChannel]:
    """Make channels for a port of this machine; they are closed afterwards."""
    channels: list[EmailChannel] = []

    def make(port: int, **changed: Any) -> EmailChannel:
        values = {"host": "127.0.0.1", "security": "none", "sender": "kasse@example.com", "timeout": 20}
        channel = EmailChannel(EmailSettings(port=port, **(values | changed)), context)
        channels.append(channel)
        return channel

    yield make
    for channel in channels:
        channel.close()


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


@pytest.fixture
def parse() -> Callable[[bytes], EmailMessage]:
    return parsed
