"""Answers who asks at a feed's address: looks up the secret, evaluates, and keeps who read."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import pyarrow as pa

from hub.core.contracts.errors import HubError, TryAgain
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.engine import Snapshot
from hub.core.feeds.columns import rows_of
from hub.core.feeds.notes import Reader, ReadNote, UnknownFeed, printable
from hub.core.feeds.secrets import digest_of
from hub.core.feeds.writing import FeedForm, tag_of
from hub.core.segments.definition import Tree
from hub.core.segments.evaluator import Evaluator
from hub.core.segments.people.permitted import permitted
from hub.core.segments.references.references import reference_to
from hub.core.segments.service import Segments
from hub.core.segments.views import Views
from hub.core.store import feeds as stored
from hub.core.store.database import Database
from hub.core.store.feeds import FeedOf
from hub.core.store.revisions import current_revision
from hub.core.store.tables import FeedVersion, Organisation

_ATTEMPTS = 3
"""How often members and their data are read until both are of one revision."""

_log = logging.getLogger(__name__)


class FeedUnavailable(TryAgain):
    """The feed can't be answered just now. Why, ``hub feed list`` and the server's log say."""

    def __init__(self, after: float | None = None) -> None:
        super().__init__("this can't be answered just now; whoever runs the hub finds why in its log", after)


@dataclass(frozen=True)
class Handout:
    """What a reader is answered."""

    feed_id: int
    tag: str
    """The same tag, the same content. Empty when the store was written to all the while."""
    rows: pa.Table | None
    """What is told of the members; None for a reader who has it already, or wants no content."""
    about: Mapping[str, Any]
    """What else is told, fit for JSON."""
    unchanged: bool
    """Whether the reader has just this content already."""


class FeedReading:
    """Reads the feeds of one organisation.

    Args:
        database: the store's.
        organisation: whose feeds.
        evaluator: answers definitions.
        segments: the organisation's.
        views: of its segments.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        evaluator: Callable[[], Evaluator],
        segments: Segments,
        views: Views,
        clock: Callable[[], datetime],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._currency = organisation.currency
        self._evaluator = evaluator
        self._segments = segments
        self._views = views
        self._clock = clock

    def read(
        self, secret: str, form: FeedForm, reader: Reader, knows: Callable[[str], bool], *, content: bool = True
    ) -> Handout:
        """Answer a reader, and keep that they asked. Whoever is handed out is listed only after that is kept.

        Args:
            secret: from the address.
            form: how it is read.
            reader: who reads.
            knows: whether the reader has the content of a tag already.
            content: whether the reader wants content, and not the tag alone.

        Raises:
            UnknownFeed: the address leads nowhere, or does no longer.
            FeedUnavailable: the feed can't be answered just now.
        """
        digest = digest_of(secret)
        try:
            found = self._at(digest)
        except HubError as error:
            _log.error("a feed could not be looked up: %s", error)
            raise FeedUnavailable(getattr(error, "after", None)) from error
        if found is None:
            _log.warning("%s asked for a feed that there is not", printable(reader.address) or "somebody")
            raise UnknownFeed
        feed, kept = found
        note = ReadNote(self._database, digest, feed.feed, form, reader, self._clock)
        try:
            handout, version = self._handout(feed, kept, knows, content=content)
            status = HTTPStatus.NOT_MODIFIED if handout.unchanged else HTTPStatus.OK
            note.keep(status, None if handout.rows is None else handout.rows.num_rows, version)
        except UnknownFeed:
            raise
        except HubError as error:
            _log.error("the feed %r can't be answered: %s", feed.feed.name, error)
            with suppress(HubError):
                note.keep(HTTPStatus.SERVICE_UNAVAILABLE)
            raise FeedUnavailable(getattr(error, "after", None)) from error
        return handout

    def _at(self, digest: str) -> tuple[FeedOf, FeedVersion | None] | None:
        with self._database.session() as session:
            return stored.feed_at(session, self._organisation_id, digest)

    def _handout(
        self, feed: FeedOf, kept: FeedVersion | None, knows: Callable[[str], bool], *, content: bool
    ) -> tuple[Handout, FeedVersion | None]:
        """What is answered, with the version to be kept, if another one than is."""
        assert feed.feed.id is not None
        calendar = self._segments.calendar()
        tree = self._tree(feed)
        columns = feed.feed.columns.split(",")
        rows: pa.Table | None = None
        for _ in range(_ATTEMPTS):
            newest = current_revision(self._database)
            with self._evaluator().snapshot(calendar) as snapshot:
                evaluation = self._evaluator().evaluate_over(snapshot, [tree], calendar)[0]
                members = evaluation.members & permitted(
                    snapshot, feed.feed.permission, feed.feed.permission_channel
                )
                revision = snapshot.revision
                is_behind = revision < newest  # an engine over a publication, which the store has left behind
                same = kept is not None and not is_behind and _is_same(kept, snapshot, members)
            tag = kept.tag if kept is not None and same else ""
            if not tag or (content and not knows(tag)):
                rows = rows_of(self._database, self._organisation_id, self._evaluator(), members, columns)
                if is_behind:
                    break
                if current_revision(self._database) != revision:  # nobody knows which of the two the data are of
                    continue
                tag = tag or tag_of(feed.feed.name, rows)
            is_kept = same and kept is not None and kept.revision == revision
            version = FeedVersion(feed_id=feed.feed.id, tag=tag, revision=revision, members=members.to_bytes())
            told = None if knows(tag) or not content else rows
            return self._told(feed, told, len(members), tag, unchanged=knows(tag)), None if is_kept else version
        assert rows is not None
        return self._told(feed, rows if content else None, rows.num_rows), None

    def _tree(self, feed: FeedOf) -> Tree:
        return self._views.tree(feed.view) if feed.view is not None else reference_to(feed.segment.name)

    def _told(
        self, feed: FeedOf, rows: pa.Table | None, count: int, tag: str = "", *, unchanged: bool = False
    ) -> Handout:
        assert feed.feed.id is not None
        about = {
            "feed": feed.feed.name,
            "generated_at": f"{self._clock():%Y-%m-%dT%H:%M:%SZ}",
            "currency": self._currency,
            "count": count,
        }
        return Handout(feed.feed.id, tag, rows, about, unchanged)


def _is_same(kept: FeedVersion, snapshot: Snapshot, members: Bitmap) -> bool:
    """Whether what was handed out last is sure to be what there is: nobody entered or left, nobody was touched."""
    if kept.revision > snapshot.revision or Bitmap.from_bytes(kept.members) != members:
        return False
    changed = snapshot.changed_since(kept.revision)
    return changed is not None and not len(changed & members)
