"""Connected shops, each on loopback, that a test can fill and change without knowing which it is."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import httpx
import pytest
from hub_mailchimp import MailchimpShop
from hub_woocommerce import WooCommerce

from hub import Context, DataSource
from hub.testing.platforms.mailchimp import MailchimpServer
from hub.testing.platforms.server import LoopbackServer
from hub.testing.platforms.woocommerce import WooCommerceServer

OTHER_LINE = 100_000
"""From here on the ids of lines that were put in for others."""
PAST = datetime(2024, 5, 1, 10, tzinfo=UTC)


class ConnectedShop(ABC):
    """A shop on loopback, and how the hub is told of it."""

    source_type: ClassVar[type[DataSource[Any]]]
    platform: LoopbackServer

    @property
    @abstractmethod
    def settings(self) -> Mapping[str, Any]:
        """The settings of a source that reads it in small batches."""

    @abstractmethod
    def fill(self, count: int) -> None:
        """So many customers, 1 and up, with an order of one line each, all of them old."""

    @abstractmethod
    def sell(self, order: int, customer: int) -> None:
        """A customer orders now."""

    @abstractmethod
    def refund(self, order: int) -> None:
        """An order is paid back in full."""

    @abstractmethod
    def rename(self, customer: int, first_name: str) -> None:
        """A customer changes the name; an unknown one registers."""

    @abstractmethod
    def take_out(self, order: int) -> None:
        """The only line of an order is taken out, and another one put in."""

    @abstractmethod
    def drop_order(self, order: int) -> None:
        """An order is deleted, in the way staff does."""

    @abstractmethod
    def drop_customer(self, customer: int) -> None:
        """A customer who has no order is deleted."""


class OnMailchimp(ConnectedShop):
    source_type = MailchimpShop

    def __init__(self, server: MailchimpServer) -> None:
        self.platform, self._stores = server, server.ecommerce
        self._stores.add_store("shop", "Shop at the Playhouse")
        self._stores.put("shop", "products", {"id": "1", "title": "Mug", "variants": [{"id": "1"}]})

    @property
    def settings(self) -> Mapping[str, Any]:
        base_url = f"{self.platform.root}/3.0"
        return {"api_key": "invented-us3", "base_url": base_url, "batch_rows": 60, "permission": ""}

    def fill(self, count: int) -> None:
        for number in range(1, count + 1):
            address = f"customer{number}@example.com"
            customer = {"id": str(number), "email_address": address, "opt_in_status": False}
            self._stores.put("shop", "customers", customer)
            self.sell(number, number)

    def sell(self, order: int, customer: int) -> None:
        line = {"id": "1", "product_id": "1", "product_variant_id": "1", "quantity": 1, "price": 12.5}
        body = {
            "id": str(order),
            "customer": {"id": str(customer)},
            "currency_code": "EUR",
            "order_total": 12.5,
            "processed_at_foreign": PAST.isoformat(),
            "financial_status": "paid",
            "lines": [line],
        }
        self._stores.put("shop", "orders", body)

    def refund(self, order: int) -> None:
        self._stores.put("shop", "orders", {"id": str(order), "financial_status": "refunded"})

    def rename(self, customer: int, first_name: str) -> None:
        known = str(customer) in self._stores.stores["shop"].customers
        new = {} if known else {"email_address": f"customer{customer}@example.com", "opt_in_status": False}
        self._stores.put("shop", "customers", {"id": str(customer), **new, "first_name": first_name})

    def take_out(self, order: int) -> None:
        line = {
            "id": str(OTHER_LINE + order),
            "product_id": "1",
            "product_variant_id": "1",
            "quantity": 1,
            "price": 12.5,
        }
        self._stores.put("shop", "orders", {"id": str(order), "lines": [line]})

    def drop_order(self, order: int) -> None:
        self._stores.remove("shop", "orders", str(order))

    def drop_customer(self, customer: int) -> None:
        self._stores.remove("shop", "customers", str(customer))


class OnWooCommerce(ConnectedShop):
    source_type = WooCommerce

    def __init__(self, server: WooCommerceServer) -> None:
        self.platform, self._shop = server, server.shop
        self._shop.product(1, name="Mug", modified=PAST)

    @property
    def settings(self) -> Mapping[str, Any]:
        keys = {"consumer_key": "ck_invented", "consumer_secret": "cs_invented"}
        return {"url": self.platform.url, "batch_rows": 60, **keys}

    def fill(self, count: int) -> None:
        for number in range(1, count + 1):
            self._shop.customer(number, created=PAST, modified=PAST)
            self.sell(number, number)
            self._shop.order(number, modified=PAST)

    def sell(self, order: int, customer: int) -> None:
        line = {"id": order, "product_id": 1, "quantity": 1, "total": "12.50", "total_tax": "0.00"}
        self._shop.order(order, customer, total="12.50", created=PAST, line_items=[line])

    def refund(self, order: int) -> None:
        self._shop.order(order, status="refunded")

    def rename(self, customer: int, first_name: str) -> None:
        self._shop.customer(customer, first_name=first_name)

    def take_out(self, order: int) -> None:
        line = {"id": OTHER_LINE + order, "product_id": 1, "quantity": 1, "total": "12.50", "total_tax": "0.00"}
        self._shop.order(order, line_items=[line])

    def drop_order(self, order: int) -> None:
        self._shop.trash(order)

    def drop_customer(self, customer: int) -> None:
        self._shop.remove_customer(customer)


@contextmanager
def opened(name: str) -> Iterator[ConnectedShop]:
    """A shop of that name, with nothing in it but a product."""
    if name == "mailchimp":
        with MailchimpServer("invented-us3") as mailchimp:
            yield OnMailchimp(mailchimp)
    else:
        with WooCommerceServer("ck_invented", "cs_invented") as woocommerce:
            yield OnWooCommerce(woocommerce)


@pytest.fixture(params=["mailchimp", "woocommerce"])
def connected(request: pytest.FixtureRequest) -> Iterator[ConnectedShop]:
    """Each of the shops in turn, with nothing in it but a product."""
    with opened(request.param) as shop:
        yield shop


@pytest.fixture
def source(connected: ConnectedShop, tmp_path: Path) -> Iterator[DataSource[Any]]:
    """The source of the shop."""
    with source_of(connected, tmp_path) as made:
        yield made


@contextmanager
def source_of(connected: ConnectedShop, folder: Path, **more: Any) -> Iterator[DataSource[Any]]:
    """The source of a shop, with some settings of its own."""
    kind = connected.source_type
    with httpx.Client(timeout=10) as http:
        context = Context(
            http=http,
            clock=lambda: datetime.now(UTC),
            log=logging.getLogger("hub.test.shops"),
            time_zone=ZoneInfo("Europe/Berlin"),
            currency="EUR",
            country="DE",
            folder=folder,
        )
        yield kind(kind.settings_model.model_validate({**connected.settings, **more}), context)
