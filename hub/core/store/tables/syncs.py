"""Connections to other platforms, the syncs that use them, their runs and ledgers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant


class SyncMode(StrEnum):
    """What a sync does to the audience."""

    MIRROR = "mirror"
    """Adds who entered the segment, removes who left."""
    ADD_ONLY = "add_only"
    """Adds who entered; removes only who may no longer be there: erased or without consent."""


class RunStatus(StrEnum):
    """How a run stands or ended."""

    RUNNING = "running"
    """At work; its lease is renewed with every batch."""
    SUCCEEDED = "succeeded"
    """The platform holds what it should."""
    PARTIAL = "partial"
    """Done, but the platform rejected some members; each is listed with its reason."""
    HELD = "held"
    """Stopped by a guard before anything was removed; it waits for a person's approval."""
    FAILED = "failed"
    """Ended by an error, which is told; the next run goes on from there."""
    CANCELLED = "cancelled"
    """Ended on request; the next run goes on from there."""
    INTERRUPTED = "interrupted"
    """Its process died; the next run goes on from there."""


class LedgerState(StrEnum):
    """What the hub knows of a member on the other side."""

    SENDING = "sending"
    """Sent, not confirmed: the platform may hold it."""
    HELD = "held"
    """Confirmed: the platform holds it."""
    REMOVING = "removing"
    """Removal sent, not confirmed: the platform may still hold it."""
    REJECTED = "rejected"
    """Refused: the platform does not hold it; sent again once it changes."""


class Connection(Stored, table=True):
    """A configured component of a plugin: settings under a name, secrets sealed."""

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("organisation_id", "name"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str
    kind: str
    """Which contract: data_source, audience_sink or message_channel."""
    component: str
    """The component's name within its kind."""
    settings: str
    """JSON; secrets in it are encrypted."""
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class Sync(Stored, table=True):
    """A segment kept on another platform."""

    __tablename__ = "syncs"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        UniqueConstraint("connection_id", "audience_name"),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str
    segment_id: int = Field(foreign_key="segments.id")
    connection_id: int = Field(foreign_key="connections.id")
    audience_name: str
    audience: str | None = None
    """The platform's id of the audience, once it is known."""
    mode: str = SyncMode.MIRROR
    permission: str | None = None
    """Only customers who gave this permission are sent."""
    permission_channel: str | None = None
    """On which channel; None: on any."""
    schedule: str | None = None
    """"every N minutes|hours" or five cron fields; None: only by hand."""
    largest_removal_share: float = 0.5
    """The guard: a run that would remove more than this share asks first."""
    lease_owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    paused: bool = False
    created_at: datetime = Field(sa_type=Instant)


class SyncRun(Stored, table=True):
    """One run of a sync and how it ended."""

    __tablename__ = "sync_runs"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    sync_id: int = Field(foreign_key="syncs.id", index=True)
    started_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    status: str = RunStatus.RUNNING
    message: str = ""
    """One sentence for people."""
    to_add: int = 0
    to_update: int = 0
    to_remove: int = 0
    added: int = 0
    updated: int = 0
    removed: int = 0
    rejected: int = 0
    unreachable: int = 0
    """Members of the segment without consent or without an identifier the platform knows."""
    cancel_requested: bool = False


class SyncRejection(Stored, table=True):
    """A member the platform refused in a run."""

    __tablename__ = "sync_rejections"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="sync_runs.id", index=True)
    customer_number: int
    reason: str
    permanent: bool = True


class LedgerEntry(Stored, table=True):
    """What the other side holds, or may hold, of one customer.

    It outlives the customer's row on purpose: an erased customer is removed by what was sent.
    """

    __tablename__ = "ledger_entries"

    sync_id: int = Field(foreign_key="syncs.id", primary_key=True)
    customer_number: int = Field(primary_key=True)
    reference: str = Field(primary_key=True, index=True)
    """How the sink finds the member again; a changed address makes a second entry until the old one is gone."""
    digest: str
    """SHA-256 of all that was sent."""
    state: str
