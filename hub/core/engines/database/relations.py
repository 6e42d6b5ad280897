"""The relations as subqueries over the store's own tables.

A subquery costs only what a question reads of it: PostgreSQL drops every left join whose columns are not used.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import SQLModel

from hub.core.contracts.relations import COLUMNS, Relations, relations
from hub.core.engines.database.purchases import bought_lines
from hub.core.engines.database.scope import Condition, Scope
from hub.core.engines.database.traits import traits
from hub.core.replica.following import copied_rows
from hub.core.store.tables import (
    Cart,
    Consent,
    CustomerGroup,
    CustomerGroupMember,
    CustomerTag,
    CustomField,
    CustomValue,
    Identity,
    Order,
    Subscription,
    Tag,
    Venue,
    table_of,
)

Rows = sa.Select[*tuple[Any, ...]]

_EVERY_REVISION = -1


def relations_in(scope: Scope) -> Relations:
    """The relations, with the rows that are in the scope and the columns declared for them."""
    rows = _rows(scope)
    orders = rows["orders"].subquery("orders")
    order_lines, events, products = (rows[name].subquery(name) for name in ("order_lines", "events", "products"))
    lines = bought_lines(orders, order_lines, events, products, scope.organisation.time_zone)
    selects = {**rows, "lines": lines, "traits": traits(rows["customers"], orders, lines.subquery("lines"))}
    return relations(lambda name, _: _declared(name, selects[name]).subquery(name))


def _rows(scope: Scope) -> Mapping[str, Rows]:
    """What is read as it stands in the store, each row with its id."""
    copies = copied_rows(scope.organisation, after=_EVERY_REVISION)
    order, cart, venue = (table_of(model).c for model in (Order, Cart, Venue))

    def chosen(copy: str, model: type[SQLModel], *conditions: Condition) -> Rows:
        return copies[copy].where(*conditions, *scope.chosen(table_of(model).c.customer_number))

    return {
        "customers": copies["customers"].where(scope.customers()),
        "orders": chosen("orders", Order, *scope.happened(order.ordered_at)),
        "order_lines": copies["order_lines"],
        "events": copies["events"],
        "products": copies["products"],
        "venues": copies["venues"].where(venue.latitude.is_not(None), venue.longitude.is_not(None)),
        "companies": copies["companies"],
        "consents": _newest(chosen("consents", Consent, scope.of_customer(Consent)), scope),
        "tags": chosen("customer_tags", CustomerTag, scope.of_organisation(Tag)),
        "group_members": chosen(
            "customer_group_members", CustomerGroupMember, scope.of_organisation(CustomerGroup)
        ),
        "custom_values": chosen("custom_values", CustomValue, scope.of_organisation(CustomField)),
        "carts": chosen("carts", Cart, *scope.happened(cart.changed_at)),
        "identities": chosen("identities", Identity),
        "subscriptions": chosen("subscriptions", Subscription, scope.of_source(Subscription)),
    }


def _newest(log: Rows, scope: Scope) -> Rows:
    """The newest entry up to the end for each customer, permission and channel."""
    c = table_of(Consent).c
    about = (c.customer_number, c.permission, c.channel)
    newest = log.where(*scope.happened(c.at)).ext(distinct_on(*about))
    return newest.order_by(*about, c.at.desc(), c.id.desc())


def _declared(name: str, rows: Rows) -> Rows:
    """The columns declared for a relation, of the types they are declared with."""
    inner = rows.subquery()
    return sa.select(*(sa.type_coerce(inner.c[each], kind).label(each) for each, kind in COLUMNS[name].items()))
