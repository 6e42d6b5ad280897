"""What a shop holds: customers, products and orders, with times that the shop itself keeps."""

import threading
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Resource = dict[str, Any]

_ADDRESS = ("first_name", "last_name", "company", "address_1", "address_2", "city", "state", "postcode", "country")


@dataclass
class Shop:
    """A WordPress site with WooCommerce. Hold ``lock`` while reading or changing it from another thread.

    Resources hold ``created`` and ``modified`` as instants in UTC, to the second.
    """

    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("America/New_York"))
    """The site's. Dates without ``_gmt`` are in it."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    customers: dict[int, Resource] = field(default_factory=dict)
    products: dict[int, Resource] = field(default_factory=dict)
    orders: dict[int, Resource] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def customer(self, identifier: int, **fields: Any) -> None:
        """Add an account, or change what is given of one."""
        base: Resource = {
            "email": f"customer{identifier}@example.com", "first_name": "", "last_name": "", "role": "customer",
            "username": f"customer{identifier}", "billing": {}, "is_paying_customer": False, "meta_data": [],
        }  # fmt: skip
        self._put(self.customers, identifier, base, fields)

    def product(self, identifier: int, **fields: Any) -> None:
        """Add a product, or change what is given of one."""
        base: Resource = {"name": f"Product {identifier}", "status": "publish", "categories": []}
        self._put(self.products, identifier, base, fields)

    def order(self, identifier: int, customer: int = 0, **fields: Any) -> None:
        """Add an order, or change what is given of one. Customer 0 is a guest, known by ``billing``."""
        base: Resource = {
            "customer_id": customer, "status": "processing", "currency": "EUR", "total": "10.00", "billing": {},
            "line_items": [], "refunds": [], "created_via": "checkout", "date_paid": None, "meta_data": [],
        }  # fmt: skip
        self._put(self.orders, identifier, base, fields)

    def refund(self, order: int, total: str) -> None:
        """Pay back a part of an order, which counts as a change of it."""
        refunds = self.orders[order]["refunds"]
        made = {"id": 90_000 + len(refunds), "reason": "", "total": f"-{total}"}
        self.order(order, refunds=[*refunds, made])

    def trash(self, order: int) -> None:
        """Put an order into the bin, as a shop's staff does."""
        self.order(order, status="trash")

    def remove_customer(self, customer: int) -> None:
        """Delete an account. Its orders stay as a guest's, which does not count as a change of them."""
        with self.lock:
            del self.customers[customer]
            for order in self.orders.values():
                if order["customer_id"] == customer:
                    order["customer_id"] = 0

    def remove_order(self, order: int) -> None:
        """Delete an order for good, as a program may at once and staff from the bin."""
        with self.lock:
            del self.orders[order]

    def _put(
        self, all_of_kind: dict[int, Resource], identifier: int, base: Resource, given: Mapping[str, Any]
    ) -> None:
        with self.lock:
            now = self.clock().replace(microsecond=0)
            known = all_of_kind.get(identifier, {"id": identifier, "created": now, **base})
            all_of_kind[identifier] = {**known, "modified": now, **deepcopy(dict(given))}


def shown(shop: Shop, kind: str, row: Resource) -> Resource:
    """A resource as the interface shows it: times twice, in the site's zone and in GMT, both without a zone."""
    body = {name: value for name, value in row.items() if name not in ("created", "modified", "date_paid")}
    body |= _both(shop, "date_created", row["created"]) | _both(shop, "date_modified", row["modified"])
    if kind == "orders":
        body |= _both(shop, "date_paid", row["date_paid"])
    if "billing" in body:
        body["billing"] = dict.fromkeys((*_ADDRESS, "email", "phone"), "") | body["billing"]
    return body


def _both(shop: Shop, name: str, moment: datetime | None) -> Resource:
    return {name: _written(moment, shop.time_zone), f"{name}_gmt": _written(moment, UTC)}


def _written(moment: datetime | None, zone: Any) -> str | None:
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S") if moment else None
