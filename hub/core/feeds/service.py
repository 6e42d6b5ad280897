"""What can be done with feeds: make, list, rotate, revoke and remove them, and see who read them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.contracts.errors import UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.feeds.columns import chosen_columns
from hub.core.feeds.secrets import PATH, digest_of, new_secret
from hub.core.feeds.states import FeedState, FeedStates
from hub.core.feeds.writing import FeedForm
from hub.core.segments.references.naming import clean_name
from hub.core.segments.service import Segments
from hub.core.store import feeds as stored
from hub.core.store import segments as stored_segments
from hub.core.store import views as stored_views
from hub.core.store.database import Database
from hub.core.store.tables import Feed, FeedRead, FeedVersion, Organisation


@dataclass(frozen=True)
class IssuedFeed:
    """A feed with its new secret, which is not seen again."""

    feed: Feed
    secret: str

    def __repr__(self) -> str:
        """Without the secret, so that no log has it."""
        return f"IssuedFeed(feed={self.feed.id})"

    def address(self, form: FeedForm, public_url: str) -> str:
        """Where the feed is read.

        Args:
            form: in which form.
            public_url: where the server is reached; empty for the path alone.
        """
        return f"{public_url.rstrip('/')}{PATH}{self.secret}.{form}"


class Feeds:
    """The feeds of one organisation.

    Args:
        database: the store's.
        organisation: whose feeds.
        segments: knows what feeds hand out.
        clock: the time now, in UTC.
    """

    def __init__(
        self, database: Database, organisation: Organisation, segments: Segments, clock: Callable[[], datetime]
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._states = FeedStates(segments)
        self._clock = clock

    def create(
        self,
        name: str,
        segment: str,
        *,
        view: str | None = None,
        columns: Sequence[str] = (),
        permission: str | None,
        channel: ConsentChannel | None = None,
    ) -> IssuedFeed:
        """Let whoever knows a new secret address read a segment. This is the only time the secret is seen.

        Args:
            name: what the feed is called.
            segment: name of the segment.
            view: name of the segment's view that is handed out; the whole segment if None.
            columns: what is told of each member, from ``FEED_COLUMNS``; the usual ones if empty.
            permission: only who gave it is handed out; None when members need no consent for this.
            channel: on which channel it must be given; None: on any.

        Raises:
            NotFound: the segment or the view does not exist.
            NameTaken: a feed has that name.
            UserError: the name or a column will not do, or a channel is named without a permission.
        """
        name = clean_name(name, "feed")
        chosen = chosen_columns(columns)
        if permission is not None and not permission.strip():
            raise UserError("a permission has a name; say which one members must have given")
        if channel is not None and permission is None:
            raise UserError("a channel only makes sense with a permission; leave it out, or name one")
        secret, now = new_secret(), self._clock().replace(microsecond=0)  # as it is stored
        with self._database.session(write=True) as session:
            stored_segments.lock(session, self._organisation_id)
            of = stored_segments.segment_named(session, self._organisation_id, segment)
            through = None if view is None else stored_views.view_named(session, of, view)
            assert of.id is not None
            feed = Feed(
                organisation_id=self._organisation_id,
                name=name,
                segment_id=of.id,
                view_id=through.id if through else None,
                columns=",".join(chosen),
                permission=permission.strip() if permission else None,
                permission_channel=channel.value if channel else None,
                digest=digest_of(secret),
                created_at=now,
                rotated_at=now,
            )
            stored.add_feed(session, feed)
        return IssuedFeed(feed, secret)

    def all(self, *, after: str | None = None, limit: int | None = None) -> Sequence[FeedState]:
        """Feeds by name with how they stand, revoked ones too; for paging from after a name."""
        with self._database.session() as session:
            found = stored.feeds(session, self._organisation_id, after=after, limit=limit)
            return self._states.of(session, found)

    def of_id(self, feed_id: int) -> FeedState:
        """The feed of that id with how it stands.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            found = stored.feed_with_source(session, self._organisation_id, feed_id)
            return self._states.of(session, [found])[0]

    def named(self, name: str) -> Feed:
        """The feed of that name, revoked or not.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.feed_named(session, self._organisation_id, name)

    def rotate(self, feed: Feed) -> IssuedFeed:
        """Give a feed another address; from now on the old one leads nowhere.

        Raises:
            NotFound: the feed was removed.
            UserError: the feed was revoked.
        """
        secret = new_secret()
        with self._database.session(write=True) as session:
            current = stored.feed_of(session, self._organisation_id, feed.id or 0)
            if current.revoked_at is not None:
                raise UserError(f"the feed {current.name!r} was revoked for good; make another one")
            current.digest = digest_of(secret)
            current.rotated_at = self._clock().replace(microsecond=0)
        return IssuedFeed(current, secret)

    def revoke(self, feed: Feed) -> Feed:
        """End a feed for good: its address leads nowhere from now on. It stays in the list with who read it.

        A feed that was revoked before is left as it is.

        Raises:
            NotFound: the feed was removed.
        """
        with self._database.session(write=True) as session:
            current = stored.feed_of(session, self._organisation_id, feed.id or 0)
            current.revoked_at = current.revoked_at or self._clock().replace(microsecond=0)
            version = session.get(FeedVersion, current.id)
            if version is not None:
                session.delete(version)
        return current

    def remove(self, feed: Feed) -> None:
        """Forget a feed and who read it; its address leads nowhere from now on.

        Raises:
            NotFound: it was removed already.
        """
        with self._database.session(write=True) as session:
            stored.delete_feed(session, stored.feed_of(session, self._organisation_id, feed.id or 0))

    def reads(self, feed: Feed, limit: int = 100, *, before: int | None = None) -> Sequence[FeedRead]:
        """The newest readings of a feed, newest first; for paging from before an id."""
        with self._database.session() as session:
            return stored.reads(session, feed, limit, before=before)
