"""Makes the hub's records of a shop's products and customers."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from hub import AccountKind, ConsentChannel, ConsentRecord, CustomerRecord, ProductRecord, Record
from hub_woocommerce.answers import Row
from hub_woocommerce.values import Unusable, below, code, listed, meta, moment, text

PRODUCT_FIELDS = ("id", "name", "categories", "date_modified_gmt")
CUSTOMER_FIELDS = (
    "id", "email", "first_name", "last_name", "role", "billing", "is_paying_customer", "date_created_gmt",
    "date_modified_gmt",
)  # fmt: skip
"""What is asked for: no more personal data than is kept."""

_STAFF = frozenset({"administrator", "editor", "author", "contributor", "shop_manager"})
_NO_CATEGORY = "uncategorized"


def product(row: Row) -> Iterator[Record]:
    """A product with its first category. The one that WooCommerce puts in where there is none does not count."""
    named = [one for one in listed(row, "categories") if one.get("slug") != _NO_CATEGORY]
    category = text(named[0], "name") if named else None
    yield ProductRecord(id=identifier(row), name=text(row, "name"), category=category)


def customer(row: Row, opt_in_field: str, permission: str) -> Iterator[Record]:
    """An account, and what its meta field says of an opt-in. Staff that never bought is passed over."""
    if row.get("role") in _STAFF and not row.get("is_paying_customer"):
        return
    name, billing = identifier(row), below(row, "billing")
    created = moment(row.get("date_created_gmt"))
    yield CustomerRecord(
        id=name,
        email=text(row, "email") or text(billing, "email"),
        first_name=text(row, "first_name") or text(billing, "first_name"),
        last_name=text(row, "last_name") or text(billing, "last_name"),
        registered_at=created,
        account_kind=AccountKind.REGISTERED,
        **address(billing),
    )
    said = meta(row, opt_in_field) if opt_in_field else None
    # An opt-in counts from the registration, so that bringing it again never undoes a later withdrawal. That
    # there is none is how things stand now: the log takes it up only where it says otherwise.
    if said is False:
        yield consent(name, permission, given=False, at=None, place="account")
    elif said and created is not None:
        yield consent(name, permission, given=True, at=created, place="account")


def consent(customer: str, permission: str, *, given: bool, at: datetime | None, place: str) -> ConsentRecord:
    """A permission to be written to by email."""
    channel = ConsentChannel.EMAIL
    return ConsentRecord(
        customer=customer, permission=permission, channel=channel, given=given, at=at, place=f"WooCommerce {place}"
    )


def address(billing: Mapping[str, Any]) -> dict[str, Any]:
    """A billing address as a customer's fields."""
    lines = (text(billing, "address_1"), text(billing, "address_2"))
    return {
        "phone": text(billing, "phone"),
        "street": ", ".join(line for line in lines if line) or None,
        "postcode": text(billing, "postcode"),
        "city": text(billing, "city"),
        "region": text(billing, "state"),
        "country": code(billing, "country", 2),
    }


def identifier(row: Row) -> str:
    """A row's id.

    Raises:
        Unusable: it has none.
    """
    value = row.get("id")
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Unusable("it has no id", "id")
    return str(value)
