"""Every query over one customer: all that is stored of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.contracts.errors import NotFound
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
    LedgerEntry,
    Order,
    OrderLine,
    Product,
    Segment,
    SegmentMember,
    Source,
    Subscription,
    Sync,
    Tag,
    table_of,
)
from hub.core.store.texts import storable

_TEN_THOUSANDTHS = Decimal(10_000)


@dataclass(frozen=True)
class FilledField:
    """A custom field that is filled in for a customer."""

    name: str
    value_type: str
    """text, number, date, choice or yes_no."""
    value: str | Decimal | date | bool | None


@dataclass(frozen=True)
class Line:
    """A line of an order, with what it is for. A line without a product is of tickets."""

    quantity: int
    total: int | None
    """Minor units of the order's currency; None where the source does not tell."""
    event: str | None
    """The event's id in the ticket system."""
    title: str | None
    starts_at: datetime | None
    product: str | None
    """The product's name, or its id in the shop where it has none."""
    category: str | None


@dataclass(frozen=True)
class OrderWithLines:
    """An order of any status."""

    order: Order
    lines: Sequence[Line]


@dataclass(frozen=True)
class SyncedAs:
    """What a sync's platform holds, or may hold, of a customer."""

    sync: str
    state: str
    """One of ``LedgerState``."""


def customer_of(session: Session, organisation_id: int, number: int) -> Customer:
    """The customer of that number.

    Raises:
        NotFound: there is none, or they were erased.
    """
    found = session.get(Customer, number)
    if found is None or found.organisation_id != organisation_id:
        raise NotFound(f"there is no customer {number}; if there was one, they have been erased")
    return found


def customer_known_as(session: Session, organisation_id: int, source: str, external_id: str) -> Customer:
    """The customer a source knows by that id.

    Raises:
        NotFound: there is none, or they were erased.
    """
    named = select(Customer).join(Source, col(Source.id) == Customer.source_id)
    own = named.where(Customer.organisation_id == organisation_id, Source.name == source)
    known = storable(source) and storable(external_id)
    found = session.scalars(own.where(Customer.external_id == external_id)).one_or_none() if known else None
    if found is None:
        raise NotFound(
            f"the source {source!r} knows no customer {external_id!r}; if it did, they have been erased"
        )
    return found


def source_of(session: Session, customer: Customer) -> str:
    """The name of the source a customer came from."""
    return session.get_one(Source, customer.source_id).name


def company_of(session: Session, customer: Customer) -> Company | None:
    """The business partner a customer belongs to."""
    return session.get(Company, customer.company_id) if customer.company_id is not None else None


def tags_of(session: Session, number: int) -> Sequence[str]:
    """A customer's tags, in alphabetical order."""
    own = select(Tag.name).join(CustomerTag, col(CustomerTag.tag_id) == Tag.id)
    return sorted(session.scalars(own.where(CustomerTag.customer_number == number)))


def groups_of(session: Session, number: int) -> Sequence[str]:
    """The groups a customer is in, in alphabetical order."""
    own = select(CustomerGroup.name).join(
        CustomerGroupMember, col(CustomerGroupMember.group_id) == CustomerGroup.id
    )
    return sorted(session.scalars(own.where(CustomerGroupMember.customer_number == number)))


def fields_of(session: Session, number: int) -> Sequence[FilledField]:
    """The custom fields that are filled in, by name."""
    own = select(CustomField, CustomValue).join(CustomValue, col(CustomValue.field_id) == CustomField.id)
    rows = session.execute(own.where(CustomValue.customer_number == number).order_by(col(CustomField.name)))
    return [FilledField(field.name, field.value_type, _value(field, value)) for field, value in rows]


def consents_of(session: Session, number: int) -> Sequence[Consent]:
    """The log of a customer's consents, newest first."""
    own = select(Consent).where(Consent.customer_number == number)
    return session.scalars(own.order_by(col(Consent.at).desc(), col(Consent.id).desc())).all()


def identities_of(session: Session, number: int) -> Sequence[Identity]:
    """A customer's further addresses, by kind."""
    own = select(Identity).where(Identity.customer_number == number)
    return session.scalars(own.order_by(col(Identity.kind), col(Identity.id))).all()


def subscriptions_of(session: Session, number: int) -> Sequence[Subscription]:
    """A customer's subscriptions, newest first."""
    own = select(Subscription).where(Subscription.customer_number == number)
    return session.scalars(own.order_by(col(Subscription.starts_on).desc(), col(Subscription.id).desc())).all()


def carts_of(session: Session, number: int) -> Sequence[Cart]:
    """A customer's carts, newest first; one without an order was abandoned."""
    own = select(Cart).where(Cart.customer_number == number)
    return session.scalars(own.order_by(col(Cart.changed_at).desc(), col(Cart.id).desc())).all()


def orders_of(
    session: Session, number: int, limit: int, *, before: tuple[datetime, int] | None = None
) -> Sequence[OrderWithLines]:
    """A customer's orders with their lines, newest first, for paging from before a time and an id."""
    own = select(Order).where(Order.customer_number == number)
    if before is not None:
        at, order_id = before
        same = sa.and_(col(Order.ordered_at) == at, col(Order.id) < order_id)
        own = own.where(sa.or_(col(Order.ordered_at) < at, same))
    newest = own.order_by(col(Order.ordered_at).desc(), col(Order.id).desc()).limit(limit)
    orders = session.scalars(newest).all()
    lines = _lines_of(session, [order.id for order in orders if order.id is not None])
    return [OrderWithLines(order, lines.get(order.id or 0, ())) for order in orders]


def manual_segments_with(session: Session, organisation_id: int, number: int) -> frozenset[int]:
    """The ids of the manual segments a customer was put into."""
    own = select(SegmentMember.segment_id).join(Segment, col(Segment.id) == SegmentMember.segment_id)
    found = own.where(Segment.organisation_id == organisation_id, SegmentMember.customer_number == number)
    return frozenset(session.scalars(found))


def synced_of(session: Session, organisation_id: int, number: int) -> Sequence[SyncedAs]:
    """What platforms hold of a customer, by the name of the sync."""
    own = select(Sync.name, LedgerEntry.state).join(LedgerEntry, col(LedgerEntry.sync_id) == Sync.id)
    found = own.where(Sync.organisation_id == organisation_id, LedgerEntry.customer_number == number)
    return [SyncedAs(*row) for row in session.execute(found.order_by(col(Sync.name)))]


def _lines_of(session: Session, order_ids: Sequence[int]) -> Mapping[int, Sequence[Line]]:
    lines, events, products = table_of(OrderLine), table_of(Event), table_of(Product)
    category_id = sa.func.coalesce(lines.c.category_id, events.c.category_id, products.c.category_id)
    categories = table_of(Category)
    rows = session.execute(
        sa.select(
            lines.c.order_id,
            lines.c.quantity,
            lines.c.total,
            events.c.external_id,
            events.c.title,
            events.c.starts_at,
            sa.func.coalesce(products.c.name, products.c.external_id),
            categories.c.name,
        )
        .select_from(
            lines.outerjoin(events, events.c.id == lines.c.event_id)
            .outerjoin(products, products.c.id == lines.c.product_id)
            .outerjoin(categories, categories.c.id == category_id)
        )
        .where(lines.c.order_id.in_(order_ids))
        .order_by(lines.c.id)
    )
    found: dict[int, list[Line]] = {}
    for order_id, *line in rows:
        found.setdefault(order_id, []).append(Line(*line))
    return found


def _value(field: CustomField, value: CustomValue) -> str | Decimal | date | bool | None:
    match field.value_type:
        case "number":
            return None if value.number_value is None else value.number_value / _TEN_THOUSANDTHS
        case "date":
            return value.day_value
        case "yes_no":
            return value.yes_no_value
    return value.text_value
