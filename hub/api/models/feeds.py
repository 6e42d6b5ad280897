"""Feeds and who read them, as they travel."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from hub.api.models.base import Model, Name, NextCursor
from hub.api.models.syncs import Channel
from hub.core.feeds.columns import FEED_COLUMNS, USUAL_COLUMNS

_FEED: dict[str, Any] = {
    "id": 1, "name": "Print shop", "segment_id": 1, "segment": "Regulars", "view": None,
    "columns": ["external_id", "first_name", "last_name"], "permission": "newsletter", "channel": None,
    "created_at": "2026-01-02T08:00:00Z", "rotated_at": "2026-01-02T08:00:00Z", "revoked_at": None,
    "last_read_at": "2026-01-03T05:00:00Z", "problem": None,
}  # fmt: skip
_ADDRESS = "https://hub.example.com/feeds/Jx2vK0mZ8cW4nQ7bT1yR5uE9oA3sD6fGhLpXiVwBzMk"


class NewFeed(Model):
    """A feed to be made: a segment, or a view of it, to be read at a secret address."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Print shop", "segment": "Regulars", "permission": "newsletter",
                    "columns": ["external_id", "first_name", "last_name"],
                }
            ]
        }
    )  # fmt: skip

    name: Name = Field(description="what it is called")
    segment: Name = Field(description="name of the segment to be read")
    view: Name | None = Field(None, description="name of the segment's view to be read; all of it if left out")
    columns: list[Name] = Field(
        [],
        max_length=len(FEED_COLUMNS),
        description=f"what is told of each member, some of {', '.join(FEED_COLUMNS)}; "
        f"if left out, {', '.join(USUAL_COLUMNS)}",
    )
    permission: Name | None = Field(
        description="only customers who gave this permission are handed out; null, which must be said, when none "
        "is needed"
    )
    channel: Channel | None = Field(
        None, description="the channel on which the permission must be given; any if left out"
    )


class FeedOut(Model):
    """A segment, or a view of it, that can be read at a secret address."""

    model_config = ConfigDict(title="Feed", json_schema_extra={"examples": [_FEED]})

    id: int = Field(description="its id, which never changes")
    name: str = Field(description="what it is called")
    segment_id: int = Field(description="id of the segment")
    segment: str = Field(description="name of the segment")
    view: str | None = Field(description="name of the view that is read; null for the whole segment")
    columns: list[str] = Field(description="what is told of each member")
    permission: str | None = Field(
        description="the permission without which nobody is handed out; null if none is needed"
    )
    channel: Channel | None = Field(description="the channel on which it must be given; null for any")
    created_at: datetime = Field(description="when it was made")
    rotated_at: datetime = Field(description="when the address in force was made")
    revoked_at: datetime | None = Field(description="when it was revoked; null while it is in force")
    last_read_at: datetime | None = Field(description="when its address was asked last; null if it never was")
    problem: str | None = Field(description="why it can't be answered now; null when it can, or was revoked")


class FeedPage(Model):
    """A page of feeds by name."""

    items: list[FeedOut] = Field(description="the feeds of this page")
    next_cursor: NextCursor


class IssuedFeed(Model):
    """A feed with its new address, which is not shown again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"feed": _FEED, "csv_address": f"{_ADDRESS}.csv", "json_address": f"{_ADDRESS}.json"},
            ]
        }
    )

    feed: FeedOut = Field(description="the feed")
    csv_address: str = Field(
        description="where it is read as CSV: secret; a path alone when the setting `public_url` is empty"
    )
    json_address: str = Field(description="where it is read as JSON: secret, too")


class ReadOut(Model):
    """One reading of a feed."""

    model_config = ConfigDict(
        title="Read",
        json_schema_extra={
            "examples": [
                {
                    "id": 7, "at": "2026-01-03T05:00:00Z", "address": "203.0.113.9", "agent": "curl/8.14.1",
                    "form": "csv", "status": 200, "members": 1176,
                }
            ]
        },
    )  # fmt: skip

    id: int = Field(description="its id; a later reading has a higher one")
    at: datetime = Field(description="when the address was asked")
    address: str = Field(description="the reader's network address; empty if the server was not told")
    agent: str = Field(description="what the reader calls itself, 200 characters at most")
    form: Literal["csv", "json"] = Field(description="csv or json")
    status: int = Field(
        description="how it was answered: 200, 304 (the reader had it already) or 503 (it could not be answered)"
    )
    members: int | None = Field(description="how many members were handed out; null when none were")


class ReadPage(Model):
    """A page of readings, newest first."""

    items: list[ReadOut] = Field(description="the readings of this page")
    next_cursor: NextCursor
