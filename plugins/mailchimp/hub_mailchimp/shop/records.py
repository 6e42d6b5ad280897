"""Makes the hub's records of what Mailchimp keeps of a shop."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub import (
    CartRecord,
    ConsentChannel,
    ConsentRecord,
    CustomerRecord,
    OrderLineRecord,
    OrderRecord,
    OrderStatus,
    ProductRecord,
    Record,
    SalesChannel,
)
from hub_mailchimp.shop.values import Unusable, amount, below, code, moment, text

Row = Mapping[str, Any]

_ADDRESS = (
    "address.address1,address.address2,address.city,address.province,address.postal_code,address.country_code"
)
FIELDS: Mapping[str, Sequence[str]] = {
    "products": ("id", "title", "type"),
    "customers": (
        "id", "email_address", "opt_in_status", "first_name", "last_name", "created_at", *_ADDRESS.split(","),
    ),
    "orders": (
        "id", "customer.id", "currency_code", "order_total", "financial_status", "fulfillment_status",
        "processed_at_foreign", "cancelled_at_foreign", "lines.id", "lines.product_id", "lines.quantity",
        "lines.price", "lines.discount",
    ),
    "carts": ("id", "customer.id", "currency_code", "order_total", "created_at", "updated_at"),
}  # fmt: skip
"""What is asked for of each kind, in the order of reading. Figures that Mailchimp works out are left out: a
customer whose total has grown is not a customer who changed."""

_STATUSES: Mapping[str, OrderStatus] = {
    "refunded": OrderStatus.REFUNDED,
    "cancelled": OrderStatus.CANCELLED,
    "canceled": OrderStatus.CANCELLED,
    "voided": OrderStatus.CANCELLED,
    "expired": OrderStatus.CANCELLED,
    "pending": OrderStatus.PENDING,
    "unpaid": OrderStatus.PENDING,
    "authorized": OrderStatus.PENDING,
}
_DELIVERED = frozenset({"shipped", "fulfilled", "delivered", "completed"})


def product(row: Row) -> Iterator[Record]:
    """A product; its type, if the shop tells one, is the category."""
    yield ProductRecord(id=str(row["id"]), name=text(row, "title"), category=text(row, "type"))


def customer(row: Row, permission: str) -> Iterator[Record]:
    """A customer, and what the opt-in status says.

    Raises:
        Unusable: a time can't be read.
    """
    address, name = below(row, "address"), str(row["id"])
    lines = (text(address, "address1"), text(address, "address2"))
    created = moment(row.get("created_at"), "created_at")
    yield CustomerRecord(
        id=name,
        email=text(row, "email_address"),
        first_name=text(row, "first_name"),
        last_name=text(row, "last_name"),
        registered_at=created,
        street=", ".join(line for line in lines if line) or None,
        postcode=text(address, "postal_code"),
        city=text(address, "city"),
        region=text(address, "province"),
        country=code(address, "country_code", 2),
    )
    if permission:
        yield from _consents(name, row.get("opt_in_status"), permission, created)


def order(row: Row) -> Iterator[Record]:
    """An order and its lines.

    Raises:
        Unusable: it has no customer or no time, or a value can't be read.
    """
    buyer = text(below(row, "customer"), "id")
    if buyer is None:
        raise Unusable("it has no customer", "customer")
    placed = moment(row.get("processed_at_foreign"), "processed_at_foreign")
    if placed is None:
        raise Unusable("it has no processed_at_foreign, so nobody knows when it was placed", "ordered_at")
    name = str(row["id"])
    yield OrderRecord(
        id=name,
        customer=buyer,
        ordered_at=placed,
        total=amount(row.get("order_total"), "order_total"),
        currency=code(row, "currency_code", 3),
        status=_status(row),
        sales_channel=SalesChannel.ONLINE,
    )
    lines = row.get("lines")
    for line in lines if isinstance(lines, list) else []:
        if isinstance(line, Mapping):
            yield _line(name, line)


def cart(row: Row, came: str | None) -> CartRecord:
    """A cart, and the order that came of it.

    Raises:
        Unusable: it has no customer or no time, or a value can't be read.
    """
    owner = text(below(row, "customer"), "id")
    if owner is None:
        raise Unusable("it has no customer", "customer")
    changed = moment(row.get("updated_at") or row.get("created_at"), "updated_at")
    if changed is None:
        raise Unusable("it has no updated_at", "changed_at")
    total = amount(row.get("order_total"), "order_total")
    currency = code(row, "currency_code", 3)
    return CartRecord(
        id=str(row["id"]), customer=owner, changed_at=changed, total=total, currency=currency, order=came
    )


def _line(order: str, line: Row) -> OrderLineRecord:
    quantity = line.get("quantity")
    pieces = Decimal(quantity if isinstance(quantity, int) else 1)
    discount = amount(line.get("discount") or 0, "discount")
    total = max(amount(line.get("price") or 0, "price") * pieces - discount, Decimal(0))
    return OrderLineRecord(
        id=str(line.get("id") or ""),
        order=order,
        product=text(line, "product_id"),
        quantity=int(pieces),
        total=total.quantize(Decimal("0.0001")),
    )


def _status(row: Row) -> OrderStatus:
    """What became of an order. Shops use words of their own; one that says nothing of the kind was paid."""
    if row.get("cancelled_at_foreign"):
        return OrderStatus.CANCELLED
    words = (text(row, "financial_status") or "").lower()
    if words in _STATUSES:
        return _STATUSES[words]
    delivered = (text(row, "fulfillment_status") or "").lower() in _DELIVERED
    return OrderStatus.COMPLETED if delivered else OrderStatus.PAID


def _consents(customer: str, status: Any, permission: str, created: datetime | None) -> Iterator[ConsentRecord]:
    """An opt-in counts from when the customer was made, so that it never undoes a later withdrawal.

    That there is none is how things stand now; the log takes it up only where it says otherwise.
    """
    channel, place = ConsentChannel.EMAIL, "Mailchimp store"
    if status is True and created is not None:
        yield ConsentRecord(
            customer=customer, permission=permission, channel=channel, given=True, at=created, place=place
        )
    elif status is False:
        yield ConsentRecord(
            customer=customer, permission=permission, channel=channel, given=False, at=None, place=place
        )
