"""What a run of a sync would do, as it travels."""

from pydantic import ConfigDict, Field

from hub.api.models.base import Model, NextCursor
from hub.core.sync.previewing import Change


class RejectionCount(Model):
    """Members who can't be sent or would be refused, for one reason."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "it did not give the permission this sync asks for", "count": 25}]
        }
    )

    reason: str = Field(description="why, for people")
    count: int = Field(description="how many of them there are")


class Preview(Model):
    """What a run would do now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "to_add": 40, "to_update": 3, "to_remove": 620, "must_go": 2, "held": 1176, "unreachable": 25,
                    "objection": "618 of 1,176 members would leave, more than 50%; if that is right, run it with "
                    "--approve",
                    "rejections": [{"reason": "it did not give the permission this sync asks for", "count": 25}],
                }
            ]
        }
    )  # fmt: skip

    to_add: int = Field(description="members who are new to the platform")
    to_update: int = Field(description="members who are sent again because something about them changed")
    to_remove: int = Field(description="members who leave, for whatever reason")
    must_go: int = Field(
        description="those of them who may no longer be there: erased, without permission, or under an old address"
    )
    held: int = Field(
        description="members the platform holds, or may hold, now; for remove_only, how many were taken out so far"
    )
    unreachable: int = Field(
        description="members of the segment without permission or without an identifier the platform knows"
    )
    objection: str | None = Field(
        description="why the run would stop and ask before it removes who left; null if it would not"
    )
    rejections: list[RejectionCount] = Field(
        description="members who can't be sent or would be refused, by reason, the most frequent first; the "
        "platform may refuse others when they are sent"
    )


class ChangeOut(Model):
    """What would become of one customer."""

    model_config = ConfigDict(
        title="PlannedChange",
        json_schema_extra={
            "examples": [
                {
                    "number": 17, "external_id": "C-17", "change": "remove",
                    "reason": "the customer left the segment",
                }
            ]
        },
    )  # fmt: skip

    number: int = Field(description="the customer's number in the hub")
    external_id: str | None = Field(description="the customer's id in its source; null if the customer was erased")
    change: Change = Field(
        description="add, update, remove, or reject: a member who can't be sent, or would be refused"
    )
    reason: str | None = Field(description="why, of a removal or rejection; else null")


class ChangePage(Model):
    """A page of what a run would do, by customer number."""

    items: list[ChangeOut] = Field(
        description="the changes of this page; one customer may have several, as when an address was replaced"
    )
    next_cursor: NextCursor
