"""Feeds: secret addresses under which other programs read a segment, and who read them."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant


class Feed(Stored, table=True):
    """A segment, or a view of it, that whoever knows a secret address may read."""

    __tablename__ = "feeds"
    __table_args__ = (UniqueConstraint("organisation_id", "name"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str
    segment_id: int = Field(foreign_key="segments.id")
    view_id: int | None = Field(default=None, foreign_key="views.id")
    """The view of the segment whose members are read; None: the segment's."""
    columns: str
    """The columns that are handed out, separated by commas."""
    permission: str | None = None
    """Only customers who gave this permission are handed out; None when none is needed."""
    permission_channel: str | None = None
    """On which channel; None: on any."""
    digest: str = Field(unique=True)
    """SHA-256 of the secret in the address; the secret itself is kept nowhere."""
    created_at: datetime = Field(sa_type=Instant)
    rotated_at: datetime = Field(sa_type=Instant)
    """When the address in force was made."""
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class FeedVersion(Stored, table=True):
    """What a feed handed out last, so that a reader can be told that nothing changed."""

    __tablename__ = "feed_versions"

    feed_id: int = Field(foreign_key="feeds.id", primary_key=True, ondelete="CASCADE")
    tag: str
    """Digest of all that was handed out: the same tag, the same content."""
    revision: int = Field(sa_type=BigInteger)
    """The facts' revision up to which the content is known to be this."""
    members: bytes
    """A bitmap."""


class FeedRead(Stored, table=True):
    """One reading of a feed."""

    __tablename__ = "feed_reads"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    feed_id: int = Field(foreign_key="feeds.id", index=True, ondelete="CASCADE")
    at: datetime = Field(sa_type=Instant)
    address: str
    """The reader's network address."""
    agent: str
    """What the reader calls itself."""
    form: str
    """csv or json."""
    status: int
    """The HTTP status of the answer."""
    members: int | None = None
    """How many were handed out; None when none were."""
