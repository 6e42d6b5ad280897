"""The tables a criterion's expression may read: declared once, for every engine and for the tests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, Boolean, Double, FromClause, String, column, table
from sqlalchemy.types import TypeEngine


@dataclass(frozen=True)
class Relations:
    """The tables an expression may read, as they are at the end of the day of evaluation.

    ``traits`` has a row for each customer:
        number, born_day, registered_at, gender, title, first_name, account_kind, account_status, country,
        region, city, postcode, language, latitude, longitude, has_email, has_phone (booleans),
        company (an ``id`` in ``companies``); orders, tickets, events (different ones), revenue (minor
        units of the organisation's currency), first_purchase_at, last_purchase_at (null for who never
        bought; the figures before are 0 then).
    ``orders`` has a row for each order of any status:
        customer, ordered_at, total (minor units of the organisation's currency; 0 in another one),
        status, counts (boolean: it counts as bought), sales_channel.
    ``lines`` has a row for each line of an order that counts:
        order_id, customer, ordered_at, lead_days (calendar days from the order to the event; null where
        there is no event or its day is unknown), sales_channel, event (an ``id`` in ``events``), product
        (an ``id`` in ``products``), category, quantity, total. A line without a product is of tickets.
    ``events`` has a row for each event date:
        id, external_id, title, category, production, venue, organiser, starts_at.
    ``products`` has a row for each product:
        id, external_id, name, category.
    ``venues`` has a row for each venue whose place is known:
        name, latitude, longitude.
    ``consents`` has a row for each customer, permission and channel, the newest entry of the log:
        customer, permission, channel, given (boolean), changed_at.
    ``tags`` has a row for each customer and tag:
        customer, tag.
    ``group_members`` has a row for each customer and group:
        customer, name.
    ``custom_values`` has a row for each customer and custom field that is filled in:
        customer, field, text_value, number_value (ten-thousandths), day_value, yes_no_value (boolean);
        the one of the field's type is not null; a choice is a text.
    ``carts`` has a row for each cart:
        customer, changed_at, total (as in ``orders``), abandoned (boolean: no order came of it).
    ``identities`` has a row for each further address of a customer:
        customer, kind (the channel it is an address on).
    ``companies`` has a row for each business partner:
        id, name, vat_number, city, country.
    ``subscriptions`` has a row for each subscription of a customer:
        customer, name, starts_day, ends_day (its last day; null: it has no end).

    Texts are as they came; instants are seconds since 1970 in UTC, days are days since 1970. ``customer`` is
    the number in ``traits``.
    """

    traits: FromClause
    orders: FromClause
    lines: FromClause
    events: FromClause
    products: FromClause
    venues: FromClause
    consents: FromClause
    tags: FromClause
    group_members: FromClause
    custom_values: FromClause
    carts: FromClause
    identities: FromClause
    companies: FromClause
    subscriptions: FromClause


Columns = Mapping[str, TypeEngine[Any]]
"""A relation's columns by name, in order."""


def _columns(**kinds: str) -> Columns:
    """Names by kind, in one text each, in the order in which they are given."""
    types: dict[str, TypeEngine[Any]] = {
        "whole": BigInteger(),
        "text": String(),
        "truth": Boolean(),
        "real": Double(),
    }
    return MappingProxyType(
        {name: types[kind.rstrip("_")] for kind, names in kinds.items() for name in names.split()}
    )


COLUMNS: Mapping[str, Columns] = MappingProxyType(
    {
        "traits": _columns(
            whole="number born_day registered_at",
            text="gender title first_name account_kind account_status country region city postcode language",
            real="latitude longitude",
            truth="has_email has_phone",
            whole_="company orders tickets events revenue first_purchase_at last_purchase_at",
        ),
        "orders": _columns(
            whole="customer ordered_at total", text="status", truth="counts", text_="sales_channel"
        ),
        "lines": _columns(
            whole="order_id customer ordered_at lead_days",
            text="sales_channel",
            whole_="event product",
            text_="category",
            whole__="quantity total",
        ),
        "events": _columns(
            whole="id", text="external_id title category production venue organiser", whole_="starts_at"
        ),
        "products": _columns(whole="id", text="external_id name category"),
        "venues": _columns(text="name", real="latitude longitude"),
        "consents": _columns(whole="customer", text="permission channel", truth="given", whole_="changed_at"),
        "tags": _columns(whole="customer", text="tag"),
        "group_members": _columns(whole="customer", text="name"),
        "custom_values": _columns(
            whole="customer", text="field text_value", whole_="number_value day_value", truth="yes_no_value"
        ),
        "carts": _columns(whole="customer changed_at total", truth="abandoned"),
        "identities": _columns(whole="customer", text="kind"),
        "companies": _columns(whole="id", text="name vat_number city country"),
        "subscriptions": _columns(whole="customer", text="name", whole_="starts_day ends_day"),
    }
)
"""Every relation's columns, each of type BIGINT, VARCHAR, DOUBLE or BOOLEAN."""


def relations(make: Callable[[str, Columns], FromClause]) -> Relations:
    """Relations, each made from its name and its columns."""
    return Relations(**{field.name: make(field.name, COLUMNS[field.name]) for field in fields(Relations)})


@cache
def plain_relations() -> Relations:
    """Relations that each stand in a table of their own name."""
    return relations(named_table)


def named_table(name: str, columns: Columns) -> FromClause:
    """A relation that stands in a table of that name."""
    return table(name, *(column(each, kind) for each, kind in columns.items()))
