"""The replica's own tables: copies of the store's facts, and what is derived from them.

Copies: customers, orders, order_lines, events, products, consents, customer_tags, each with the store's row id.
Derived: ``lines`` (a line with its order's customer and time and its event's category, for orders that count),
``standing_consents`` (the newest entry of each log) and ``traits`` (one row for each customer).
``changes`` says which customers each revision touched; ``meta`` is one row about the replica itself.
"""

LAYOUT = 1
"""Raised with every change of these tables: a replica of another layout is built anew."""

COPIES = {
    "customers": "id INTEGER, born_day INTEGER, registered_at BIGINT, gender VARCHAR, account_kind VARCHAR, "
    "account_status VARCHAR, country VARCHAR, region VARCHAR, city VARCHAR, postcode VARCHAR, language VARCHAR, "
    "latitude DOUBLE, longitude DOUBLE",
    "orders": "id INTEGER, customer INTEGER, ordered_at BIGINT, total BIGINT, counts BOOLEAN, "
    "sales_channel VARCHAR",
    "order_lines": "id INTEGER, order_id INTEGER, event_id INTEGER, product_id INTEGER, category VARCHAR, "
    "quantity INTEGER, total BIGINT",
    "events": "id INTEGER, external_id VARCHAR, title VARCHAR, category VARCHAR, production VARCHAR, "
    "venue VARCHAR, starts_at BIGINT",
    "products": "id INTEGER, external_id VARCHAR, name VARCHAR, category VARCHAR",
    "consents": "id INTEGER, customer INTEGER, permission VARCHAR, channel VARCHAR, given BOOLEAN, "
    "changed_at BIGINT",
    "customer_tags": "id INTEGER, customer INTEGER, tag VARCHAR",
}
"""Columns of each copy. The first is the store's row id; the names are those of the store's tables."""

DERIVED = {
    "lines": "order_id INTEGER, customer INTEGER, ordered_at BIGINT, event VARCHAR, product VARCHAR, "
    "category VARCHAR, quantity INTEGER, total BIGINT",
    "standing_consents": "customer INTEGER, permission VARCHAR, channel VARCHAR, given BOOLEAN, changed_at BIGINT",
    "traits": "number INTEGER, born_day INTEGER, registered_at BIGINT, gender VARCHAR, account_kind VARCHAR, "
    "account_status VARCHAR, country VARCHAR, region VARCHAR, city VARCHAR, postcode VARCHAR, language VARCHAR, "
    "latitude DOUBLE, longitude DOUBLE, orders BIGINT, tickets BIGINT, revenue BIGINT, "
    "first_purchase_at BIGINT, last_purchase_at BIGINT",
    "changes": "revision BIGINT, number INTEGER",
    "meta": "layout INTEGER, store VARCHAR, organisation INTEGER, currency VARCHAR, revision BIGINT, "
    "changes_from BIGINT, horizon BIGINT",
}

TOUCHED = "SELECT number FROM touched"
"""The customers a catch-up is about (a temporary table of one column)."""


def lines_sql(condition: str) -> str:
    """Flat lines of the orders that count and meet a condition on ``o`` (orders)."""
    return f"""
        SELECT l.order_id, o.customer, o.ordered_at, e.external_id, p.external_id,
               coalesce(l.category, e.category, p.category), l.quantity, l.total
        FROM order_lines l JOIN orders o ON o.id = l.order_id
        LEFT JOIN events e ON e.id = l.event_id LEFT JOIN products p ON p.id = l.product_id
        WHERE o.counts AND {condition}"""


def standing_consents_sql(condition: str) -> str:
    """The newest entry for each customer, permission and channel among those that meet a condition."""
    return f"""
        SELECT customer, permission, channel, arg_max(given, (changed_at, id)), max(changed_at)
        FROM consents WHERE {condition} GROUP BY customer, permission, channel"""


def traits_sql(customers: str, orders: str, lines: str) -> str:
    """A row of traits for each customer.

    Args:
        customers: condition on ``c`` (customers).
        orders: condition on ``o`` (orders): which of them count in.
        lines: condition on ``l`` (lines): which of them count in.
    """
    return f"""
        SELECT c.id, c.born_day, c.registered_at, c.gender, c.account_kind, c.account_status, c.country, c.region,
               c.city, c.postcode, c.language, c.latitude, c.longitude,
               coalesce(bought.orders, 0), coalesce(held.tickets, 0), coalesce(bought.revenue, 0),
               bought.first_purchase_at, bought.last_purchase_at
        FROM customers c
        LEFT JOIN (
            SELECT o.customer, count(*) AS orders, CAST(sum(o.total) AS BIGINT) AS revenue,
                   min(o.ordered_at) AS first_purchase_at, max(o.ordered_at) AS last_purchase_at
            FROM orders o WHERE o.counts AND {orders} GROUP BY o.customer
        ) bought ON bought.customer = c.id
        LEFT JOIN (
            SELECT l.customer, CAST(sum(l.quantity) AS BIGINT) AS tickets
            FROM lines l WHERE l.product IS NULL AND {lines} GROUP BY l.customer
        ) held ON held.customer = c.id
        WHERE {customers}"""
