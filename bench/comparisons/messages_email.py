"""A newsletter by email to a mail server in another process, beside bare smtplib handing over the same bytes."""

import smtplib
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.comparison import Comparison, Work
from bench.mail_sink import Mail, Sink, kept, mail_sink
from bench.readers import HTML, SUBJECT, Route, newsletter_over, readers, sent
from bench.world import World
from hub import ConsentChannel
from hub.core.messaging.templates.contents import Wording

_WORDING = Wording(ConsentChannel.EMAIL, "", SUBJECT, "", HTML)


def comparisons() -> Sequence[Comparison]:
    """Sending by email."""
    return [
        Comparison(
            "message.email",
            send,
            hand_over,
            "a newsletter by email, from choosing its recipients to their receipts",
            "bare smtplib hands over the same bytes, on one connection",
            needs_home=False,
            counted="messages",
        )
    ]


@contextmanager
def send(world: World) -> Iterator[Work]:
    """Send it through the hub."""
    with mail_sink() as sink, readers(world, world.messages, ConsentChannel.EMAIL) as hub:
        newsletter = newsletter_over(hub, _route(sink), _WORDING)

        def work() -> int:
            recipients = sent(hub, newsletter)
            assert sink.taken() == recipients
            return recipients

        yield work


@contextmanager
def hand_over(world: World) -> Iterator[Work]:
    """Send what the hub sent to one server to another that is just like it."""
    mails = recorded(world)
    with mail_sink() as sink, smtplib.SMTP("127.0.0.1", sink.port, "bench.example.com") as smtp:
        assert smtp.sock is not None
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def work() -> int:
            for mail in mails:
                smtp.sendmail(mail.sender, mail.recipient, mail.content)
            return sink.taken()

        yield work


def recorded(world: World) -> Sequence[Mail]:
    """What the hub sends."""
    with tempfile.TemporaryDirectory(dir=world.folder) as folder:
        file = Path(folder) / "mails"
        with mail_sink(file) as sink, readers(world, world.messages, ConsentChannel.EMAIL) as hub:
            sent(hub, newsletter_over(hub, _route(sink), _WORDING))
            sink.taken()  # whatever it took is in the file then
            return kept(file)


def _route(sink: Sink) -> Route:
    settings = {"host": "127.0.0.1", "port": sink.port, "security": "none", "sender": "theatre@example.com"}
    return Route("email", settings)
