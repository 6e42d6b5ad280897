"""What the replica asks the store for: the rows of each copied table after a revision."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from hub.core.contracts.records import OrderStatus
from hub.core.store.tables import (
    Cart,
    Category,
    Company,
    Consent,
    Customer,
    CustomerGroup,
    CustomerGroupMember,
    CustomerTag,
    CustomField,
    CustomValue,
    Event,
    Identity,
    Order,
    OrderLine,
    Organisation,
    Product,
    Production,
    Revision,
    Source,
    Subscription,
    Tag,
    Tombstone,
    Venue,
    table_of,
)

COUNTING = (OrderStatus.PAID.value, OrderStatus.COMPLETED.value)
"""The states of an order that count as bought."""

Statement = sa.Select[*tuple[Any, ...]]

_COPIED = (
    Customer, Order, OrderLine, Event, Product, Venue, Consent, CustomerTag, CustomerGroupMember, CustomValue,
    Cart, Identity, Company, Subscription,
)  # fmt: skip


def copied_rows(organisation: Organisation, after: int) -> Mapping[str, Statement]:
    """A select for each copied table of the rows changed after a revision; of all rows after 0.

    Its columns are those in ``COPIES`` without ``day``, in that order.
    """
    statements = {
        "customers": _customers(organisation),
        "orders": _orders(organisation),
        "order_lines": _order_lines(),
        "events": _events(organisation),
        "products": _products(organisation),
        "venues": _venues(organisation),
        "consents": _of_customer(Consent, "permission", "channel", "given", changed_at="at"),
        "customer_tags": _of_customer_named(CustomerTag, Tag, "tag_id", "tag"),
        "customer_group_members": _of_customer_named(CustomerGroupMember, CustomerGroup, "group_id", "name"),
        "custom_values": _custom_values(),
        "carts": _carts(organisation),
        "identities": _of_customer(Identity, "kind").where(
            table_of(Identity).c.organisation_id == organisation.id
        ),
        "companies": _plain(Company, "name", "vat_number", "city", "country").where(
            table_of(Company).c.organisation_id == organisation.id
        ),
        "subscriptions": _of_customer(Subscription, "name", starts_day="starts_on", ends_day="ends_on"),
    }
    revisions = {table_of(model).name: table_of(model).c.revision for model in _COPIED}
    if not after:  # all of them: some venues have no revision of their own
        return statements
    return {name: statement.where(revisions[name] > after) for name, statement in statements.items()}


def tombstones(after: int) -> Statement:
    """The rows deleted after a revision, by table."""
    gone = table_of(Tombstone)
    return sa.select(gone.c.table_name, gone.c.row_id).where(gone.c.revision > after)


def head() -> Statement:
    """The store's revision and its name."""
    counter = table_of(Revision)
    return sa.select(counter.c.value.label("revision"), counter.c.store)


def changed_counts(after: int, limit: int) -> Mapping[str, sa.Select[int]]:
    """For each copied table a count of the rows changed or deleted after a revision, up to a limit of each."""
    gone = table_of(Tombstone)
    counts: dict[str, sa.Select[int]] = {}
    for model in _COPIED:
        table = table_of(model)
        changed = sa.select(table.c.revision).where(table.c.revision > after).limit(limit).subquery()
        buried = sa.select(gone.c.revision).where(gone.c.revision > after, gone.c.table_name == table.name)
        both = (sa.select(sa.func.count()).select_from(each) for each in (changed, buried.limit(limit).subquery()))
        counts[table.name] = sa.select(sum((each.scalar_subquery() for each in both), start=sa.literal(0)))
    return counts


def _customers(organisation: Organisation) -> Statement:
    c = table_of(Customer).c
    return sa.select(
        c.number.label("id"), c.born_on.label("born_day"), c.registered_at, c.gender, c.title, c.first_name,
        c.account_kind, c.account_status, c.country, c.region, c.city, c.postcode, c.language, c.latitude,
        c.longitude, _given(c.email).label("has_email"), _given(c.phone).label("has_phone"),
        c.company_id.label("company"),
    ).where(c.organisation_id == organisation.id)  # fmt: skip


def _given(text: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.and_(text.is_not(None), text != "")


def _orders(organisation: Organisation) -> Statement:
    c = table_of(Order).c
    return sa.select(
        c.id, c.customer_number.label("customer"), c.ordered_at, _own_money(c, organisation), c.status,
        c.status.in_(COUNTING).label("counts"), c.sales_channel,
    ).where(_of_source(c, organisation))  # fmt: skip


def _own_money(columns: Any, organisation: Organisation) -> sa.Label[int]:
    return sa.case((columns.currency == organisation.currency, columns.total), else_=0).label("total")


def _of_source(columns: Any, organisation: Organisation) -> sa.ColumnElement[bool]:
    sources = table_of(Source)
    own = sa.select(sources.c.id).where(sources.c.organisation_id == organisation.id)
    # A sum, so that no database goes through all of a source's rows by their index for the few that changed.
    test: sa.ColumnElement[bool] = (columns.source_id + 0).in_(own)
    return test


def _order_lines() -> Statement:
    c, category = table_of(OrderLine).c, table_of(Category)
    return sa.select(
        c.id, c.order_id, c.event_id, c.product_id, category.c.name.label("category"), c.quantity, c.total
    ).select_from(table_of(OrderLine).outerjoin(category, category.c.id == c.category_id))


def _events(organisation: Organisation) -> Statement:
    event, category, production, venue = (table_of(model) for model in (Event, Category, Production, Venue))
    joined = (
        event.outerjoin(category, category.c.id == event.c.category_id)
        .outerjoin(production, production.c.id == event.c.production_id)
        .outerjoin(venue, venue.c.id == event.c.venue_id)
    )
    return (
        sa.select(
            event.c.id, event.c.external_id, event.c.title, category.c.name.label("category"),
            production.c.name.label("production"), venue.c.name.label("venue"), event.c.organiser,
            event.c.starts_at,
        )
        .select_from(joined)
        .where(event.c.organisation_id == organisation.id)
    )  # fmt: skip


def _products(organisation: Organisation) -> Statement:
    product, category = table_of(Product), table_of(Category)
    return (
        sa.select(product.c.id, product.c.external_id, product.c.name, category.c.name.label("category"))
        .select_from(product.outerjoin(category, category.c.id == product.c.category_id))
        .where(product.c.organisation_id == organisation.id)
    )


def _venues(organisation: Organisation) -> Statement:
    c = table_of(Venue).c
    return sa.select(c.id, c.name, c.latitude, c.longitude).where(
        c.organisation_id == organisation.id, c.latitude.is_not(None), c.longitude.is_not(None)
    )


def _custom_values() -> Statement:
    c, field = table_of(CustomValue).c, table_of(CustomField)
    return sa.select(
        c.id, c.customer_number.label("customer"), field.c.name.label("field"), c.text_value, c.number_value,
        c.day_value.label("day_value"), c.yes_no_value,
    ).select_from(table_of(CustomValue).join(field, field.c.id == c.field_id))  # fmt: skip


def _carts(organisation: Organisation) -> Statement:
    c = table_of(Cart).c
    return sa.select(
        c.id, c.customer_number.label("customer"), c.changed_at, _own_money(c, organisation),
        c.order_id.is_(None).label("abandoned"),
    ).where(_of_source(c, organisation))  # fmt: skip


def _plain(model: Any, *names: str) -> Statement:
    c = table_of(model).c
    return sa.select(c.id, *(c[name] for name in names))


def _of_customer(model: Any, *names: str, **renamed: str) -> Statement:
    """Rows of a table about customers, with some of its columns and others under another name."""
    c = table_of(model).c
    others = (c[name].label(label) for label, name in renamed.items())
    return sa.select(c.id, c.customer_number.label("customer"), *(c[name] for name in names), *others)


def _of_customer_named(model: Any, names: Any, reference: str, label: str) -> Statement:
    """Rows that join a customer to a named thing, with its name."""
    table, named = table_of(model), table_of(names)
    return sa.select(table.c.id, table.c.customer_number.label("customer"), named.c.name.label(label)).select_from(
        table.join(named, named.c.id == table.c[reference])
    )
