"""Syncs as they travel."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from hub.api.models.base import Change, Model, Name, NextCursor

Mode = Literal["mirror", "add_only", "remove_only"]
Channel = Literal["email", "sms", "phone", "messenger", "viber"]

_MODES = (
    "mirror adds who entered and removes who left; add_only removes only who may no longer be there: erased or "
    "without permission; remove_only takes the members out of the audience, whoever put them in, and adds nobody"
)
_SCHEDULE = "`on change`, `every 15 minutes`, `every hour` or five cron fields"
_SYNC: dict[str, JsonValue] = {
    "id": 1, "name": "Newsletter list", "segment_id": 1, "segment": "Regulars", "view_id": None, "view": None,
    "connection": "mailing", "audience": "Regulars", "audience_id": "a1b2", "mode": "mirror",
    "permission": "newsletter", "channel": "email", "schedule": "on change", "largest_removal_share": 0.5,
    "paused": False, "created_at": "2026-01-02T08:00:00Z", "changed_at": "2026-01-02T08:00:00Z",
}  # fmt: skip


class NewSync(Model):
    """A sync to be made: a segment, or a view of it, kept on another platform."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Newsletter list", "segment": "Regulars", "connection": "mailing",
                    "permission": "newsletter", "channel": "email", "schedule": "on change",
                }
            ]
        }
    )  # fmt: skip

    name: Name = Field(description="what it is called")
    segment: Name = Field(description="name of the segment to be kept elsewhere")
    view: Name | None = Field(None, description="name of a view of the segment, whose members are sent instead")
    connection: Name = Field(description="name of the connection to the platform, made with `hub connect`")
    audience: Name | None = Field(
        None, description="what it is called there; the segment's name, or the view's, if left out"
    )
    mode: Mode = Field("mirror", description=_MODES)
    permission: Name | None = Field(
        description="only customers who gave this permission are sent; null, which must be said, when none is "
        "needed, as for remove_only, which sends nobody"
    )
    channel: Channel | None = Field(
        None, description="the channel on which the permission must be given; any if left out"
    )
    schedule: Name | None = Field(None, description=f"{_SCHEDULE}; only by hand if left out")
    largest_removal_share: float = Field(
        0.5, ge=0, le=1, description="a run that would remove more than this share of the audience asks first"
    )


class SyncChange(Change):
    """What is to be changed of a sync; what is left out stays as it is."""

    may_be_null = frozenset({"permission", "channel", "schedule"})

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"schedule": "every hour", "largest_removal_share": 0.2},
                {"mode": "mirror", "permission": "newsletter", "channel": None},
            ]
        }
    )

    name: Name | None = Field(None, description="its new name")
    mode: Mode | None = Field(None, description=_MODES)
    permission: Name | None = Field(
        None,
        description="only customers who gave this permission are sent; null when none is needed. It must be said "
        "when a sync that only removed begins to send",
    )
    channel: Channel | None = Field(
        None, description="the channel on which the permission must be given; null for any"
    )
    schedule: Name | None = Field(None, description=f"{_SCHEDULE}; null for only by hand")
    largest_removal_share: float | None = Field(
        None, ge=0, le=1, description="a run that would remove more than this share of the audience asks first"
    )


class SyncOut(Model):
    """A segment, or a view of it, kept on another platform."""

    model_config = ConfigDict(title="Sync", json_schema_extra={"examples": [_SYNC]})

    id: int = Field(description="its id, which never changes")
    name: str = Field(description="what it is called")
    segment_id: int = Field(description="id of the segment")
    segment: str = Field(description="name of the segment")
    view_id: int | None = Field(description="id of the view whose members are sent; null for all of the segment")
    view: str | None = Field(description="name of that view")
    connection: str = Field(description="name of the connection to the platform")
    audience: str = Field(description="what the audience is called there")
    audience_id: str | None = Field(description="the platform's own id of the audience; null before the first run")
    mode: Mode = Field(description="mirror, add_only or remove_only")
    permission: str | None = Field(
        description="the permission without which nobody is sent; null if none is needed"
    )
    channel: Channel | None = Field(description="the channel on which it must be given; null for any")
    schedule: str | None = Field(description="when it runs by itself; null for only by hand")
    largest_removal_share: float = Field(description="a run that would remove a larger share asks first")
    paused: bool = Field(description="whether its schedule is suspended")
    created_at: datetime = Field(description="when it was made")
    changed_at: datetime = Field(description="when somebody last changed what it does")


class SyncPage(Model):
    """A page of syncs by name."""

    items: list[SyncOut] = Field(description="the syncs of this page")
    next_cursor: NextCursor
