"""What a user sets for the Messenger channel."""

from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, PositiveFloat, SecretStr, field_validator

from hub import Settings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_RETIRED = frozenset({"ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE"})


class MessengerSettings(Settings):
    """Settings of the Messenger channel."""

    page_id: str = Field(pattern=r"^[0-9]{1,25}$", description="ID of the Facebook Page that writes")
    access_token: SecretStr = Field(
        min_length=1, description="the Page's own access token, with the permission pages_messaging"
    )
    app_secret: SecretStr = Field(
        min_length=1, description="the app's secret; Meta signs with it what it tells the hub"
    )
    verify_token: SecretStr = Field(
        min_length=8,
        description="a word of your own that you enter with Meta as well, when you set the webhook up",
    )
    tag: Literal["HUMAN_AGENT"] | None = Field(
        None,
        description=(
            "tag for what is no advertising and comes after 24 hours; HUMAN_AGENT allows 7 days, for answers a "
            "person writes, if Meta has approved your app for it; empty: nothing is sent after 24 hours"
        ),
    )
    appsecret_proof: bool = Field(
        True, description="prove with each request that the app's secret is known; some apps demand it"
    )
    api_version: str = Field("v25.0", pattern=r"^v[0-9]{2}\.[0-9]$", description="version of the Graph API")
    base_url: str = Field("https://graph.facebook.com", description="address of the Graph API, no version")
    timeout: PositiveFloat = Field(60.0, description="seconds to wait for an answer")

    @field_validator("tag", mode="before")
    @classmethod
    def _is_still_a_tag(cls, value: Any) -> Any:
        if isinstance(value, str) and value.upper() in _RETIRED:
            raise ValueError(
                "Meta has refused this tag since 27 April 2026; leave it empty, or use HUMAN_AGENT for answers "
                "that people write themselves"
            )
        return value or None

    @field_validator("base_url")
    @classmethod
    def _keeps_the_token_safe(cls, value: str) -> str:
        """The token goes with every request: never in clear text over a network."""
        parts = urlsplit(value)
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("base_url must be an address alone, without a user, password or query")
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not parts.hostname or not is_safe:
            raise ValueError("base_url must begin with https://")
        return value.rstrip("/")
