"""Selects what a source's records say, under the names of their fields, sorted alike on every database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hub.core.contracts.errors import NotFound
from hub.core.store.database import Database
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
    Source,
    Subscription,
    Tag,
    Venue,
    table_of,
)

Selection = sa.Select[*tuple[object, ...]]


@dataclass(frozen=True)
class SourceOfRecords:
    """A source that brought records."""

    id: int
    name: str


@dataclass(frozen=True)
class _Asked:
    organisation_id: int
    source_id: int
    is_sqlite: bool

    def sorted(self, statement: Selection, *columns: sa.ColumnElement[Any]) -> Selection:
        """By these columns, texts by their bytes, as SQLite does of its own accord."""
        return statement.order_by(
            *(
                sa.collate(column, "C") if isinstance(column.type, sa.String) and not self.is_sqlite else column
                for column in columns
            )
        )


def sources(database: Database, organisation: Organisation) -> Sequence[SourceOfRecords]:
    """The sources of an organisation, by name."""
    table = table_of(Source)
    own = sa.select(table.c.id, table.c.name).where(table.c.organisation_id == organisation.id)
    with database.reading() as connection:
        found = [SourceOfRecords(source_id, name) for source_id, name in connection.execute(own)]
    return sorted(found, key=lambda source: source.name)


def source_named(database: Database, organisation: Organisation, name: str) -> SourceOfRecords:
    """The source of that name.

    Raises:
        NotFound: there is none.
    """
    known = sources(database, organisation)
    for source in known:
        if source.name == name:
            return source
    there = ", ".join(source.name for source in known) or "none yet"
    raise NotFound(f"there is no source {name!r}; there are: {there}")


def most_rows(database: Database, organisation: Organisation) -> int:
    """A number that no kind of record has more rows than, found without counting them."""
    tables = (Customer, OrderLine, Consent, CustomerTag, CustomValue)
    with database.reading() as connection:
        return sum(
            connection.execute(sa.select(sa.func.max(*table_of(table).primary_key.columns))).scalar() or 0
            for table in tables
        )


def selection(database: Database, organisation: Organisation, source: SourceOfRecords, kind: str) -> Selection:
    """A select of a source's records of a kind, one row each.

    Columns are the record's fields, as the store keeps them: moments in seconds and days in days since 1970,
    amounts in minor units. Custom fields have their choices as a JSON text; custom values have ``text_value``,
    ``number_value``, ``day_value`` and ``yes_no_value``, of which one is not null.

    Args:
        database: the store's.
        organisation: whose.
        source: which source brought them. Venues and custom fields are the organisation's, whoever brought them.
        kind: a name in ``RECORDS``.
    """
    assert organisation.id is not None
    return _SELECTIONS[kind](_Asked(organisation.id, source.id, database.is_sqlite))


def _companies(asked: _Asked) -> Selection:
    companies = table_of(Company)
    own = _of_source(companies, asked, "name", "vat_number", "city", "country")
    return asked.sorted(own, companies.c.external_id)


def _customers(asked: _Asked) -> Selection:
    customers, companies = table_of(Customer), table_of(Company)
    plain = (
        "email", "phone", "title", "first_name", "last_name", "gender", "born_on", "registered_at",
        "account_kind", "account_status", "street", "postcode", "city", "region", "country", "language",
        "latitude", "longitude",
    )  # fmt: skip
    own = _of_source(customers, asked, *plain).add_columns(companies.c.external_id.label("company"))
    own = own.outerjoin_from(customers, companies, companies.c.id == customers.c.company_id)
    return asked.sorted(own, customers.c.external_id)


def _venues(asked: _Asked) -> Selection:
    venues = table_of(Venue)
    own = sa.select(venues.c.name, venues.c.latitude, venues.c.longitude)
    return asked.sorted(own.where(venues.c.organisation_id == asked.organisation_id), venues.c.name)


def _events(asked: _Asked) -> Selection:
    events, categories, productions, venues = (table_of(each) for each in (Event, Category, Production, Venue))
    own = _of_source(events, asked, "title", "starts_at", "organiser", "description").add_columns(
        categories.c.name.label("category"),
        productions.c.name.label("production"),
        venues.c.name.label("venue"),
    )
    joined = (
        events.outerjoin(categories, categories.c.id == events.c.category_id)
        .outerjoin(productions, productions.c.id == events.c.production_id)
        .outerjoin(venues, venues.c.id == events.c.venue_id)
    )
    return asked.sorted(own.select_from(joined), events.c.external_id)


def _products(asked: _Asked) -> Selection:
    products, categories = table_of(Product), table_of(Category)
    own = _of_source(products, asked, "name").add_columns(categories.c.name.label("category"))
    own = own.outerjoin_from(products, categories, categories.c.id == products.c.category_id)
    return asked.sorted(own, products.c.external_id)


def _orders(asked: _Asked) -> Selection:
    orders, customers = table_of(Order), table_of(Customer)
    own = _of_source(orders, asked, "ordered_at", "total", "currency", "status", "sales_channel")
    own = own.add_columns(customers.c.external_id.label("customer"))
    own = own.join_from(orders, customers, customers.c.number == orders.c.customer_number)
    return asked.sorted(own, orders.c.external_id)


def _order_lines(asked: _Asked) -> Selection:
    lines, orders = table_of(OrderLine), table_of(Order)
    events, products, categories = (table_of(each) for each in (Event, Product, Category))
    own = sa.select(
        lines.c.external_id.label("id"),
        orders.c.external_id.label("order"),
        events.c.external_id.label("event"),
        products.c.external_id.label("product"),
        categories.c.name.label("category"),
        lines.c.quantity,
        lines.c.total,
    ).select_from(
        lines.join(orders, orders.c.id == lines.c.order_id)
        .outerjoin(events, events.c.id == lines.c.event_id)
        .outerjoin(products, products.c.id == lines.c.product_id)
        .outerjoin(categories, categories.c.id == lines.c.category_id)
    )
    return asked.sorted(
        own.where(orders.c.source_id == asked.source_id), orders.c.external_id, lines.c.external_id
    )


def _carts(asked: _Asked) -> Selection:
    carts, customers, orders = table_of(Cart), table_of(Customer), table_of(Order)
    own = _of_source(carts, asked, "changed_at", "total", "currency").add_columns(
        customers.c.external_id.label("customer"), orders.c.external_id.label("order")
    )
    joined = carts.join(customers, customers.c.number == carts.c.customer_number).outerjoin(
        orders, orders.c.id == carts.c.order_id
    )
    return asked.sorted(own.select_from(joined), carts.c.external_id)


def _subscriptions(asked: _Asked) -> Selection:
    subscriptions, customers = table_of(Subscription), table_of(Customer)
    own = _of_source(subscriptions, asked, "name", "starts_on", "ends_on")
    own = own.add_columns(customers.c.external_id.label("customer"))
    own = own.join_from(subscriptions, customers, customers.c.number == subscriptions.c.customer_number)
    return asked.sorted(own, subscriptions.c.external_id)


def _consents(asked: _Asked) -> Selection:
    log = table_of(Consent)
    columns = [log.c[name] for name in ("permission", "channel", "given", "at", "place")]
    own = _of_customers(asked, log, *columns)
    return asked.sorted(own, table_of(Customer).c.external_id, log.c.permission, log.c.channel, log.c.at, log.c.id)


def _identities(asked: _Asked) -> Selection:
    identities = table_of(Identity)
    own = _of_customers(asked, identities, identities.c.kind.label("channel"), identities.c.value)
    return asked.sorted(own, table_of(Customer).c.external_id, identities.c.kind, identities.c.value)


def _tags(asked: _Asked) -> Selection:
    marks, tags = table_of(CustomerTag), table_of(Tag)
    own = _of_customers(asked, marks, tags.c.name.label("tag")).join(tags, tags.c.id == marks.c.tag_id)
    return asked.sorted(own, table_of(Customer).c.external_id, tags.c.name)


def _groups(asked: _Asked) -> Selection:
    members, groups = table_of(CustomerGroupMember), table_of(CustomerGroup)
    own = _of_customers(asked, members, groups.c.name.label("group")).join(
        groups, groups.c.id == members.c.group_id
    )
    return asked.sorted(own, table_of(Customer).c.external_id, groups.c.name)


def _custom_fields(asked: _Asked) -> Selection:
    fields = table_of(CustomField)
    own = sa.select(
        fields.c.name, fields.c.value_type, sa.cast(fields.c.choices, sa.String()).label("choices")
    ).where(fields.c.organisation_id == asked.organisation_id)
    return asked.sorted(own, fields.c.name)


def _custom_values(asked: _Asked) -> Selection:
    values, fields = table_of(CustomValue), table_of(CustomField)
    columns = [values.c[name] for name in ("text_value", "number_value", "day_value", "yes_no_value")]
    own = _of_customers(asked, values, fields.c.name.label("field"), *columns)
    own = own.join(fields, fields.c.id == values.c.field_id)
    return asked.sorted(own, table_of(Customer).c.external_id, fields.c.name)


def _of_source(table: sa.Table, asked: _Asked, *columns: str) -> Selection:
    """Rows that have the source's id themselves."""
    own = sa.select(table.c.external_id.label("id"), *(table.c[name] for name in columns))
    return own.where(table.c.source_id == asked.source_id)


def _of_customers(asked: _Asked, table: sa.Table, *columns: sa.ColumnElement[Any]) -> Selection:
    """Rows of the source's customers."""
    customers = table_of(Customer)
    own = sa.select(customers.c.external_id.label("customer"), *columns)
    own = own.join_from(table, customers, customers.c.number == table.c.customer_number)
    return own.where(customers.c.source_id == asked.source_id)


_SELECTIONS: Mapping[str, Callable[[_Asked], Selection]] = {
    "companies": _companies,
    "customers": _customers,
    "venues": _venues,
    "events": _events,
    "products": _products,
    "orders": _orders,
    "order_lines": _order_lines,
    "carts": _carts,
    "subscriptions": _subscriptions,
    "consents": _consents,
    "identities": _identities,
    "tags": _tags,
    "groups": _groups,
    "custom_fields": _custom_fields,
    "custom_values": _custom_values,
}
