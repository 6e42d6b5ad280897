"""A WooCommerce shop on loopback, and sources for it."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hub_woocommerce import WooCommerce, WooCommerceSettings

from hub import Context
from hub.testing.platforms.woocommerce import Shop, WooCommerceServer

KEY = "ck_0123456789abcdef"
SECRET = "cs_fedcba9876543210"

MakeSource = Callable[..., WooCommerce]


@pytest.fixture
def server() -> Iterator[WooCommerceServer]:
    with WooCommerceServer(KEY, SECRET) as running:
        yield running


@pytest.fixture
def shop(server: WooCommerceServer) -> Shop:
    return server.shop


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


@pytest.fixture
def context(http: httpx.Client, tmp_path: Path) -> Context:
    return Context(
        http=http,
        clock=lambda: datetime.now(UTC),
        log=logging.getLogger("hub.test.woocommerce"),
        time_zone=ZoneInfo("Europe/Berlin"),
        currency="EUR",
        country="DE",
        folder=tmp_path,
    )


@pytest.fixture
def make_source(server: WooCommerceServer, context: Context) -> MakeSource:
    def make(**settings: Any) -> WooCommerce:
        values = {"url": server.url, "consumer_key": KEY, "consumer_secret": SECRET, "timeout": 5.0} | settings
        return WooCommerce(WooCommerceSettings.model_validate(values), context)

    return make


@pytest.fixture
def source(make_source: MakeSource) -> WooCommerce:
    return make_source()


def at(second: int) -> datetime:
    """A time in the past, so many seconds after the shop's first day."""
    return datetime.fromtimestamp(1_714_550_400 + second, UTC)


def line(
    identifier: int, product: int, quantity: float = 1, total: str = "10.00", tax: str = "0"
) -> dict[str, Any]:
    return {"id": identifier, "product_id": product, "quantity": quantity, "total": total, "total_tax": tax}
