"""What a user sets for the Facebook sink."""

from enum import StrEnum
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, PositiveFloat, SecretStr, field_validator, model_validator

from hub import Settings

Detail = Literal["first_name", "last_name", "gender", "city", "region", "postcode", "country"]
"""A customer's column that helps Meta to recognise them beside the address and the phone number."""

_ALL_DETAILS: tuple[Detail, ...] = (
    "first_name", "last_name", "gender", "city", "region", "postcode", "country",
)  # fmt: skip
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class CustomerFileSource(StrEnum):
    """Who collected the customers' data; Meta demands that an advertiser says so."""

    USER_PROVIDED_ONLY = "USER_PROVIDED_ONLY"
    """The customers gave it to the organisation themselves."""
    PARTNER_PROVIDED_ONLY = "PARTNER_PROVIDED_ONLY"
    """Partners passed it on."""
    BOTH_USER_AND_PARTNER_PROVIDED = "BOTH_USER_AND_PARTNER_PROVIDED"
    """Some of it came from the customers, some from partners."""


class FacebookSettings(Settings):
    """Settings of the Facebook sink."""

    access_token: SecretStr = Field(
        min_length=1,
        description="access token with the permission ads_management; a system user's token does not expire",
    )
    ad_account_id: str = Field(
        pattern=r"^(act_)?[0-9]{1,20}$", description="ad account ID, with or without act_, from Ads Manager"
    )
    app_secret: SecretStr | None = Field(
        None, description="the app's secret; needed if the app requires proof of it (appsecret_proof)"
    )
    api_version: str = Field("v25.0", pattern=r"^v[0-9]{2}\.[0-9]$", description="version of the Marketing API")
    base_url: str = Field("https://graph.facebook.com", description="address of the Graph API, no version")
    customer_file_source: CustomerFileSource = Field(
        CustomerFileSource.USER_PROVIDED_ONLY, description="who collected the customers' data"
    )
    details: tuple[Detail, ...] = Field(
        _ALL_DETAILS,
        description="the customer's columns that go along, hashed, to help recognition; empty: none",
    )
    limited_data_use: bool = Field(False, description="ask Meta to process the data under Limited Data Use (US)")
    data_processing_country: int = Field(
        0, ge=0, le=1, description="for limited data use: 1 is the United States, 0 lets Meta find out"
    )
    data_processing_state: int = Field(
        0,
        ge=0,
        le=9999,
        description="for limited data use: a state, 1000 being California; 0 lets Meta find out",
    )
    timeout: PositiveFloat = Field(120.0, description="seconds to wait for an answer")

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

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        """A place without limited data use would be ignored, and a state needs its country."""
        if self.data_processing_state and not self.data_processing_country:
            raise ValueError("data_processing_state needs data_processing_country")
        if self.data_processing_country and not self.limited_data_use:
            raise ValueError("data_processing_country has a meaning only with limited_data_use")
        return self

    @property
    def account(self) -> str:
        """The ad account as a node of the Graph."""
        return f"act_{self.ad_account_id.removeprefix('act_')}"
