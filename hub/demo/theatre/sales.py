"""Invents what was bought: who goes how often to what, how long ahead, over which counter."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hub.demo.theatre import words
from hub.demo.theatre.drawing import (
    Integers,
    Mask,
    Minutes,
    after,
    at_hour,
    joined,
    known,
    minutes_in,
    taken,
    weighted,
)
from hub.demo.theatre.people import People
from hub.demo.theatre.programme import Programme

_TASTES = (24, 22, 18, 16, 11, 9)
"""How many like each category best."""
_FAITHFUL = 0.65
"""How often one chooses what one likes best."""
_NEVER = 0.16
_MOST_ORDERS = 90
_CLASSES = (0.55, 0.75, 1.0, 1.4)
"""Prices of the seats, by class."""


@dataclass(frozen=True)
class Sales:
    """The order lines in the order of time, and what else is told of the orders."""

    lines: pa.Table
    """Columns by the fields of a flat orders file; every line repeats what its order says."""
    buyer: Integers
    """Position of the customer in the people's table, for each order."""
    ordered: Minutes
    """When, for each order."""


@dataclass(frozen=True)
class _Visits:
    """Orders as they arise: who, which event, when, where."""

    buyer: Integers
    event: Integers
    ordered: Minutes
    online: Mask

    def chosen(self, rows: Mask | Integers) -> "_Visits":
        return _Visits(self.buyer[rows], self.event[rows], self.ordered[rows], self.online[rows])


def invent_sales(random: np.random.Generator, people: People, programme: Programme, now: np.datetime64) -> Sales:
    """Invent all orders up to a local time."""
    visits = _visits(random, people, programme, now)
    count = len(visits.buyer)
    pieces = 1 + weighted(random, (21, 55, 8, 12, 2, 2), count)
    seat = programme.price[visits.event] * np.array(_CLASSES)[weighted(random, (3, 4, 5, 2), count)]
    tickets = np.maximum(50, np.round(seat / 50).astype(np.int64) * 50) * pieces
    bought = np.flatnonzero(random.random(count) < 0.07)
    product = weighted(random, (8, 3, 3, 2, 1, 2), len(bought))
    product_pieces = 1 + weighted(random, (8, 2), len(bought))
    goods = np.array([price for *_, price in words.PRODUCTS])[product] * product_pieces
    total = tickets.copy()
    total[bought] += goods
    order = np.concatenate([np.arange(count), bought])
    is_goods = np.arange(len(order)) >= count
    products = np.concatenate([np.zeros(count, np.int64), product])
    columns = {
        **_orders(random, people, programme, visits, total, order, now),
        "line": pc.if_else(pa.array(is_goods), "2", "1"),
        "event": known(programme.table["id"].combine_chunks().take(pa.array(visits.event[order])), ~is_goods),
        "product": known(taken([key for key, *_ in words.PRODUCTS], products), is_goods),
        "quantity": pa.array(np.concatenate([pieces, product_pieces])),
        "line_total": pa.array(np.concatenate([tickets, goods])),
    }
    rows = np.lexsort((is_goods, order))
    return Sales(pa.table(columns).take(pa.array(rows)), visits.buyer, visits.ordered)


def _orders(
    random: np.random.Generator,
    people: People,
    programme: Programme,
    visits: _Visits,
    total: Integers,
    order: Integers,
    now: np.datetime64,
) -> dict[str, pa.Array]:
    """What each order says, repeated for its lines."""
    count = len(total)
    fate = weighted(random, (96.2, 2.4, 1.4), count)
    is_over = programme.starts[visits.event] < now
    is_new = now - visits.ordered < np.timedelta64(2, "D")
    status = np.where(is_over, 0, np.where(is_new & (random.random(count) < 0.2), 2, 1))
    status = np.where(fate > 0, fate + 2, status)
    names = ("completed", "paid", "pending", "cancelled", "refunded")
    repeated = pa.array(order)
    columns = {
        "id": joined("B", pa.array(500_001 + np.arange(count))),
        "customer": people.table["id"].combine_chunks().take(pa.array(visits.buyer)),
        "ordered_at": pa.array(visits.ordered.astype("datetime64[s]")),
        "total": pa.array(total),
        "status": taken(names, status),
        "sales_channel": pc.if_else(pa.array(visits.online), "online", "box_office"),
    }
    return {name: column.take(repeated) for name, column in columns.items()}


def _visits(random: np.random.Generator, people: People, programme: Programme, now: np.datetime64) -> _Visits:
    buyer, until = _buyers(random, people, programme.starts[0], now)
    event = _choices(random, people, programme, buyer, until)
    has_choice = event >= 0
    buyer, event = buyer[has_choice], event[has_choice]
    online = people.has_email[buyer] & (random.random(len(buyer)) < 0.78)
    ordered = _times(random, programme.starts[event], online)
    visits = _Visits(buyer, event, ordered, online).chosen(ordered < now - np.timedelta64(5, "m"))
    return visits.chosen(np.argsort(visits.ordered, kind="stable"))


def _buyers(
    random: np.random.Generator, people: People, opened: np.datetime64, now: np.datetime64
) -> tuple[Integers, Minutes]:
    """The customers, each as often as they order, and until when they keep coming. A few come very often."""
    count = len(people.since)
    orders = np.minimum(1 + (0.8 * random.pareto(1.15, count)).astype(np.int64), _MOST_ORDERS)
    # Who never bought is only known because of an account.
    orders[(random.random(count) < _NEVER) & people.has_account] = 0
    stay = minutes_in(random.exponential(420, count) * (1 + 0.35 * orders))
    until = after(np.maximum(people.since, opened), stay + np.timedelta64(60, "D"))
    until = np.minimum(until, now + np.timedelta64(200, "D"))
    buyer = np.repeat(np.arange(count), orders)
    return buyer, until[buyer]


def _choices(
    random: np.random.Generator, people: People, programme: Programme, buyer: Integers, until: Minutes
) -> Integers:
    """The event of each order, by taste and appeal, among those while the customer keeps coming; -1: none."""
    taste = weighted(random, _TASTES, len(people.since))[buyer]
    loyal = random.random(len(buyer)) < _FAITHFUL
    category = np.where(loyal, taste, weighted(random, _TASTES, len(buyer)))
    since, chance = people.since[buyer], random.random(len(buyer))
    chosen = np.full(len(buyer), -1)
    for number in range(len(words.CATEGORIES)):
        rows, events = np.flatnonzero(category == number), np.flatnonzero(programme.category == number)
        starts = programme.starts[events]
        below = np.concatenate([[0.0], np.cumsum(programme.appeal[events])])
        low = below[np.searchsorted(starts, since[rows])]
        high = below[np.searchsorted(starts, until[rows])]
        place = np.searchsorted(below, low + chance[rows] * (high - low), side="right") - 1
        chosen[rows] = np.where(high > low, events[np.minimum(place, len(events) - 1)], -1)
    return chosen


def _times(random: np.random.Generator, starts: Minutes, online: Mask) -> Minutes:
    """When an order is placed: online weeks ahead and in the evening, at the box office often just before."""
    count = len(starts)
    ahead: NDArray[np.float64] = np.where(online, random.gamma(1.2, 24, count), random.gamma(1.0, 9, count))
    day = starts - minutes_in(ahead)
    hour = at_hour(random, day, 19.0, 3.0)
    counter = at_hour(random, day, 14.5, 2.0)
    planned = np.where(online, hour, counter)
    last_minute = starts - (20 + 90 * random.random(count)).astype(np.int64).astype("timedelta64[m]")
    hurried = (~online & (random.random(count) < 0.5)) | (planned >= starts)
    return np.where(hurried, last_minute, planned)
