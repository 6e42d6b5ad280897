"""Counts how values are spread over the customers: a histogram or bars for each criterion."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Question
from hub.core.contracts.distribution import Distribution, DistributionKind
from hub.core.contracts.relations import plain_relations
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.engine import Snapshot
from hub.core.segments.binding import Bound
from hub.core.segments.dashboard.buckets import Edges, Extent, age_edges, day_edges, number_edges, shown_days

MOST_CHOICES = 20
"""So many choices have a bar of their own."""
_LOOKED_AT = 60
"""So many of the values that most rows have are counted by customers, to find those that most customers have."""
_KEPT = 500
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Bucket:
    """A bar: some values and how many customers have them."""

    low: int | date | str
    """The least value: a number, minor units, completed years, a day; or the choice itself."""
    high: int | date | None
    """The value before which it ends; None: it has no end, or it is a choice."""
    size: int
    """Number of customers."""


@dataclass(frozen=True)
class Histogram:
    """How the values behind one criterion are spread."""

    kind: DistributionKind
    decimals: int
    """Numbers are in units of ``10 ** -decimals``."""
    years: bool
    """The values are ages in completed years."""
    buckets: tuple[Bucket, ...]
    """By value; choices by size, the largest first."""
    unknown: int
    """How many customers have no value, where that can be told; otherwise 0."""
    more: bool
    """There are further choices besides those shown."""


class Distributions:
    """Histograms of one organisation. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Histogram | None] = OrderedDict()
        self._lock = threading.Lock()

    def over(
        self, snapshot: Snapshot, criteria: Sequence[Bound], calendar: Calendar,
        base: tuple[Hashable, Bitmap] | None = None,
    ) -> Sequence[Histogram | None]:  # fmt: skip
        """A histogram for each criterion, in their order; None where a criterion has none.

        Args:
            snapshot: the facts.
            criteria: whose.
            calendar: of the snapshot's day.
            base: when given, only these customers are looked at; with a name by which they are known again.
        """
        found = []
        for bound in criteria:
            key = _key(bound, snapshot, calendar, base[0] if base else None)
            with self._lock:
                known = key in self._kept
                histogram = self._kept.get(key)
            if not known:
                histogram = _histogram(bound, snapshot, calendar, base[1] if base else None)
                self._keep(key, histogram)
            found.append(histogram)
        return found

    def _keep(self, key: Hashable, histogram: Histogram | None) -> None:
        with self._lock:
            self._kept[key] = histogram
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


def _key(bound: Bound, snapshot: Snapshot, calendar: Calendar, base: Hashable) -> Hashable:
    depends = bound.criterion.distribution_key(bound.parameters)
    return bound.criterion.name, depends, snapshot.revision, calendar, base


def _histogram(bound: Bound, snapshot: Snapshot, calendar: Calendar, among: Bitmap | None) -> Histogram | None:
    # Only to learn its kind: the relations themselves are the snapshot's.
    plain = plain_relations()
    shape = bound.distribution(Question(plain, calendar, 0))
    if shape is None:
        return None
    several = shape.owner is not plain.traits.c.number
    counting = _Counting(bound, snapshot, calendar, among, several=several)
    return counting.choices(shape) if shape.kind is DistributionKind.CHOICE else counting.buckets(shape)


class _Counting:
    """The queries of one histogram."""

    def __init__(
        self, bound: Bound, snapshot: Snapshot, calendar: Calendar, among: Bitmap | None, *, several: bool
    ) -> None:
        self._bound = bound
        self._snapshot = snapshot
        self._calendar = calendar
        self._among = among
        self._several = several
        """Whether a customer may have several rows, so that customers are to be told apart."""

    def choices(self, shape: Distribution) -> Histogram:
        rows = self._snapshot.rows(self._most_common, self._among)
        unknown = sum(size for value, size in rows if value is None)
        found = {value: size for value, size in rows if value is not None}
        more = len(found) > MOST_CHOICES
        if self._several:  # counted in rows so far
            common = list(found)
            found = dict(self._snapshot.sizes(lambda question: self._put_by(question, common), self._among))
            unknown = 0
        largest = sorted(found.items(), key=lambda item: (-item[1], str(item[0])))[:MOST_CHOICES]
        bars = tuple(Bucket(str(value), None, size) for value, size in largest)
        return Histogram(shape.kind, shape.decimals, False, bars, unknown, more=more)

    def _most_common(self, question: Question) -> sa.Select[Any]:
        """The values that most rows have."""
        here = self._shape(question)
        return (
            sa.select(here.value, sa.func.count())
            .where(here.owner.is_not(None), *here.conditions)
            .group_by(here.value)
            .order_by(sa.func.count().desc(), here.value)
            .limit(_LOOKED_AT)
        )

    def _put_by(self, question: Question, values: Sequence[str]) -> sa.Select[Any]:
        here = self._shape(question)
        return sa.select(here.value.label("bucket"), here.owner.label("owner")).where(
            here.owner.is_not(None), here.value.in_(values), *here.conditions
        )

    def buckets(self, shape: Distribution) -> Histogram:
        extent, unknown = self._extent()
        if extent is None:
            return Histogram(shape.kind, shape.decimals, shape.years, (), unknown, more=False)
        edges = self._edges(shape, extent)

        def put(question: Question) -> sa.Select[Any]:
            here = self._shape(question)
            value = -here.value if here.years else here.value
            whens = [(value < sa.literal(bound, sa.BigInteger), place) for place, bound in enumerate(edges.bounds)]
            bucket = sa.case(*whens, else_=len(edges.bounds)) if whens else sa.literal(0)
            return sa.select(bucket.label("bucket"), here.owner.label("owner")).where(
                here.value.is_not(None), here.owner.is_not(None), *here.conditions
            )

        def of_each(question: Question) -> sa.Select[Any]:
            found = put(question).subquery("put")
            return sa.select(found.c.bucket, sa.func.count()).group_by(found.c.bucket)

        if self._several:
            sizes = self._snapshot.sizes(put, self._among)
        else:
            sizes = dict(self._snapshot.rows(of_each, self._among))
        bars = tuple(Bucket(low, high, sizes.get(place, 0)) for place, (low, high) in enumerate(edges.shown))
        return Histogram(shape.kind, shape.decimals, shape.years, bars, unknown, more=False)

    def _extent(self) -> tuple[Extent | None, int]:
        """What is known of the values, and how many customers have none."""

        def statement(question: Question) -> sa.Select[Any]:
            here = self._shape(question)
            value = sa.cast(here.value, sa.BigInteger)
            missing = sa.func.count(here.owner) - sa.func.count(value) if not self._several else sa.literal(0)
            figures = (sa.func.min, sa.func.max, sa.func.avg, sa.func.stddev_pop)
            return sa.select(*(figure(value) for figure in figures), missing).where(
                here.owner.is_not(None), *here.conditions
            )

        ((least, greatest, mean, deviation, unknown),) = self._snapshot.rows(statement, self._among)
        if least is None:
            return None, unknown
        return Extent(int(least), int(greatest), float(mean), float(deviation or 0)), unknown

    def _edges(self, shape: Distribution, extent: Extent) -> Edges:
        if shape.years:
            return age_edges(self._calendar)
        match shape.kind:
            case DistributionKind.DAY:
                first, last = (_EPOCH + timedelta(days=day) for day in (extent.least, extent.greatest))
                days = day_edges(first, last)
                return Edges([self._calendar.number_of(day) for day in days[1:]], shown_days(days, last))
            case DistributionKind.MOMENT:
                zone = self._calendar.time_zone
                first, last = (datetime.fromtimestamp(at, zone).date() for at in (extent.least, extent.greatest))
                days = day_edges(first, last)
                return Edges([self._calendar.starts_at(day) for day in days[1:]], shown_days(days, last))
        return number_edges(extent)

    def _shape(self, question: Question) -> Distribution:
        shape = self._bound.distribution(question)
        assert shape is not None, "a criterion has a distribution whatever the question"
        return shape
