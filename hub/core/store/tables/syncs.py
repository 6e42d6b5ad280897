"""Connections to other platforms, the syncs that use them, their runs and ledgers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant


class SyncMode(StrEnum):
    """What a sync does to the audience."""

    MIRROR = "mirror"
    """Adds who entered the segment, removes who left."""
    ADD_ONLY = "add_only"
    """Adds who entered; removes only who may no longer be there: erased or without consent."""
    REMOVE_ONLY = "remove_only"
    """Takes the segment's members out of the audience, whoever put them in; adds nobody: suppression."""


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
    REMOVED = "removed"
    """Taken out by a sync that only removes; kept so that it is not done again."""


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
    schedule: str | None = None
    """When a data source is read by itself, as in ``Sync.schedule``; None: only by hand."""
    paused: bool = False
    """Whether its schedule is suspended."""
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class Sync(Stored, table=True):
    """A segment, or a view of it, kept on another platform."""

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
    view_id: int | None = Field(default=None, foreign_key="views.id")
    """The view of the segment whose members are sent; None: the segment's."""
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
    """"on change", "every N minutes|hours|days" or five cron fields; None: only by hand."""
    largest_removal_share: float = 0.5
    """The guard: a run that would remove more than this share asks first."""
    lease_owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    paused: bool = False
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    """When somebody last changed what it does; a run that began before ends."""


class SyncPosition(Stored, table=True):
    """How far a sync has come: what its ledger is known to agree with, so that a run looks at the rest alone.

    Of every customer outside ``open``, the ledger says what it must for the facts at ``revision``. Without a row,
    or in another ``shape``, nothing is known, and a run compares everyone.
    """

    __tablename__ = "sync_positions"

    sync_id: int = Field(foreign_key="syncs.id", primary_key=True)
    shape: str
    """Digest of all that decides who is sent in which form, but for the facts."""
    revision: int = Field(sa_type=BigInteger)
    wanted: bytes
    """A bitmap: the members who were to be sent."""
    allowed: bytes
    """A bitmap: the customers who might be on the platform."""
    unreachable: bytes
    """A bitmap: those who were to be sent and have no identifier the platform knows."""
    refused: bytes
    """A bitmap: those who were to be sent and whom the platform refuses."""
    open: bytes
    """A bitmap: the customers whose entries may say otherwise."""


class SyncReading(Stored, table=True):
    """How far a sync has read back who withdrew on the platform."""

    __tablename__ = "sync_readings"

    sync_id: int = Field(foreign_key="syncs.id", primary_key=True)
    cursor: str | None = None
    read_at: datetime = Field(sa_type=Instant)


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
    withdrawn: int = 0
    """Members who were found to have withdrawn on the platform itself."""
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
    __table_args__ = ({"sqlite_with_rowid": False},)

    sync_id: int = Field(foreign_key="syncs.id", primary_key=True)
    customer_number: int = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    """How the sink finds the member again; a changed address makes a second entry until the old one is gone."""
    digest: str
    """Of all that was sent."""
    state: str


class LedgerReference(Stored, table=True):
    """The ledger turned round: which customers a reference stands for.

    A table and no index, because a first load of a million members pays for it five times over: it is made in one
    go, in order, when a sync first needs it, and kept up from then on.
    """

    __tablename__ = "ledger_references"
    __table_args__ = ({"sqlite_with_rowid": False},)

    sync_id: int = Field(foreign_key="syncs.id", primary_key=True)
    reference: str = Field(primary_key=True)
    customer_number: int = Field(primary_key=True)
