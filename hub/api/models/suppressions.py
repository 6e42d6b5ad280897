"""Suppressed addresses, as they travel: that there is one, never which."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from hub.api.models.base import Model, NextCursor
from hub.api.models.syncs import Channel

Reason = Literal["bounced", "complained", "unsubscribed", "by_hand"]
_REASONS = (
    "bounced: a provider says that it does not exist or takes nothing; complained: its owner reported a message "
    "as unwanted; unsubscribed: its owner told the provider to stop; by_hand: somebody entered it"
)
_SUPPRESSION: dict[str, Any] = {
    "id": 3, "channel": "sms", "reason": "bounced", "detail": "the number does not exist or is no longer in use",
    "at": "2026-01-03T05:00:00Z",
}  # fmt: skip

Address = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=320, pattern=r"^[^\x00-\x1f\x7f]+$")
]
"""An address on any channel."""


class AddressOnChannel(Model):
    """An address on a channel."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"channel": "sms", "address": "+49 30 1234567"}]})

    channel: Channel = Field(description="the channel: on others nothing changes")
    address: Address = Field(description="the address, as anybody writes it; it is kept as a digest alone")


class SuppressionOut(Model):
    """An address that nothing more is sent to. The address itself is not kept."""

    model_config = ConfigDict(title="Suppression", json_schema_extra={"examples": [_SUPPRESSION]})

    id: int = Field(description="its id; a later one has a higher one")
    channel: Channel = Field(description="the channel")
    reason: Reason = Field(description=_REASONS)
    detail: str = Field(description="what the provider said; empty if nothing")
    at: datetime = Field(description="since when")


class SuppressionPage(Model):
    """A page of suppressions, newest first."""

    items: list[SuppressionOut] = Field(description="the suppressions of this page")
    next_cursor: NextCursor
