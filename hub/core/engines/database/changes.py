"""Which customers changed after a revision, and how far into the future facts reach."""

import threading
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from hub.core.engines.bitmap import Bitmap
from hub.core.engines.database.numbers import packed, unpacked
from hub.core.engines.database.scope import Scope
from hub.core.replica.following import changed_counts
from hub.core.store.tables import (
    Cart,
    Company,
    Consent,
    Customer,
    CustomerGroupMember,
    CustomerTag,
    CustomValue,
    Event,
    Identity,
    Order,
    OrderLine,
    Organisation,
    Product,
    Subscription,
    Tombstone,
    Venue,
    table_of,
)

_FEW = 1_000
"""So many customers are asked again by themselves, however few there are in all."""

_LARGEST_SHARE = 5
"""Where more than one in so many changed, all of them are asked anew."""

_ROWS_EACH = 3
"""Where more changed rows than so many for each of them, nobody looks whose they are: there are too many."""

_ABOUT_CUSTOMERS = (
    Order, Consent, CustomerTag, CustomerGroupMember, CustomValue, Cart, Identity, Subscription,
)  # fmt: skip


def changed_since(connection: sa.Connection, organisation: Organisation, revision: int) -> Bitmap | None:
    """The customers touched after a revision, or None where they are not known or too many.

    They are not known when rows were deleted, nor when a venue changed: it may be near to anyone.
    """
    gone, venue, customer = table_of(Tombstone), table_of(Venue), table_of(Customer)
    scope = Scope(organisation)
    # Numbers are dense, and the highest is found at once, where counting reads them all.
    highest = connection.execute(sa.select(sa.func.max(customer.c.number))).scalar_one() or 0
    most = max(_FEW, highest // _LARGEST_SHARE)
    many = most * _ROWS_EACH
    rows = sum((count.scalar_subquery() for count in changed_counts(revision, many).values()), start=sa.literal(0))
    unknown = sa.or_(
        rows >= many,
        sa.exists().where(gone.c.revision > revision),
        sa.exists().where(scope.of_organisation(Venue), venue.c.revision > revision),
    )
    if connection.execute(sa.select(unknown)).scalar_one():
        return None
    touched = sa.union(*_touched(revision)).subquery("touched")
    own = sa.select(customer.c.number).where(
        scope.of_organisation(Customer), customer.c.number.in_(sa.select(touched.c.number))
    )
    some = own.limit(most + 1).subquery()
    found = unpacked(connection.execute(sa.select(packed(some.c.number))).scalar_one())
    return None if len(found) > most else found


def _touched(revision: int) -> Iterator[sa.Select[int]]:
    """The customers of each kind of row, among all organisations'."""
    customer, order, line = (table_of(model) for model in (Customer, Order, OrderLine))
    company, event, product = (table_of(model) for model in (Company, Event, Product))
    yield sa.select(customer.c.number).where(customer.c.revision > revision)
    for model in _ABOUT_CUSTOMERS:
        table = table_of(model)
        yield sa.select(table.c.customer_number).where(table.c.revision > revision)
    employed = customer.join(company, company.c.id == customer.c.company_id)
    yield sa.select(customer.c.number).select_from(employed).where(company.c.revision > revision)
    bought = line.join(order, order.c.id == line.c.order_id)
    sold = sa.select(order.c.customer_number)
    yield sold.select_from(bought).where(line.c.revision > revision)
    for thing, column in ((event, line.c.event_id), (product, line.c.product_id)):
        yield sold.select_from(bought.join(thing, thing.c.id == column)).where(thing.c.revision > revision)


class Horizon:
    """The newest moment of any order, cart, consent or registration. Safe to share between threads.

    It is found once and then moved by what is new: a moment that was taken back makes days count that need not,
    which costs a question asked again and nothing else.
    """

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        self._revision = -1
        self._newest: int | None = None
        self._lock = threading.Lock()

    def reaches(self, connection: sa.Connection, revision: int, moment: int) -> bool:
        """Whether a fact up to a revision, the one the connection sees, lies at or after a moment (in seconds)."""
        with self._lock:
            if revision > self._revision:
                newest = connection.execute(_newest(self._organisation, self._revision)).scalar_one()
                self._newest = max((each for each in (self._newest, newest) if each is not None), default=None)
                self._revision = revision
            return self._newest is not None and self._newest >= moment


def _newest(organisation: Organisation, after: int) -> sa.Select[Any]:
    """The newest moment in rows changed after a revision."""
    scope = Scope(organisation)
    customer, consent, order, cart = (table_of(model).c for model in (Customer, Consent, Order, Cart))
    moments = (
        (customer.registered_at, customer.revision, scope.of_organisation(Customer)),
        (consent.at, consent.revision, scope.of_customer(Consent)),
        (order.ordered_at, order.revision, scope.of_source(Order)),
        (cart.changed_at, cart.revision, scope.of_source(Cart)),
    )
    newest = (
        sa.select(sa.func.max(sa.type_coerce(moment, sa.BigInteger)))
        .where(own, revision > after)
        .scalar_subquery()
        for moment, revision, own in moments
    )
    return sa.select(sa.func.greatest(*newest))
