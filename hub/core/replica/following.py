"""What the replica asks the store for: the rows of each copied table after a revision."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from hub.core.contracts.records import OrderStatus
from hub.core.store.tables import (
    Category,
    Consent,
    Customer,
    CustomerTag,
    Event,
    Order,
    OrderLine,
    Organisation,
    Product,
    Production,
    Revision,
    Tag,
    Tombstone,
    Venue,
    table_of,
)

COUNTING = (OrderStatus.PAID.value, OrderStatus.COMPLETED.value)
"""The states of an order that count as bought."""

Statement = sa.Select[*tuple[Any, ...]]


def copied_rows(organisation: Organisation, after: int) -> Mapping[str, Statement]:
    """A select for each copied table, its columns as in ``COPIES``, of the rows changed after a revision."""
    lines, tags = table_of(OrderLine), table_of(CustomerTag)
    category, tag, consents = table_of(Category), table_of(Tag), table_of(Consent)
    return {
        "customers": _customers(organisation, after),
        "orders": _orders(organisation, after),
        "order_lines": sa.select(
            lines.c.id, lines.c.order_id, lines.c.event_id, lines.c.product_id,
            category.c.name.label("category"), lines.c.quantity, lines.c.total,
        )
        .select_from(lines.outerjoin(category, category.c.id == lines.c.category_id))
        .where(lines.c.revision > after),
        "events": _events(after),
        "products": _products(after),
        "consents": sa.select(
            consents.c.id, consents.c.customer_number.label("customer"), consents.c.permission, consents.c.channel,
            consents.c.given, consents.c.at.label("changed_at"),
        ).where(consents.c.revision > after),
        "customer_tags": sa.select(
            tags.c.id, tags.c.customer_number.label("customer"), tag.c.name.label("tag")
        ).select_from(tags.join(tag, tag.c.id == tags.c.tag_id)).where(tags.c.revision > after),
    }  # fmt: skip


def tombstones(after: int) -> Statement:
    """The rows deleted after a revision, by table."""
    gone = table_of(Tombstone)
    return sa.select(gone.c.table_name, gone.c.row_id).where(gone.c.revision > after)


def head() -> Statement:
    """The store's revision and its name."""
    counter = table_of(Revision)
    return sa.select(counter.c.value.label("revision"), counter.c.store)


def changed_counts(after: int, limit: int) -> Iterator[sa.Select[int]]:
    """For each copied table a count of the rows changed after a revision, up to a limit."""
    for model in (Customer, Order, OrderLine, Event, Product, Consent, CustomerTag):
        table = table_of(model)
        some = sa.select(table.c.revision).where(table.c.revision > after).limit(limit).subquery()
        yield sa.select(sa.func.count()).select_from(some)


def _customers(organisation: Organisation, after: int) -> Statement:
    c = table_of(Customer).c
    return sa.select(
        c.number.label("id"), c.born_on.label("born_day"), c.registered_at, c.gender, c.account_kind,
        c.account_status, c.country, c.region, c.city, c.postcode, c.language, c.latitude, c.longitude,
    ).where(c.organisation_id == organisation.id, c.revision > after)  # fmt: skip


def _orders(organisation: Organisation, after: int) -> Statement:
    c = table_of(Order).c
    own = sa.case((c.currency == organisation.currency, c.total), else_=0)
    return sa.select(
        c.id, c.customer_number.label("customer"), c.ordered_at, own.label("total"),
        c.status.in_(COUNTING).label("counts"), c.sales_channel,
    ).where(c.revision > after)  # fmt: skip


def _events(after: int) -> Statement:
    event, category, production, venue = (table_of(model) for model in (Event, Category, Production, Venue))
    joined = (
        event.outerjoin(category, category.c.id == event.c.category_id)
        .outerjoin(production, production.c.id == event.c.production_id)
        .outerjoin(venue, venue.c.id == event.c.venue_id)
    )
    return (
        sa.select(
            event.c.id, event.c.external_id, event.c.title, category.c.name.label("category"),
            production.c.name.label("production"), venue.c.name.label("venue"), event.c.starts_at,
        )
        .select_from(joined)
        .where(event.c.revision > after)
    )  # fmt: skip


def _products(after: int) -> Statement:
    product, category = table_of(Product), table_of(Category)
    return (
        sa.select(product.c.id, product.c.external_id, product.c.name, category.c.name.label("category"))
        .select_from(product.outerjoin(category, category.c.id == product.c.category_id))
        .where(product.c.revision > after)
    )
