"""What a user sets for the Viber channel."""

import re
from urllib.parse import urlsplit

from pydantic import Field, PositiveFloat, SecretStr, field_validator

from hub import Settings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_URI = re.compile(r"[\w.-]+")


class ViberSettings(Settings):
    """Settings of the Viber channel."""

    auth_token: SecretStr = Field(
        min_length=1, description="the bot's token, in Viber under More, Settings, Bots, Edit Info, Your app key"
    )
    sender_name: str = Field(
        min_length=1, max_length=28, description="whom messages are from, at most 28 characters"
    )
    sender_avatar: str | None = Field(
        None, description="address of the sender's picture (https://, at most 100 KB); empty: the bot's own"
    )
    bot_uri: str | None = Field(
        None,
        max_length=100,
        description="the bot's URI, in Viber under Edit Info; links into conversations need it",
    )
    broadcast: bool = Field(
        False,
        description="send equal texts to up to 300 customers with one request; Viber must have approved that",
    )
    base_url: str = Field("https://chatapi.viber.com/pa", description="address of the Viber API")
    timeout: PositiveFloat = Field(60.0, description="seconds to wait for an answer")

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

    @field_validator("bot_uri")
    @classmethod
    def _fits_into_an_address(cls, value: str | None) -> str | None:
        if value and not _URI.fullmatch(value):
            raise ValueError("bot_uri must be the URI alone, without viber:// and spaces")
        return value or None

    @field_validator("sender_avatar")
    @classmethod
    def _is_a_picture_on_the_web(cls, value: str | None) -> str | None:
        if not value:
            return None
        if not value.startswith("https://"):
            raise ValueError("sender_avatar must begin with https://")
        return value
