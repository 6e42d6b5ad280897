"""Links into conversations as they travel: each is one customer's own."""

from datetime import datetime

from pydantic import ConfigDict, Field

from hub.api.models.base import Model


class ChatLinkOut(Model):
    """A customer's link into a conversation on a channel."""

    model_config = ConfigDict(
        title="ChatLink",
        json_schema_extra={
            "examples": [
                {
                    "channel": "messenger", "url": "https://m.me/104857600000001?ref=1p-fw8.mYz0", "reason": None,
                }
            ]
        },
    )  # fmt: skip

    channel: str = Field(description="name of the channel")
    url: str | None = Field(
        description="the link; whoever follows it is this customer from then on, so show it to nobody else; "
        "null if there is none"
    )
    reason: str | None = Field(description="why there is no link, and what to do; null if there is one")


class ChatLinkList(Model):
    """All links of one customer."""

    items: list[ChatLinkOut] = Field(description="one of each channel that asks for a conversation")
    good_until: datetime = Field(description="when the links stop leading to the customer, in UTC")
