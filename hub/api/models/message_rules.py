"""The rules of when and how often customers are written to, as they travel."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from hub.api.models.base import Model
from hub.api.models.syncs import Channel

_Clock = Annotated[str, StringConstraints(strict=True, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class MessageRulesIn(Model):
    """When and how often customers are written to. What is left out is no rule."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{}, {"quiet_from": "21:00", "quiet_until": "08:00", "most_messages": 2, "most_days": 7}]
        }
    )

    quiet_from: _Clock | None = Field(
        None, description="from when no newsletter is sent, by the organisation's clock; null for no quiet hours"
    )
    quiet_until: _Clock | None = Field(
        None, description="until when; earlier than `quiet_from` when a night lies between"
    )
    quiet_channels: list[Channel] = Field(
        ["sms", "messenger", "viber"], max_length=5, description="the channels that the quiet hours are for"
    )
    most_messages: int | None = Field(
        None, ge=1, le=1_000, description="a customer gets at most so many newsletters; null for any number"
    )
    most_days: int = Field(7, ge=1, le=366, description="within so many days, counted back from the sending")


class MessageRulesOut(MessageRulesIn):
    """When and how often customers are written to."""

    model_config = ConfigDict(
        title="MessageRules",
        json_schema_extra={
            "examples": [
                {
                    "quiet_from": "21:00", "quiet_until": "08:00", "quiet_channels": ["sms", "messenger", "viber"],
                    "most_messages": 2, "most_days": 7,
                }
            ]
        },
    )  # fmt: skip
