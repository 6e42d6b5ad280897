"""What a user sets to pull a WooCommerce shop."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PositiveFloat, SecretStr

from hub import OrderStatus, Settings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ROUTE = "/wp-json/wc/v3"


def _as_address(value: str) -> str:
    """The keys go with every request: never in clear text over a network."""
    parts = urlsplit(value)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("url must be an address alone, without a user, password or query")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not parts.hostname or not is_safe:
        raise ValueError("url must begin with https://")
    return value.rstrip("/").removesuffix(_ROUTE).rstrip("/")


class WooCommerceSettings(Settings):
    """Settings of the data source."""

    url: Annotated[str, AfterValidator(_as_address)] = Field(
        description="address of the shop, such as https://shop.example; https:// is a must"
    )
    consumer_key: SecretStr = Field(
        description="from WooCommerce, Settings, Advanced, REST API; begins with ck_; Read permission is enough"
    )
    consumer_secret: SecretStr = Field(description="shown together with the key; begins with cs_")
    statuses: dict[str, OrderStatus] = Field(
        default_factory=dict, description="the shop's own order statuses, and what each one means here"
    )
    opt_in_field: str = Field(
        "",
        max_length=200,
        description="meta field of orders and customers in which the shop notes an opt-in; empty: none",
    )
    permission: str = Field("newsletter", min_length=1, max_length=200, description="what the opt-in permits")
    batch_rows: int = Field(1000, ge=1, le=100_000, description="customers, orders or products stored at once")
    timeout: PositiveFloat = Field(60.0, description="seconds to wait for an answer")

    @property
    def interface(self) -> str:
        """Address of the REST API."""
        return self.url + _ROUTE
