"""Syncs and what a run of one would do, as they travel."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from hub.api.models.base import Model, Name, NextCursor

Mode = Literal["mirror", "add_only"]
Channel = Literal["email", "sms", "phone", "messenger", "viber"]


class NewSync(Model):
    """A sync to be made: a segment kept on another platform."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Newsletter list", "segment": "Regulars", "connection": "mailing",
                    "permission": "newsletter", "channel": "email", "schedule": "every 15 minutes",
                }
            ]
        }
    )  # fmt: skip

    name: Name = Field(description="what it is called")
    segment: Name = Field(description="name of the segment to be kept elsewhere")
    connection: Name = Field(description="name of the connection to the platform, made with `hub connect`")
    audience: Name | None = Field(None, description="what it is called there; the segment's name if left out")
    mode: Mode = Field(
        "mirror",
        description="mirror adds who entered and removes who left; add_only removes only who may no longer be "
        "there: erased or without permission",
    )
    permission: Name | None = Field(
        description="only customers who gave this permission are sent; null, which must be said, when none is "
        "needed"
    )
    channel: Channel | None = Field(
        None, description="the channel on which the permission must be given; any if left out"
    )
    schedule: Name | None = Field(
        None, description="`every 15 minutes`, `every hour` or five cron fields; only by hand if left out"
    )
    largest_removal_share: float = Field(
        0.5, ge=0, le=1, description="a run that would remove more than this share of the audience asks first"
    )


class SyncOut(Model):
    """A segment kept on another platform."""

    model_config = ConfigDict(
        title="Sync",
        json_schema_extra={
            "examples": [
                {
                    "id": 1, "name": "Newsletter list", "segment_id": 1, "segment": "Regulars",
                    "connection": "mailing", "audience": "Regulars", "audience_id": "a1b2", "mode": "mirror",
                    "permission": "newsletter", "channel": "email", "schedule": "every 15 minutes",
                    "largest_removal_share": 0.5, "paused": False, "created_at": "2026-01-02T08:00:00Z",
                }
            ]
        },
    )  # fmt: skip

    id: int = Field(description="its id, which never changes")
    name: str = Field(description="what it is called")
    segment_id: int = Field(description="id of the segment")
    segment: str = Field(description="name of the segment")
    connection: str = Field(description="name of the connection to the platform")
    audience: str = Field(description="what the audience is called there")
    audience_id: str | None = Field(description="the platform's own id of the audience; null before the first run")
    mode: Mode = Field(description="mirror, or add_only")
    permission: str | None = Field(
        description="the permission without which nobody is sent; null if none is needed"
    )
    channel: Channel | None = Field(description="the channel on which it must be given; null for any")
    schedule: str | None = Field(description="when it runs by itself; null for only by hand")
    largest_removal_share: float = Field(description="a run that would remove a larger share asks first")
    paused: bool = Field(description="whether its schedule is suspended")
    created_at: datetime = Field(description="when it was made")


class SyncPage(Model):
    """A page of syncs by name."""

    items: list[SyncOut] = Field(description="the syncs of this page")
    next_cursor: NextCursor


class Preview(Model):
    """What a run would do now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"to_add": 40, "to_update": 3, "to_remove": 12, "must_go": 2, "held": 1176, "unreachable": 25}
            ]
        }
    )

    to_add: int = Field(description="members who are new to the platform")
    to_update: int = Field(description="members who are sent again because something about them changed")
    to_remove: int = Field(description="members who leave, for whatever reason")
    must_go: int = Field(
        description="those of them who may no longer be there: erased, without permission, or under an old address"
    )
    held: int = Field(description="members the platform holds, or may hold, now")
    unreachable: int = Field(
        description="members of the segment without permission or without an identifier the platform knows"
    )
