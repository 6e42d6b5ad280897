"""Tells which carts became orders: Mailchimp does not say so, shops delete the cart when it is bought."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from hub import CartRecord, Record
from hub_mailchimp.shop import records
from hub_mailchimp.shop.memory import MOST_CARTS, OpenCart
from hub_mailchimp.shop.spool import Row, Spool
from hub_mailchimp.shop.values import Unusable, below, code, moment, text

_CAME = "came"


class Carts:
    """Puts carts together with the orders of the same reading.

    A cart became an order if its customer placed one at its last change or later. A cart that is gone without
    one was emptied: its value is then nothing.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def followed(self, row: Row) -> Row:
        """The cart's row with the order that came of it."""
        try:
            changed = moment(row.get("updated_at") or row.get("created_at"), "updated_at")
        except Unusable:
            changed = None
        owner = text(below(row, "customer"), "id")
        came = self._spool.order_after(owner, changed.isoformat()) if owner and changed else None
        return {**row, _CAME: came}

    @staticmethod
    def make(row: Row) -> Iterator[Record]:
        """The record of a row that ``followed`` returned."""
        yield records.cart(row, row[_CAME])

    @staticmethod
    def open(rows: Sequence[Row]) -> Iterator[OpenCart]:
        """What to remember of carts, of those that can be stored."""
        for row in rows:
            try:
                made = records.cart(row, None)
            except ValueError:
                continue
            changed = made.changed_at.isoformat()
            yield OpenCart(made.id, made.customer, changed, code(row, "currency_code", 3))

    @staticmethod
    def newest(carts: Sequence[OpenCart]) -> list[OpenCart]:
        """The carts to remember: a cart that was left long ago hardly becomes an order."""
        distinct = {cart.id: cart for cart in carts}.values()
        return sorted(distinct, key=lambda cart: cart.changed_at, reverse=True)[:MOST_CARTS]

    def gone(self, before: Sequence[OpenCart], current: Sequence[OpenCart]) -> list[CartRecord]:
        """The carts that were there before and are not now, with what became of them."""
        there = {cart.id for cart in current}
        return [self._left(cart) for cart in before if cart.id not in there]

    def _left(self, cart: OpenCart) -> CartRecord:
        changed = moment(cart.changed_at, "changed_at")
        assert changed is not None
        came = self._spool.order_after(cart.customer, cart.changed_at)
        return CartRecord(
            id=cart.id,
            customer=cart.customer,
            changed_at=changed,
            total=Decimal(0),
            currency=cart.currency,
            order=came,
        )
