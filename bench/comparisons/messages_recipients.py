"""Choosing a newsletter's recipients and filling the outbox, beside hand-written SQL in the same database."""

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from bench.comparison import Comparison, Work
from bench.mail_sink import mail_sink
from bench.readers import PERMISSION, Route, newsletter_over, reach_publicly
from bench.world import NOW, World, clock
from hub import ConsentChannel, TryAgain
from hub.core.app import STORE, Hub, open_hub
from hub.core.messaging.channels import Channels
from hub.core.messaging.guarded_channel import GuardedChannel
from hub.core.messaging.templates.contents import Wording

_WORDING = Wording(ConsentChannel.EMAIL, "", "November", "The programme. {{ unsubscribe_url }}", "")
_CHECKS = 2
"""How often a channel is opened to see whether it works, before it is to send."""
_KEY = b"0123456789abcdef0123456789abcdef"


def comparisons() -> Sequence[Comparison]:
    """Choosing recipients."""
    return [
        Comparison(
            "message.recipients",
            choose,
            choose_by_hand,
            "recipients of a newsletter to all who consented, chosen and put into the outbox",
            "SQL in SQLite selects, makes digests, deduplicates and inserts, with the same indexes",
            counted="messages",
        )
    ]


@contextmanager
def choose(world: World) -> Iterator[Work]:
    """Choose them with the hub."""
    with _copied(world) as home, mail_sink() as sink, closing(open_hub(home, clock)) as hub:
        hub.__dict__["channels"] = _Closing(hub)
        settings = {"host": "127.0.0.1", "port": sink.port, "security": "none", "sender": "theatre@example.com"}
        newsletter = newsletter_over(hub, Route("email", settings), _WORDING)

        def work() -> int:
            ended = hub.newsletters.run(newsletter)
            (state,) = hub.newsletters.states([ended])
            assert state.counts == {"queued": ended.recipients}, ended.message
            return ended.recipients

        yield work


@contextmanager
def choose_by_hand(world: World) -> Iterator[Work]:
    """Choose them with one statement."""
    with _copied(world) as home:
        with mail_sink() as sink, closing(open_hub(home, clock)) as hub:
            settings = {"host": "127.0.0.1", "port": sink.port, "security": "none", "sender": "t@example.com"}
            newsletter = newsletter_over(hub, Route("email", settings), _WORDING)
        with closing(sqlite3.connect(home / STORE)) as store:
            store.create_function("digest", 1, _digest, deterministic=True)
            bound = (newsletter.id, newsletter.connections["email"], int(NOW.timestamp()), PERMISSION)

            def work() -> int:
                with store:
                    return store.execute(_BY_HAND, bound).rowcount

            yield work


_BY_HAND = """
    INSERT INTO messages (
        newsletter_id, connection_id, customer_number, channel, address_digest, status, reason, parts, attempts,
        created_at)
    SELECT ?1, ?2, min(number), 'email', digest(lower(email)), 'queued', '', 1, 0, ?3
    FROM customers JOIN (
        SELECT customer_number, given, max(at * 2 + 1 - given) FROM consents
        WHERE permission = ?4 AND channel = 'email' GROUP BY customer_number
    ) AS newest ON newest.customer_number = customers.number
    WHERE newest.given AND email IS NOT NULL
    GROUP BY lower(email)"""


def _digest(address: str) -> str:
    return hashlib.blake2b(f"email:{address}".encode(), digest_size=16, key=_KEY).hexdigest()


@contextmanager
def _copied(world: World) -> Iterator[Path]:
    """A copy of the home, which customers can reach."""
    with tempfile.TemporaryDirectory(dir=world.folder) as folder:
        home = Path(folder) / "home"
        shutil.copytree(world.home, home)
        reach_publicly(home)
        yield home


class _Closing(Channels):
    """Channels that are there when a newsletter is checked, and out of reach when it is to be sent."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub.database, hub.organisation, hub.registry, hub.connections.component)
        self._opened = 0

    def open(self, connection_id: int) -> GuardedChannel:
        """See ``Channels.open``."""
        self._opened += 1
        if self._opened > _CHECKS:
            raise TryAgain("only choosing its recipients is measured")
        return super().open(connection_id)
