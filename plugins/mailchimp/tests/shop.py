"""An invented shop that is connected to Mailchimp."""

from typing import Any

from hub.testing.platforms.mailchimp import MailchimpServer

STORE = "playhouse-shop"


class Shop:
    """Puts customers, products, orders and carts into the store on loopback, as a shop does."""

    def __init__(self, server: MailchimpServer) -> None:
        self.server = server
        server.ecommerce.add_store(STORE, "Shop at the Playhouse")

    def customer(self, name: str, **fields: Any) -> None:
        known = name in self.server.ecommerce.stores[STORE].customers
        base = {} if known else {"email_address": f"{name}@example.com", "opt_in_status": False}
        self._put("customers", {"id": name, **base, **fields})

    def product(self, name: str, **fields: Any) -> None:
        self._put("products", {"id": name, "title": name.title(), "variants": [{"id": name}], **fields})

    def order(self, name: str, customer: str, **fields: Any) -> None:
        base = {
            "customer": {"id": customer, "email_address": f"{customer}@example.com"},
            "currency_code": "EUR",
            "order_total": 12.34,
            "processed_at_foreign": "2024-05-01T10:00:00+02:00",
            "lines": [line("1", "mug")],
        }
        self._put("orders", {"id": name, **base, **fields})

    def cart(self, name: str, customer: str, **fields: Any) -> None:
        base = {
            "customer": {"id": customer, "email_address": f"{customer}@example.com"},
            "currency_code": "EUR",
            "order_total": 30,
            "lines": [line("1", "mug")],
        }
        self._put("carts", {"id": name, **base, **fields})

    def spoil(self, kind: str, name: str, **fields: Any) -> None:
        """Change a resource behind the checks: what other programs, or older versions, have left there."""
        self.server.ecommerce.stores[STORE].all(kind)[name].update(fields)

    def remove(self, kind: str, name: str) -> None:
        self.server.ecommerce.remove(STORE, kind, name)

    def _put(self, kind: str, body: dict[str, Any]) -> None:
        self.server.ecommerce.put(STORE, kind, body)


def line(name: str, product: str, quantity: int = 1, price: float = 12.34, discount: float = 0) -> dict[str, Any]:
    return {
        "id": name,
        "product_id": product,
        "product_variant_id": product,
        "quantity": quantity,
        "price": price,
        "discount": discount,
    }
