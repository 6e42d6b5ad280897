"""The replica's own tables: copies of the store's facts, and the relations that expressions read.

The schema ``copies`` holds rows of the store's tables under those tables' names, each with the store's row id
first. The main schema holds a relation each (see ``contracts.relations``): ``traits``, ``lines`` and ``consents``
are derived and kept in tables, the others are views of a copy. ``changes`` says which customers each revision
touched; ``meta`` is one row about the replica itself.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hub.core.contracts.relations import COLUMNS

LAYOUT = 2
"""Raised with every change of these tables: a replica of another layout is built anew."""

_PERSON = (
    "born_day INTEGER, registered_at BIGINT, gender VARCHAR, title VARCHAR, first_name VARCHAR, "
    "account_kind VARCHAR, account_status VARCHAR, country VARCHAR, region VARCHAR, city VARCHAR, "
    "postcode VARCHAR, language VARCHAR, latitude DOUBLE, longitude DOUBLE, has_email BOOLEAN, "
    "has_phone BOOLEAN, company INTEGER"
)

COPIES: Mapping[str, str] = MappingProxyType(
    {
        "customers": f"id INTEGER, {_PERSON}",
        "orders": "id INTEGER, customer INTEGER, ordered_at BIGINT, total BIGINT, status VARCHAR, counts BOOLEAN, "
        "sales_channel VARCHAR, day INTEGER",
        "order_lines": "id INTEGER, order_id INTEGER, event_id INTEGER, product_id INTEGER, category VARCHAR, "
        "quantity INTEGER, total BIGINT",
        "events": "id INTEGER, external_id VARCHAR, title VARCHAR, category VARCHAR, production VARCHAR, "
        "venue VARCHAR, organiser VARCHAR, starts_at BIGINT, day INTEGER",
        "products": "id INTEGER, external_id VARCHAR, name VARCHAR, category VARCHAR",
        "venues": "id INTEGER, name VARCHAR, latitude DOUBLE, longitude DOUBLE",
        "consents": "id INTEGER, customer INTEGER, permission VARCHAR, channel VARCHAR, given BOOLEAN, "
        "changed_at BIGINT",
        "customer_tags": "id INTEGER, customer INTEGER, tag VARCHAR",
        "customer_group_members": "id INTEGER, customer INTEGER, name VARCHAR",
        "custom_values": "id INTEGER, customer INTEGER, field VARCHAR, text_value VARCHAR, number_value BIGINT, "
        "day_value INTEGER, yes_no_value BOOLEAN",
        "carts": "id INTEGER, customer INTEGER, changed_at BIGINT, total BIGINT, abandoned BOOLEAN",
        "identities": "id INTEGER, customer INTEGER, kind VARCHAR",
        "companies": "id INTEGER, name VARCHAR, vat_number VARCHAR, city VARCHAR, country VARCHAR",
        "subscriptions": "id INTEGER, customer INTEGER, name VARCHAR, starts_day INTEGER, ends_day INTEGER",
    }
)
"""Columns of each copy, under the name of the store's table; ``day`` is the organisation's day of its moment."""

DAYS: Mapping[str, str] = MappingProxyType({"orders": "ordered_at", "events": "starts_at"})
"""For each copy with a ``day``, the column of the moment it is the day of."""

DERIVED: Mapping[str, str] = MappingProxyType(
    {
        "lines": "order_id INTEGER, customer INTEGER, ordered_at BIGINT, lead_days INTEGER, "
        "sales_channel VARCHAR, event INTEGER, product INTEGER, category VARCHAR, quantity INTEGER, total BIGINT",
        "consents": "customer INTEGER, permission VARCHAR, channel VARCHAR, given BOOLEAN, changed_at BIGINT",
        "traits": f"number INTEGER, {_PERSON}, orders BIGINT, tickets BIGINT, events BIGINT, revenue BIGINT, "
        "first_purchase_at BIGINT, last_purchase_at BIGINT",
        "changes": "revision BIGINT, number INTEGER",
        "meta": "layout INTEGER, store VARCHAR, organisation INTEGER, currency VARCHAR, time_zone VARCHAR, "
        "revision BIGINT, changes_from BIGINT, horizon BIGINT, highest BIGINT",
    }
)
"""Columns of the tables that are made here."""

_VIEWED: Mapping[str, str] = MappingProxyType(
    {
        "orders": "orders", "events": "events", "products": "products", "venues": "venues",
        "tags": "customer_tags", "group_members": "customer_group_members", "custom_values": "custom_values",
        "carts": "carts", "identities": "identities", "companies": "companies", "subscriptions": "subscriptions",
    }
)  # fmt: skip
"""Relations that are views, and the copies behind them."""

TOUCHED = "SELECT number FROM touched"
"""The customers a catch-up is about (a temporary table of one column)."""


def creation() -> list[str]:
    """The statements that make everything, empty."""
    tables = {f"copies.{name}": columns for name, columns in COPIES.items()} | dict(DERIVED)
    return [
        "CREATE SCHEMA copies",
        *(f"CREATE TABLE {name} ({columns})" for name, columns in tables.items()),
        *(
            f"CREATE VIEW {relation} AS SELECT {', '.join(COLUMNS[relation])} FROM copies.{copy}"
            for relation, copy in _VIEWED.items()
        ),
    ]


def lines_sql(condition: str) -> str:
    """Flat lines of the orders that count and meet a condition on ``o`` (orders)."""
    return f"""
        SELECT l.order_id, o.customer, o.ordered_at, e.day - o.day AS lead_days, o.sales_channel,
               l.event_id AS event, l.product_id AS product,
               coalesce(l.category, e.category, p.category) AS category, l.quantity, l.total
        FROM copies.order_lines l JOIN copies.orders o ON o.id = l.order_id
        LEFT JOIN copies.events e ON e.id = l.event_id LEFT JOIN copies.products p ON p.id = l.product_id
        WHERE o.counts AND {condition}"""


def consents_sql(condition: str) -> str:
    """The newest entry for each customer, permission and channel among those that meet a condition."""
    return f"""
        SELECT customer, permission, channel, arg_max(given, (c.changed_at, c.id)) AS given,
               max(c.changed_at) AS changed_at
        FROM copies.consents c WHERE {condition} GROUP BY customer, permission, channel"""


def traits_sql(customers: str, orders: str, lines: str) -> str:
    """A row of traits for each customer.

    Args:
        customers: condition on ``c`` (customers).
        orders: condition on ``o`` (orders): which of them count in.
        lines: condition on ``l`` (lines): which of them count in.
    """
    person = ", ".join(f"c.{column.split()[0]}" for column in _PERSON.split(", "))
    return f"""
        SELECT c.id AS number, {person}, coalesce(bought.orders, 0) AS orders,
               coalesce(held.tickets, 0) AS tickets, coalesce(held.events, 0) AS events,
               coalesce(bought.revenue, 0) AS revenue, bought.first_purchase_at, bought.last_purchase_at
        FROM copies.customers c
        LEFT JOIN (
            SELECT o.customer, count(*) AS orders, CAST(sum(o.total) AS BIGINT) AS revenue,
                   min(o.ordered_at) AS first_purchase_at, max(o.ordered_at) AS last_purchase_at
            FROM copies.orders o WHERE o.counts AND {orders} GROUP BY o.customer
        ) bought ON bought.customer = c.id
        LEFT JOIN (
            SELECT customer, CAST(sum(tickets) AS BIGINT) AS tickets, count(event) AS events
            FROM (
                SELECT l.customer, l.event, sum(l.quantity) FILTER (WHERE l.product IS NULL) AS tickets
                FROM lines l WHERE {lines} GROUP BY l.customer, l.event
            ) AS seen GROUP BY customer
        ) held ON held.customer = c.id
        WHERE {customers}"""
