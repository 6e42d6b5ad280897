"""Makes the hub's records of a shop's orders: their lines, refunds, statuses, and guests."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from types import MappingProxyType

from hub import AccountKind, CustomerRecord, OrderLineRecord, OrderRecord, OrderStatus, Record, SalesChannel
from hub_woocommerce.answers import Row
from hub_woocommerce.records import address, consent, identifier
from hub_woocommerce.settings import WooCommerceSettings
from hub_woocommerce.values import Unusable, amount, below, code, listed, meta, moment, text

ORDER_FIELDS = (
    "id", "status", "currency", "total", "customer_id", "billing", "line_items", "refunds", "created_via",
    "date_created_gmt", "date_modified_gmt", "date_paid_gmt",
)  # fmt: skip

_DRAFTS = frozenset({"checkout-draft", "auto-draft"})
_STATUSES: Mapping[str, OrderStatus] = MappingProxyType(
    {
        "pending": OrderStatus.PENDING,
        "on-hold": OrderStatus.PENDING,
        "processing": OrderStatus.PAID,
        "completed": OrderStatus.COMPLETED,
        "cancelled": OrderStatus.CANCELLED,
        "failed": OrderStatus.CANCELLED,
        "refunded": OrderStatus.REFUNDED,
    }
)
_ONLINE = frozenset({"checkout", "store-api", "subscription"})


def order(row: Row, settings: WooCommerceSettings) -> Iterator[Record]:
    """An order with its lines; for a guest the customer as well, and an opt-in that was given with the order.

    A draft, which the checkout makes before anything is ordered, is passed over.

    Raises:
        Unusable: a guest has no address, or a value can't be read.
    """
    if row.get("status") in _DRAFTS:
        return
    name = identifier(row)
    placed = moment(row.get("date_created_gmt"))
    if placed is None:
        raise Unusable("it has no date_created_gmt, so nobody knows when it was placed", "ordered_at")
    buyer = _account(row)
    if buyer is None:
        guest = _guest(row)
        yield guest
        buyer = guest.id
    yield OrderRecord(
        id=name,
        customer=buyer,
        ordered_at=placed,
        total=_kept(row),
        currency=code(row, "currency", 3),
        status=_status(row, settings.statuses),
        sales_channel=_sales_channel(row),
    )
    for line in listed(row, "line_items"):
        yield _line(name, line)
    # A box that was not ticked this time withdraws nothing.
    if settings.opt_in_field and meta(row, settings.opt_in_field):
        yield consent(buyer, settings.permission, given=True, at=placed, place="order")


def guest_id(email: str) -> str:
    """How a guest is known: by a digest of the billing address, so that none stays where ids stay."""
    return "guest-" + sha256(email.strip().lower().encode()).hexdigest()[:32]


def _account(row: Row) -> str | None:
    number = row.get("customer_id")
    return str(number) if isinstance(number, int) and number > 0 else None


def _guest(row: Row) -> CustomerRecord:
    billing = below(row, "billing")
    email = text(billing, "email")
    if email is None:
        raise Unusable("it is a guest's and has no billing email, so nobody knows whose it is", "customer")
    return CustomerRecord(
        id=guest_id(email),
        email=email,
        first_name=text(billing, "first_name"),
        last_name=text(billing, "last_name"),
        account_kind=AccountKind.GUEST,
        **address(billing),
    )


def _kept(row: Row) -> Decimal:
    """What was paid, less what was paid back. Refunds are written as negative amounts."""
    total = amount(row.get("total"), "total")
    back = sum((abs(amount(one.get("total"), "a refund")) for one in listed(row, "refunds")), Decimal(0))
    return max(total - back, Decimal(0)) if back else total


def _status(row: Row, own: Mapping[str, OrderStatus]) -> OrderStatus:
    """What became of an order. One with a status of a plugin's own was paid if it has a date of payment."""
    status = str(row.get("status", "")).removeprefix("wc-")
    found = own.get(status) or _STATUSES.get(status)
    if found is None:
        found = OrderStatus.PAID if row.get("date_paid_gmt") else OrderStatus.PENDING
    return found


def _sales_channel(row: Row) -> SalesChannel | None:
    """Where it was placed: in the shop, at a till, or by a hand or program that does not say."""
    way = str(row.get("created_via") or "")
    if way in _ONLINE:
        return SalesChannel.ONLINE
    return SalesChannel.BOX_OFFICE if "pos" in way.split("-") else None


def _line(order: str, line: Row) -> OrderLineRecord:
    """A line with its tax, as the order's total has it. Plugins allow parts of pieces; at least one counts."""
    product = line.get("product_id")
    pieces = amount(line.get("quantity"), "quantity")
    return OrderLineRecord(
        id=identifier(line),
        order=order,
        product=str(product) if isinstance(product, int) and product > 0 else None,
        quantity=max(1, round(pieces)) if pieces > 0 else 0,
        total=amount(line.get("total"), "a line's total") + amount(line.get("total_tax"), "a line's tax"),
    )
