"""Keeps who read a feed, and whether its address was still in force when they did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from hub.core.contracts.errors import NotFound
from hub.core.feeds.writing import FeedForm
from hub.core.store import feeds as stored
from hub.core.store.database import Database
from hub.core.store.tables import Feed, FeedRead, FeedVersion

_LONGEST = 200
"""Characters that are kept of what a reader says of itself."""


class UnknownFeed(NotFound):
    """No feed has this address, or it was revoked or rotated; nobody is told which."""

    def __init__(self) -> None:
        super().__init__("there is nothing to read at this address; ask whoever gave it to you for a new one")


@dataclass(frozen=True)
class Reader:
    """Who reads a feed, as far as that is known."""

    address: str
    """Their network address."""
    agent: str
    """What they call themselves."""


class ReadNote:
    """Keeps one reading of a feed.

    Args:
        database: the store's.
        digest: of the secret in the address that was read.
        feed: which one it is.
        form: how it is read.
        reader: who reads.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        digest: str,
        feed: Feed,
        form: FeedForm,
        reader: Reader,
        clock: Callable[[], datetime],
    ) -> None:
        assert feed.id is not None
        self._database = database
        self._digest = digest
        self._feed_id = feed.id
        self._form = form
        self._reader = reader
        self._clock = clock

    def keep(self, status: HTTPStatus, members: int | None = None, version: FeedVersion | None = None) -> None:
        """Keep the reading with how it is answered.

        Args:
            status: of the answer.
            members: how many are handed out; None when none are.
            version: what is handed out, if it is not what is kept.

        Raises:
            UnknownFeed: the feed was revoked, rotated or removed meanwhile.
            TryAgain, StoreError: it can't be kept.
        """
        read = FeedRead(
            feed_id=self._feed_id,
            at=self._clock(),
            address=printable(self._reader.address),
            agent=printable(self._reader.agent),
            form=self._form.value,
            status=status.value,
            members=members,
        )
        with self._database.session(write=True) as session:
            in_force = stored.note_read(session, self._digest, read, version)
        if not in_force:
            raise UnknownFeed


def printable(text: str) -> str:
    """What can be printed of what a stranger sent, cut."""
    return "".join(character for character in text if character.isprintable())[:_LONGEST]
