"""Every query over what messages tell customers of themselves, in bulk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from hub.core.store.tables import (
    Company,
    Customer,
    CustomerGroup,
    CustomerGroupMember,
    CustomerTag,
    CustomField,
    CustomValue,
    Event,
    Order,
    OrderLine,
    Product,
    Tag,
    table_of,
)

PERSONAL = (
    "title", "first_name", "last_name", "gender", "born_on", "email", "phone", "street", "postcode", "city",
    "region", "country", "language", "external_id", "registered_at", "account_kind", "account_status",
)  # fmt: skip
"""Columns of a customer that a message may tell."""

_TEN_THOUSANDTHS = Decimal(10_000)


@dataclass(frozen=True)
class NewestOrder:
    """A customer's newest order that counts as bought."""

    ordered_at: datetime
    total: int
    """Minor units of the currency."""
    currency: str
    titles: Sequence[str]
    """Of the events and products in it, each once."""


def people_and_companies(
    connection: sa.Connection, organisation_id: int, numbers: Sequence[int]
) -> Iterator[tuple[int, dict[str, Any], dict[str, Any] | None]]:
    """Number, personal data by the names in ``PERSONAL``, and company of the customers who are still there."""
    table, companies = table_of(Customer), table_of(Company)
    chosen = (
        sa.select(
            table.c.number,
            *(table.c[name] for name in PERSONAL),
            companies.c.name.label("company"),
            companies.c.city.label("company_city"),
            companies.c.country.label("company_country"),
        )
        .select_from(table.outerjoin(companies, companies.c.id == table.c.company_id))
        .where(table.c.organisation_id == organisation_id, table.c.number.in_(numbers))
    )
    for number, *rest in connection.execute(chosen):
        name, city, country = rest[len(PERSONAL) :]
        company = None if name is None else {"name": name, "city": city, "country": country}
        yield number, dict(zip(PERSONAL, rest, strict=False)), company


def tags(connection: sa.Connection, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Customers with their tags, in alphabetical order."""
    table, words = table_of(CustomerTag), table_of(Tag)
    yield from _names(connection, table, words, table.c.tag_id, numbers)


def groups(connection: sa.Connection, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Customers with the groups that they are in, in alphabetical order."""
    table, words = table_of(CustomerGroupMember), table_of(CustomerGroup)
    yield from _names(connection, table, words, table.c.group_id, numbers)


def filled_fields(
    connection: sa.Connection, numbers: Sequence[int]
) -> Iterator[tuple[int, str, str | Decimal | date | bool | None]]:
    """Customers with each custom field that is filled in, and its value."""
    values, fields = table_of(CustomValue), table_of(CustomField)
    found = (
        sa.select(
            values.c.customer_number,
            fields.c.name,
            values.c.text_value,
            values.c.number_value,
            values.c.day_value,
            values.c.yes_no_value,
        )
        .join_from(values, fields, fields.c.id == values.c.field_id)
        .where(values.c.customer_number.in_(numbers))
    )
    for number, name, text, amount, day, truth in connection.execute(found):
        exact = None if amount is None else amount / _TEN_THOUSANDTHS
        yield number, name, next((one for one in (text, exact, day, truth) if one is not None), None)


def newest_orders(
    connection: sa.Connection, numbers: Sequence[int], counting: Sequence[str]
) -> Mapping[int, NewestOrder]:
    """Each customer's newest order.

    Args:
        connection: the store's.
        numbers: the customers.
        counting: the statuses of orders that count.
    """
    table = table_of(Order)
    place = sa.func.row_number().over(
        partition_by=table.c.customer_number, order_by=(table.c.ordered_at.desc(), table.c.id.desc())
    )
    ranked = (
        sa.select(
            table.c.id, table.c.customer_number, table.c.ordered_at, table.c.total, table.c.currency,
            place.label("place"),
        )
        .where(table.c.customer_number.in_(numbers), table.c.status.in_(counting))
        .subquery()
    )  # fmt: skip
    newest = connection.execute(sa.select(ranked).where(ranked.c.place == 1)).all()
    titles = _titles(connection, [row.id for row in newest])
    return {
        row.customer_number: NewestOrder(row.ordered_at, row.total, row.currency, titles.get(row.id, ()))
        for row in newest
    }


def _names(
    connection: sa.Connection, table: sa.Table, words: sa.Table, key: sa.Column[Any], numbers: Sequence[int]
) -> Iterator[tuple[int, str]]:
    found = (
        sa.select(table.c.customer_number, words.c.name)
        .join_from(table, words, words.c.id == key)
        .where(table.c.customer_number.in_(numbers))
    )
    yield from sorted((number, name) for number, name in connection.execute(found))


def _titles(connection: sa.Connection, order_ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    lines, events, products = table_of(OrderLine), table_of(Event), table_of(Product)
    title = sa.func.coalesce(events.c.title, products.c.name)
    rows = connection.execute(
        sa.select(lines.c.order_id, title)
        .select_from(
            lines.outerjoin(events, events.c.id == lines.c.event_id).outerjoin(
                products, products.c.id == lines.c.product_id
            )
        )
        .where(lines.c.order_id.in_(order_ids), title.is_not(None))
        .order_by(lines.c.id)
    )
    found: dict[int, dict[str, None]] = {}
    for order_id, said in rows:
        found.setdefault(order_id, {})[said] = None
    return {order_id: tuple(said) for order_id, said in found.items()}
