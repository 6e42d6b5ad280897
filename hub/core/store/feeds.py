"""Every query over feeds, what they handed out last, and who read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.contracts.errors import NameTaken, NotFound
from hub.core.store.tables import Feed, FeedRead, FeedVersion, Segment, View, table_of
from hub.core.store.texts import storable

KEPT_READS = 1_000
"""So many of a feed's readings are kept, the newest."""


@dataclass(frozen=True)
class FeedOf:
    """A feed with what it hands out."""

    feed: Feed
    segment: Segment
    view: View | None


def add_feed(session: Session, feed: Feed) -> None:
    """Store a new feed.

    Raises:
        NameTaken: a feed has that name, perhaps a revoked one.
    """
    taken = _find(session, feed.organisation_id, feed.name)
    if taken is not None:
        what, mend = "a feed", "choose another name"
        if taken.revoked_at is not None:
            what, mend = "a revoked feed", "remove it, or choose another name"
        raise NameTaken(f"{what} is called {feed.name!r} already; {mend}")
    session.add(feed)
    session.flush()


def feed_named(session: Session, organisation_id: int, name: str) -> Feed:
    """The feed of that name, revoked or not.

    Raises:
        NotFound: there is none.
    """
    found = _find(session, organisation_id, name)
    if found is None:
        raise NotFound(f"there is no feed {name!r}; `hub feed list` shows those there are")
    return found


def feed_of(session: Session, organisation_id: int, feed_id: int) -> Feed:
    """The feed of that id, revoked or not, held still until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    own = select(Feed).where(Feed.id == feed_id).with_for_update(key_share=True)
    found = session.scalars(own).one_or_none()
    if found is None or found.organisation_id != organisation_id:
        raise NotFound(f"there is no feed {feed_id}")
    return found


def feeds(
    session: Session, organisation_id: int, *, after: str | None = None, limit: int | None = None
) -> Sequence[FeedOf]:
    """Feeds by name with what they hand out, revoked ones too; for paging from after a name."""
    own = _with_source(organisation_id)
    if after is not None:
        own = own.where(col(Feed.name) > after)
    rows = session.execute(own.order_by(col(Feed.name)).limit(limit))
    return [FeedOf(feed, segment, view) for feed, segment, view in rows]


def feed_with_source(session: Session, organisation_id: int, feed_id: int) -> FeedOf:
    """The feed of that id with what it hands out.

    Raises:
        NotFound: there is none.
    """
    found = session.execute(_with_source(organisation_id).where(col(Feed.id) == feed_id)).one_or_none()
    if found is None:
        raise NotFound(f"there is no feed {feed_id}")
    feed, segment, view = found
    return FeedOf(feed, segment, view)


def feed_at(session: Session, organisation_id: int, digest: str) -> tuple[FeedOf, FeedVersion | None] | None:
    """The feed in force at an address, with what it handed out last; None where there is none.

    Args:
        session: the store's.
        organisation_id: whose feeds.
        digest: of the secret in the address.
    """
    in_force = _with_source(organisation_id).where(col(Feed.digest) == digest, col(Feed.revoked_at).is_(None))
    found = session.execute(in_force).one_or_none()
    if found is None:
        return None
    feed, segment, view = found
    return FeedOf(feed, segment, view), session.get(FeedVersion, feed.id)


def feeds_of_segments(session: Session, segment_ids: Sequence[int]) -> Sequence[Feed]:
    """The feeds that hand out any of these segments or a view of theirs, by name."""
    some = select(Feed).where(col(Feed.segment_id).in_(segment_ids))
    return session.scalars(some.order_by(col(Feed.name))).all()


def feeds_of_view(session: Session, view_id: int) -> Sequence[Feed]:
    """The feeds that hand out a view, by name."""
    return session.scalars(select(Feed).where(Feed.view_id == view_id).order_by(col(Feed.name))).all()


def delete_feed(session: Session, feed: Feed) -> None:
    """Delete a feed with all that is kept of it."""
    session.execute(sa.delete(Feed).where(col(Feed.id) == feed.id))


def note_read(session: Session, digest: str, read: FeedRead, version: FeedVersion | None) -> bool:
    """Keep that a feed was read, and what it handed out; forget the oldest readings beyond ``KEPT_READS``.

    Args:
        session: the store's; it writes.
        digest: of the secret in the address that was read.
        read: the reading.
        version: what was handed out, if it is not what is kept.

    Returns:
        Whether the address is still in force. If not, nothing was kept.
    """
    own = select(Feed).where(Feed.id == read.feed_id, Feed.digest == digest, col(Feed.revoked_at).is_(None))
    if session.scalars(own.with_for_update(key_share=True)).one_or_none() is None:
        return False
    session.add(read)
    session.flush()
    table = table_of(FeedRead)
    newest = sa.select(table.c.id).where(table.c.feed_id == read.feed_id).order_by(table.c.id.desc())
    last = newest.offset(KEPT_READS).limit(1).scalar_subquery()
    session.execute(sa.delete(FeedRead).where(table.c.feed_id == read.feed_id, table.c.id <= last))
    if version is not None:
        kept = session.get(FeedVersion, version.feed_id)
        if kept is None or kept.revision <= version.revision:
            session.merge(version)
    return True


def reads(session: Session, feed: Feed, limit: int, *, before: int | None = None) -> Sequence[FeedRead]:
    """The newest readings of a feed, newest first; for paging from before an id."""
    own = select(FeedRead).where(FeedRead.feed_id == feed.id)
    if before is not None:
        own = own.where(col(FeedRead.id) < before)
    return session.scalars(own.order_by(col(FeedRead.id).desc()).limit(limit)).all()


def last_reads(session: Session, feed_ids: Sequence[int]) -> Mapping[int, datetime]:
    """When each of these feeds was read last; none for who never was."""
    query = (
        select(FeedRead.feed_id, sa.func.max(FeedRead.at))
        .where(col(FeedRead.feed_id).in_(feed_ids))
        .group_by(col(FeedRead.feed_id))
    )
    return {feed_id: at for feed_id, at in session.execute(query)}  # noqa: C416 - rows are no pairs


def _with_source(organisation_id: int) -> sa.Select[Feed, Segment, View]:
    joined = sa.select(Feed, Segment, View).join(Segment, col(Segment.id) == Feed.segment_id)
    whole = joined.outerjoin(View, col(View.id) == Feed.view_id)
    return whole.where(col(Feed.organisation_id) == organisation_id)


def _find(session: Session, organisation_id: int, name: str) -> Feed | None:
    if not storable(name):
        return None
    own = select(Feed).where(Feed.organisation_id == organisation_id, Feed.name == name)
    return session.scalars(own).one_or_none()
