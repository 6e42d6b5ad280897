"""A real mailbox on loopback: pymap's IMAP server, which must be installed."""

import asyncio
import imaplib
import re
import socket
import ssl
import threading
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import BuiltinHash

USERNAME = "hub"
PASSWORD = "correct horse"  # noqa: S105  # of a server that only tests reach
"""What the server takes."""


@dataclass(frozen=True)
class Kept:
    """A mail as it lies in a folder."""

    subject: str
    is_seen: bool


@dataclass
class Mailbox:
    """A mailbox, and what its owner does with a mail program."""

    port: int = 0
    tls: ssl.SSLContext | None = None
    """What the server protects the line with."""
    starttls: bool = False
    """Whether it begins plain and takes no login before it is protected; if not, it is TLS from the first byte."""

    def put(self, mail: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        """Leave a mail, as if it had come at a time."""
        came = imaplib.Time2Internaldate(at) if at is not None else ""
        with self._opened() as owner:
            _good(owner.append(folder, "", came, re.sub(rb"\r?\n", b"\r\n", mail)))

    def make_folder(self, name: str) -> None:
        """Make a folder; its name is plain ASCII without a space."""
        with self._opened() as owner:
            _good(owner.create(name))

    def kept(self, folder: str = "INBOX") -> Sequence[Kept]:
        """What lies in a folder, the oldest first."""
        with self._opened() as owner:
            _good(owner.select(folder, readonly=True))
            _, found = owner.uid("SEARCH", "ALL")
            return [_kept(owner, uid.decode()) for uid in found[0].split()]

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with (
            imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=trusting, timeout=30)
            if self.tls is not None and not self.starttls
            else imaplib.IMAP4("127.0.0.1", self.port, timeout=30)
        ) as owner:
            if self.starttls:
                owner.starttls(trusting)
            owner.login(USERNAME, PASSWORD)
            yield owner


@contextmanager
def mailbox(tls: ssl.SSLContext | None = None, *, starttls: bool = False) -> Iterator[Mailbox]:
    """Run a server with one empty mailbox.

    Args:
        tls: a certificate and its key; None: the line is not protected.
        starttls: see ``Mailbox.starttls``.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    box = Mailbox(listening.getsockname()[1], tls, starttls)
    loop = asyncio.new_event_loop()
    ending, running = asyncio.Event(), threading.Event()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(_serve(box, listening, ending, running)), name="mailbox"
    )
    thread.start()
    try:
        assert running.wait(30), "the mailbox does not start"
        yield box
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join()
        loop.close()


async def _serve(box: Mailbox, listening: socket.socket, ending: asyncio.Event, running: threading.Event) -> None:
    options = Namespace(
        host=None, port=box.port, debug=False, cert=None, key=None, tls=box.starttls, proxy_protocol=None,
        passlib_cfg=None, demo_data=False, demo_user=USERNAME, demo_password=PASSWORD,
    )  # fmt: skip
    context = box.tls or ssl.create_default_context()
    quick = BuiltinHash(rounds=1)  # each login would take half a second otherwise
    backend, config = await DictBackend.init(
        options, ssl_context=context, invalid_user_sleep=0.0, hash_context=quick
    )
    config.apply_context()
    answer = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    at_once = None if box.starttls else box.tls
    server = await asyncio.start_server(answer, sock=listening, ssl=at_once)
    running.set()
    await ending.wait()
    server.close()
    await server.wait_closed()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _kept(owner: imaplib.IMAP4, uid: str) -> Kept:
    _, answer = owner.uid("FETCH", uid, "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    told, header = next(part for part in answer if isinstance(part, tuple))
    rest = b"".join(part for part in answer if isinstance(part, bytes))
    return Kept(header.decode().partition(":")[2].strip(), b"\\Seen" in told + rest)


def _good(answer: tuple[str, object]) -> None:
    assert answer[0] == "OK", f"the mailbox answers {answer}"
