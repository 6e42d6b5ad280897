"""Mailchimp's e-commerce part on loopback: stores with customers, products, orders and carts."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from hub.testing.platforms.mailchimp.ecommerce_checks import (
    PARAMETERS,
    check,
    check_parameters,
    check_times,
    chosen_fields,
)
from hub.testing.platforms.mailchimp.problems import invalid, not_found
from hub.testing.platforms.mailchimp.routing import Call, Route
from hub.testing.platforms.messages import Reply

Resource = dict[str, Any]
KINDS = ("customers", "products", "orders", "carts")


@dataclass
class Store:
    """One shop that is connected to the account."""

    id: str
    name: str
    list_id: str
    currency_code: str
    customers: dict[str, Resource] = field(default_factory=dict)
    products: dict[str, Resource] = field(default_factory=dict)
    orders: dict[str, Resource] = field(default_factory=dict)
    carts: dict[str, Resource] = field(default_factory=dict)

    def all(self, kind: str) -> dict[str, Resource]:
        """The resources of a kind by id, in the order they came."""
        found: dict[str, Resource] = getattr(self, kind)
        return found


class Ecommerce:
    """All stores of an account, and the calls about them.

    Attributes:
        stores: by id.
        clock: what Mailchimp's own times are taken from.
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.stores: dict[str, Store] = {}
        self.clock = clock

    def add_store(self, store_id: str, name: str, list_id: str = "", currency: str = "EUR") -> Store:
        """Connect a shop."""
        made = Store(store_id, name, list_id, currency)
        self.stores[store_id] = made
        return made

    def put(self, store_id: str, kind: str, body: Mapping[str, Any]) -> None:
        """Add a resource, or change the fields that are given of one that is there.

        Raises:
            Problem: 400 when the resource breaks Mailchimp's rules.
        """
        store = self.stores[store_id]
        known = store.all(kind).get(str(body.get("id")))
        self._save(store, kind, {**(known or {}), **body}, is_new=known is None)

    def remove(self, store_id: str, kind: str, resource_id: str) -> None:
        """Delete a resource, as a shop does with a cart that became an order."""
        del self.stores[store_id].all(kind)[resource_id]

    def routes(self) -> list[Route]:
        """The calls answered here."""
        below = "/ecommerce/stores/{store}"
        made = [Route("GET", "/ecommerce/stores", self._read_stores), Route("GET", below, self._read_store)]
        for kind in KINDS:
            many, one = f"{below}/{kind}", f"{below}/{kind}/{{resource}}"
            made += [
                Route("GET", many, partial(self._read_all, kind=kind)),
                Route("POST", many, partial(self._post, kind=kind)),
                Route("GET", one, partial(self._read_one, kind=kind)),
                Route("PATCH", one, partial(self._patch, kind=kind)),
                Route("DELETE", one, partial(self._delete, kind=kind)),
            ]
        return made

    def _store(self, call: Call) -> Store:
        found = self.stores.get(call.parts["store"])
        if found is None:
            raise not_found()
        return found

    def _read_stores(self, call: Call) -> Reply:
        check_parameters(call.query, PARAMETERS["stores"])
        rows = [_shown_store(store) for store in self.stores.values()]
        body = {"stores": rows[call.page()], "total_items": len(rows), "_links": []}
        return Reply.of(chosen_fields(body, call.query))

    def _read_store(self, call: Call) -> Reply:
        return Reply.of(_shown_store(self._store(call)))

    def _read_all(self, call: Call, kind: str) -> Reply:
        check_parameters(call.query, PARAMETERS[kind])
        store = self._store(call)
        rows = [_shown(store, kind, row) for row in store.all(kind).values()]
        body = {"store_id": store.id, kind: rows[call.page()], "total_items": len(rows), "_links": []}
        return Reply.of(chosen_fields(body, call.query))

    def _read_one(self, call: Call, kind: str) -> Reply:
        return Reply.of(_one(self._store(call), call, kind))

    def _post(self, call: Call, kind: str) -> Reply:
        store, body = self._store(call), call.json()
        if str(body.get("id")) in store.all(kind):
            raise invalid(f"A {kind.rstrip('s')} with the provided ID already exists in this store.")
        return Reply.of(_shown(store, kind, self._save(store, kind, body, is_new=True)))

    def _patch(self, call: Call, kind: str) -> Reply:
        store = self._store(call)
        changed = {**_one(store, call, kind, raw=True), **call.json()}
        return Reply.of(_shown(store, kind, self._save(store, kind, changed, is_new=False)))

    def _delete(self, call: Call, kind: str) -> Reply:
        store = self._store(call)
        _one(store, call, kind)
        del store.all(kind)[call.parts["resource"]]
        return Reply(204)

    def _save(self, store: Store, kind: str, body: Resource, *, is_new: bool) -> Resource:
        body = deepcopy(body)
        check(kind, body, store.products)
        check_times(body)
        now = self.clock().isoformat(timespec="seconds")
        if "customer" in body:
            body["customer"] = self._customer(store, body["customer"])
        if kind in ("customers", "carts"):
            body["updated_at"] = now
            if is_new:
                body["created_at"] = now
        store.all(kind)[str(body["id"])] = body
        return body

    def _customer(self, store: Store, given: Resource) -> Resource:
        """The customer of an order or cart: a known one's id is enough, an unknown one is made."""
        known = store.customers.get(str(given.get("id")))
        if known is None:
            known = self._save(store, "customers", {"opt_in_status": False, **given}, is_new=True)
        return {"id": known["id"]}


def _one(store: Store, call: Call, kind: str, *, raw: bool = False) -> Resource:
    found = store.all(kind).get(call.parts["resource"])
    if found is None:
        raise not_found()
    return found if raw else _shown(store, kind, found)


def _shown_store(store: Store) -> Resource:
    shown = {"id": store.id, "name": store.name, "list_id": store.list_id, "currency_code": store.currency_code}
    return shown | {"_links": []}


def _shown(store: Store, kind: str, row: Resource) -> Resource:
    """A resource as the interface shows it: an order with its whole customer, a customer with figures."""
    shown = {**row, "_links": []}
    if kind == "customers":
        own = [order for order in store.orders.values() if order["customer"]["id"] == row["id"]]
        shown["orders_count"] = len(own)
        totals = (order["order_total"] for order in own)
        shown["total_spent"] = sum(total for total in totals if isinstance(total, int | float))
    if "customer" in row:
        shown["customer"] = store.customers.get(row["customer"]["id"], row["customer"])
    if kind == "orders":
        shown["store_id"] = store.id
    return shown
