"""Runs of syncs and rejected members as they travel."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from hub.api.models.base import Model, NextCursor

Status = Literal["running", "succeeded", "partial", "held", "failed", "cancelled", "interrupted"]


class NewRun(Model):
    """How a run is to be started."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"approved": True}, {"retry": True}]})

    approved: bool = Field(
        False, description="whether a person agreed that the run removes as many members as it takes"
    )
    retry: bool = Field(
        False, description="whether members who were refused are sent again, though nothing about them changed"
    )
    afresh: bool = Field(False, description="whether all members are sent again, whatever the platform holds")


class RunOut(Model):
    """One run of a sync and how it stands or ended."""

    model_config = ConfigDict(
        title="Run",
        json_schema_extra={
            "examples": [
                {
                    "id": 5, "sync_id": 1, "status": "partial", "started_at": "2026-01-31T09:30:00Z",
                    "ended_at": "2026-01-31T09:31:10Z", "duration_seconds": 70,
                    "message": "39 added, 3 updated, 12 removed; 1 rejected, each with its reason",
                    "to_add": 40, "to_update": 3, "to_remove": 12, "added": 39, "updated": 3, "removed": 12,
                    "rejected": 1, "unreachable": 25, "withdrawn": 0, "cancel_requested": False,
                }
            ]
        },
    )  # fmt: skip

    id: int = Field(description="its id, which never changes")
    sync_id: int = Field(description="id of the sync it is a run of")
    status: Status = Field(
        description="running; succeeded; partial: done, but some members were rejected; held: stopped before too "
        "many were removed, start one with `approved` if that is right; failed; cancelled; interrupted: its "
        "process died. The next run goes on from wherever one ended"
    )
    started_at: datetime = Field(description="when it began")
    ended_at: datetime | None = Field(description="when it ended; null while it is running")
    duration_seconds: int | None = Field(description="how long it took; null while it is running")
    message: str = Field(description="how it ended, in one sentence for people; empty while it is running")
    to_add: int = Field(description="members it meant to add")
    to_update: int = Field(description="members it meant to send again")
    to_remove: int = Field(description="members it meant to remove")
    added: int = Field(description="members added so far")
    updated: int = Field(description="members sent again so far")
    removed: int = Field(description="members removed so far")
    rejected: int = Field(description="members the platform refused so far")
    unreachable: int = Field(
        description="members of the segment without permission or without an identifier the platform knows"
    )
    withdrawn: int = Field(description="members who were found to have withdrawn on the platform itself")
    cancel_requested: bool = Field(description="whether somebody asked it to end after its current batch")


class RunPage(Model):
    """A page of a sync's runs, newest first."""

    items: list[RunOut] = Field(description="the runs of this page")
    next_cursor: NextCursor


class RejectionOut(Model):
    """A member the platform refused."""

    model_config = ConfigDict(
        title="Rejection",
        json_schema_extra={
            "examples": [{"number": 17, "external_id": "C-17", "reason": "the address bounced", "permanent": True}]
        },
    )

    number: int = Field(description="the customer's number in the hub")
    external_id: str | None = Field(description="the customer's id in its source; null if the customer is gone")
    reason: str = Field(description="why, in the platform's words")
    permanent: bool = Field(description="whether the same member would be refused again")


class RejectionPage(Model):
    """A page of a run's rejected members."""

    items: list[RejectionOut] = Field(description="the rejected members of this page")
    next_cursor: NextCursor
