"""What a user sets to send text messages."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Self
from urllib.parse import urlsplit

import httpx
from pydantic import Field, PositiveFloat, SecretStr, field_validator, model_validator

from hub import Settings

LONGEST_TEXT = 1520
"""Characters that every provider takes: seven takes no more, and they are ten parts."""
MOST_PARTS = 10

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Provider(StrEnum):
    """Who sends the messages."""

    TWILIO = "twilio"
    """Twilio, by its Programmable Messaging."""
    GATEWAYAPI = "gatewayapi"
    """GatewayAPI, by its REST interface."""
    SEVEN = "seven"
    """seven, formerly sms77."""
    VONAGE = "vonage"
    """Vonage, formerly Nexmo, by its SMS interface."""


class SignatureMethod(StrEnum):
    """How Vonage signs its webhooks; it stands in its dashboard."""

    MD5_HASH = "md5hash"
    """MD5 of the parameters and the secret: the account's default."""
    MD5 = "md5"
    """HMAC with MD5."""
    SHA1 = "sha1"
    """HMAC with SHA-1."""
    SHA256 = "sha256"
    """HMAC with SHA-256."""
    SHA512 = "sha512"
    """HMAC with SHA-512."""


_ADDRESSES: Mapping[Provider, str] = MappingProxyType(
    {
        Provider.TWILIO: "https://api.twilio.com",
        Provider.GATEWAYAPI: "https://gatewayapi.com",
        Provider.SEVEN: "https://gateway.seven.io",
        Provider.VONAGE: "https://rest.nexmo.com",
    }
)
_CREDENTIALS: Mapping[Provider, frozenset[str]] = MappingProxyType(
    {
        Provider.TWILIO: frozenset({"account_sid", "auth_token"}),
        Provider.GATEWAYAPI: frozenset({"api_key"}),
        Provider.SEVEN: frozenset({"api_key"}),
        Provider.VONAGE: frozenset({"api_key", "api_secret"}),
    }
)
"""Which credentials each provider asks for; the others' are refused."""
_OF_ONE: Mapping[str, Provider] = MappingProxyType(
    {"keyword": Provider.GATEWAYAPI, "signature_method": Provider.VONAGE}
)
"""Further settings that mean something to one provider alone."""


class SmsSettings(Settings):
    """Who sends the messages, and whom they are from."""

    provider: Provider = Field(description="twilio, gatewayapi, seven or vonage")
    sender: str = Field(
        pattern=r"^(MG[0-9a-fA-F]{32}|\+?[0-9]{3,15}|[A-Za-z0-9 ]{1,11})$",
        description="whom the messages are from: a number you rent, or a name of at most 11 letters and digits; "
        "with Twilio also a messaging service (MG…)",
    )
    account_sid: str | None = Field(
        None, pattern=r"^AC[0-9a-fA-F]{32}$", description="Twilio: the account's SID (AC…)"
    )
    auth_token: SecretStr | None = Field(
        None, min_length=1, description="Twilio: the primary auth token; it also signs what Twilio calls"
    )
    api_key: SecretStr | None = Field(
        None, min_length=1, description="GatewayAPI: an API token; seven and Vonage: the API key"
    )
    api_secret: SecretStr | None = Field(None, min_length=1, description="Vonage: the API secret")
    webhook_url: str | None = Field(
        None, max_length=2000, description="public https address of this channel's webhook, for delivery reports"
    )
    webhook_secret: SecretStr | None = Field(
        None,
        min_length=1,
        description="what GatewayAPI, seven or Vonage signs its calls with (Twilio signs with auth_token)",
    )
    webhook_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="if the provider signs nothing: a long random word that stands as ?token=… in the webhook's "
        "address",
    )
    signature_method: SignatureMethod | None = Field(
        None, description="Vonage: how it signs; md5hash (the default there), md5, sha1, sha256 or sha512"
    )
    keyword: str | None = Field(
        None,
        pattern=r"^\S{1,20}$",
        description="GatewayAPI: the word with which all answers to a shared short code begin",
    )
    most_parts: int = Field(
        MOST_PARTS, ge=1, le=MOST_PARTS, description="a text that needs more parts is not sent; each part costs"
    )
    rate: PositiveFloat | None = Field(None, description="messages a second, if your account or number is limited")
    base_url: str | None = Field(None, description="address of the provider's interface, if not the usual one")
    timeout: PositiveFloat = Field(30.0, le=600, description="seconds to wait for an answer")

    @field_validator("auth_token", "api_key", "api_secret", "webhook_secret", "webhook_token")
    @classmethod
    def _is_one_word(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value else ""
        if not text.isascii() or not text.isprintable() or " " in text:
            raise ValueError("it must be one word of ASCII characters; something else was copied along")
        return value

    @field_validator("base_url", "webhook_url")
    @classmethod
    def _keeps_secrets_safe(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            httpx.URL(value)
            parts = urlsplit(value)
            _ = parts.port
        except (httpx.InvalidURL, ValueError):
            raise ValueError("it is no web address") from None
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("it must be an address alone, without a user, password or query")
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not parts.hostname or not is_safe:
            raise ValueError("it must begin with https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fits_the_provider(self) -> Self:
        for name in sorted(frozenset().union(*_CREDENTIALS.values())):
            is_asked_for, is_given = name in _CREDENTIALS[self.provider], getattr(self, name) is not None
            if is_asked_for and not is_given:
                raise ValueError(f"{name} is missing: {self.provider} asks for it")
            if is_given and not is_asked_for:
                raise ValueError(f"{name} means nothing to {self.provider}; leave it out")
        for name, provider in _OF_ONE.items():
            if getattr(self, name) is not None and self.provider is not provider:
                raise ValueError(f"{name} means something to {provider} alone; leave it out")
        if self.provider is Provider.TWILIO and (self.webhook_secret or self.webhook_token):
            raise ValueError("Twilio signs with auth_token; leave out webhook_secret and webhook_token")
        if self.sender.startswith("MG") and len(self.sender) > 11 and self.provider is not Provider.TWILIO:
            raise ValueError("sender is a messaging service (MG…), which only Twilio has")
        return self

    @property
    def address(self) -> str:
        """Where the provider's interface is, without a slash at the end."""
        return self.base_url or _ADDRESSES[self.provider]
