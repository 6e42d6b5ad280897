"""Deletes what a source says is gone there: records by their ids, or all that it no longer lists."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from hub.core.store.facts.burying import bury
from hub.core.store.facts.erasing import bury_orders, erase_customers
from hub.core.store.facts.merging import FactWriting, looked_up
from hub.core.store.staging import NAME
from hub.core.store.tables import Cart, Customer, Event, Order, OrderLine, Product, Subscription, table_of

KEPT_LINES = "kept_order_lines"
"""The staged table of the lines, by ``order`` and ``id``, that stay of orders whose other lines are gone."""


@dataclass(frozen=True)
class Vanished:
    """Rows that a source says are gone, before they are deleted."""

    kind: str
    count: int
    """How many of them the store has."""
    among: Callable[[], int]
    """Counts the source's rows of the kind, those included."""
    delete: Callable[[], int]
    """Deletes them; returns how many there were."""


@contextmanager
def named(writing: FactWriting, kind: str, names: sa.Table) -> Iterator[Vanished]:
    """Those of a kind that have the given external ids; for order lines, those of orders with these ids.

    Args:
        writing: the transaction.
        kind: one of ``DELETABLE``.
        names: a staged table of external ids.
    """
    if kind == "order_lines":
        chosen = _left_lines(writing, names)
    else:
        target = _TARGETS[kind]
        wanted = target.c.external_id.in_(sa.select(names.c[NAME]))
        chosen = _own(writing, kind).where(wanted)
    with _found(writing, kind, chosen) as vanished:
        yield vanished


@contextmanager
def unlisted(writing: FactWriting, kind: str, names: sa.Table) -> Iterator[Vanished]:
    """Those of a kind whose external ids are not among the given ones.

    Args:
        writing: the transaction.
        kind: one of ``DELETABLE`` but ``order_lines``.
        names: a staged table of external ids.
    """
    target = _TARGETS[kind]
    own = sa.select(target.c.external_id).where(target.c.source_id == writing.source_id)
    gone = target.c.external_id.in_(sa.except_(own, sa.select(names.c[NAME])))
    with _found(writing, kind, _own(writing, kind).where(gone)) as vanished:
        yield vanished


@contextmanager
def _found(writing: FactWriting, kind: str, chosen: sa.Select[int]) -> Iterator[Vanished]:
    with looked_up(writing, _unbought(kind, chosen)) as rows:
        ids = sa.select(rows.c.id)

        def delete() -> int:
            if kind == "customers":
                return erase_customers(writing.connection, ids, writing.revision)
            if kind == "orders":
                return bury_orders(writing.connection, ids, writing.revision)
            target = _TARGETS[kind]
            return bury(writing.connection, target, target.c.id.in_(ids), writing.revision)

        yield Vanished(
            kind, _count(writing, sa.select(rows)), lambda: _count(writing, _own(writing, kind)), delete
        )


def _own(writing: FactWriting, kind: str) -> sa.Select[int]:
    """The primary keys, as ``id``, of a source's rows of a kind."""
    target = _TARGETS[kind]
    (primary,) = target.primary_key.columns
    keys = sa.select(primary.label("id"))
    if kind != "order_lines":
        return keys.where(target.c.source_id == writing.source_id)
    orders = table_of(Order)
    return keys.join(orders, orders.c.id == target.c.order_id).where(orders.c.source_id == writing.source_id)


def _left_lines(writing: FactWriting, names: sa.Table) -> sa.Select[int]:
    """The lines of the named orders that are not among those that stay."""
    orders, lines, kept = table_of(Order), table_of(OrderLine), writing.staged[KEPT_LINES]
    stays = sa.and_(kept.c.order == orders.c.external_id, kept.c.id == lines.c.external_id)
    of_orders = names.join(
        orders, sa.and_(orders.c.source_id == writing.source_id, orders.c.external_id == names.c[NAME])
    ).join(lines, lines.c.order_id == orders.c.id)
    return (
        sa.select(lines.c.id.label("id")).select_from(of_orders.outerjoin(kept, stays)).where(kept.c.id.is_(None))
    )


def _unbought(kind: str, chosen: sa.Select[int]) -> sa.Select[int]:
    """Of events and products, those that no line refers to."""
    reference = {"events": "event_id", "products": "product_id"}.get(kind)
    if reference is None:
        return chosen
    bought = table_of(OrderLine).c[reference]
    left = sa.except_(chosen, sa.select(bought).where(bought.is_not(None))).subquery()
    return sa.select(left.c.id)


def _count(writing: FactWriting, rows: sa.Select[Any]) -> int:
    counted = sa.select(sa.func.count()).select_from(rows.subquery())
    return int(writing.connection.execute(counted).scalar_one())


_TARGETS: Mapping[str, sa.Table] = MappingProxyType(
    {
        table_of(model).name: table_of(model)
        for model in (OrderLine, Cart, Subscription, Order, Customer, Event, Product)
    }
)
