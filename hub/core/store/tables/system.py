"""What the hub keeps about itself: revision, tombstones, claimed firings, access tokens."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant


class Revision(Stored, table=True):
    """One row whose value numbers the transactions that wrote facts.

    It stays locked until the transaction commits, so a revision becomes visible only after all lower ones.
    """

    __tablename__ = "revision"

    id: int = Field(default=1, primary_key=True)
    value: int = Field(default=0, sa_type=BigInteger)
    store: str
    """A random name of this store, so that a replica of another one is never taken for its own."""


class Tombstone(Stored, table=True):
    """A row of a fact table that was deleted: what the replica needs to follow."""

    __tablename__ = "tombstones"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    table_name: str
    row_id: int = Field(sa_type=BigInteger)
    revision: int = Field(sa_type=BigInteger, index=True)


class JobFiring(Stored, table=True):
    """A scheduled moment that a process has claimed: two schedulers never run it twice."""

    __tablename__ = "job_firings"
    __table_args__ = (UniqueConstraint("job", "slot"),)

    id: int | None = Field(default=None, primary_key=True)
    job: str
    slot: datetime = Field(sa_type=Instant)
    claimed_by: str
    claimed_at: datetime = Field(sa_type=Instant)


class AccessToken(Stored, table=True):
    """A token of the REST API: only its SHA-256 is kept."""

    __tablename__ = "access_tokens"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str
    digest: str = Field(unique=True)
    scopes: str
    """Names of what it may do, separated by spaces."""
    created_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
