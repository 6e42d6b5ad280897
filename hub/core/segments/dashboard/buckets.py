"""Chooses the edges of histograms: round numbers, months, years of age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from hub.core.contracts.calendar import Calendar

MOST_BUCKETS = 40
_NUMBERS = 20
"""About so many buckets of numbers."""
_DEVIATIONS = 3
"""What lies further above the mean than so many standard deviations shares the last bucket."""
_AGES = range(5, 101, 5)
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Edges:
    """Where buckets meet."""

    bounds: Sequence[int]
    """Rising. The first bucket is below the first bound, the last from the last bound on."""
    shown: Sequence[tuple[int | date, int | date | None]]
    """What each bucket is from and up to, the latter not included; None: open. One more than bounds."""


@dataclass(frozen=True)
class Extent:
    """What is known of some values before they are put into buckets."""

    least: int
    greatest: int
    mean: float
    deviation: float


def number_edges(extent: Extent) -> Edges:
    """Buckets of one round width; the last has no end if what lies far out is in it."""
    upper = min(float(extent.greatest), extent.mean + _DEVIATIONS * extent.deviation)
    width = _round_width((upper - extent.least) / _NUMBERS)
    start = extent.least // width * width
    bounds = list(range(start + width, int(upper) + 1, width))
    edges = [start, *bounds]
    beyond = extent.greatest >= edges[-1] + width
    return Edges(bounds, [*pairwise(edges), (edges[-1], None if beyond else edges[-1] + width)])


def _round_width(width: float) -> int:
    """The least of 1, 2, 5, 10, 20 … that is not below a width."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power >= width:
                return digit * power
        power *= 10


def day_edges(first: date, last: date) -> Sequence[date]:
    """The first days of the buckets that reach from one day to another: days, months, quarters or years."""
    days = (last - first).days + 1
    if days <= MOST_BUCKETS:
        return [first + timedelta(days=place) for place in range(days)]
    for months in (1, 3, 12):
        start = first.replace(month=(first.month - 1) // months * months + 1, day=1)
        edges = _months_on(start, last, months)
        if len(edges) <= MOST_BUCKETS:
            return edges
    step = -(-len(edges) // MOST_BUCKETS)
    return edges[::step]


def _months_on(start: date, last: date, months: int) -> Sequence[date]:
    edges = [start]
    while True:
        month = edges[-1].month - 1 + months
        following = date(min(edges[-1].year + month // 12, date.max.year), month % 12 + 1, 1)
        if following > last or following <= edges[-1]:
            return edges
        edges.append(following)


def shown_days(edges: Sequence[date], last: date) -> Sequence[tuple[date, date]]:
    """What each bucket of days is from and up to."""
    return [*pairwise(edges), (edges[-1], last + timedelta(days=1))]


def age_edges(calendar: Calendar) -> Edges:
    """Buckets of completed years, as bounds of the negated day of birth (days since 1970)."""
    bounds = [-(born_at_latest(age, calendar.today) - _EPOCH).days for age in _AGES]
    ages = [0, *_AGES]
    return Edges(bounds, [*pairwise(ages), (ages[-1], None)])


def born_at_latest(age: int, today: date) -> date:
    """The last day of birth on which so many years are completed today."""
    try:
        return today.replace(year=today.year - age)
    except ValueError:  # today is 29 February, and that year has none
        return date(today.year - age, 2, 28)
