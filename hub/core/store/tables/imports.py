"""Runs of imports from connected sources, and the rows they could not take."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant


class ImportStatus(StrEnum):
    """How an import stands or ended."""

    RUNNING = "running"
    """At work."""
    SUCCEEDED = "succeeded"
    """Everything was taken."""
    PARTIAL = "partial"
    """Done, but some rows could not be taken; each is listed with its reason."""
    FAILED = "failed"
    """Ended by an error, which is told; the next run goes on after the last stored batch."""
    CANCELLED = "cancelled"
    """Ended on request; the next run goes on after the last stored batch."""
    INTERRUPTED = "interrupted"
    """Its process died; the next run goes on after the last stored batch."""


class ImportRun(Stored, table=True):
    """One reading of a connected data source and how it ended."""

    __tablename__ = "import_runs"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    connection_id: int = Field(foreign_key="connections.id", index=True)
    started_at: datetime = Field(sa_type=Instant)
    heard_at: datetime = Field(sa_type=Instant)
    """When it last told that it is at work: one that is silent for too long died."""
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    status: str = ImportStatus.RUNNING
    message: str = ""
    """One sentence for people."""
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0
    cancel_requested: bool = False


class ImportRejection(Stored, table=True):
    """A row that an import could not take."""

    __tablename__ = "import_rejections"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="import_runs.id", index=True)
    line: int
    """Line of the source, from 1; 0 when it has no lines."""
    field: str
    """The field that is wrong, or empty when it is the whole row."""
    reason: str
