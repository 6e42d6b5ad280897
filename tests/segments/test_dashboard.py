"""A dashboard answers totals, counts and distributions together, and asks again only what moved."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub import CustomerRecord, EventRecord, OrderLineRecord, OrderRecord, TagRecord
from hub.core.contracts.calendar import Calendar
from hub.core.contracts.distribution import DistributionKind
from hub.core.engines.database.engine import DatabaseEngine
from hub.core.engines.duckdb import DuckDBEngine
from hub.core.engines.engine import Engine, Snapshot
from hub.core.segments.binding import Catalogue
from hub.core.segments.dashboard.buckets import Extent, day_edges, number_edges
from hub.core.segments.dashboard.dashboard import Dashboard, DashboardState
from hub.core.segments.dashboard.distributions import MOST_CHOICES, Bucket, Histogram
from hub.core.segments.evaluator import Evaluator
from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from tests.segments.history_world import NOON, World


@pytest.fixture
def world(sqlite_url: str, make_theatre: Callable[[Database], Organisation]) -> Iterator[World]:
    with (
        closing(Database(sqlite_url)) as database,
        closing(_told(World(database, make_theatre(database)))) as made,
    ):
        yield made


@pytest.fixture
def postgres_world(postgres_url: str, make_theatre: Callable[[Database], Organisation]) -> Iterator[World]:
    with (
        closing(Database(postgres_url)) as database,
        closing(_told(World(database, make_theatre(database)))) as made,
    ):
        yield made


def _told(made: World) -> World:
    made.bring(
        *(
            CustomerRecord(id=name, country=country, born_on=born, registered_at=NOON - timedelta(days=days))
            for name, country, born, days in (
                ("a", "DE", date(2004, 6, 15), 400),
                ("b", "DE", date(2004, 6, 16), 40),
                ("c", "DK", date(1950, 1, 1), 4),
                ("d", None, None, 4),
            )
        ),
        *(
            OrderRecord(id=f"{name}{place}", customer=name, ordered_at=NOON - timedelta(days=place), total=total)
            for name, totals in {"a": ("10", "20", "30"), "b": ("5",)}.items()
            for place, total in enumerate(map(Decimal, totals))
        ),
        EventRecord(id="e", category="opera", starts_at=NOON + timedelta(days=3)),
        *(OrderLineRecord(id="1", order=order, event="e", quantity=2) for order in ("a0", "a1", "b0")),
        *(TagRecord(customer=name, tag="vip") for name in "ac"),
    )
    return made


def opened(world: World, text: str, base: str | None = None, **how: Any) -> DashboardState:
    return Dashboard(lambda: world.evaluator, world.segments.calendar).open(
        world.segments.understood(text), world.segments.understood(base) if base else None, **how
    )


def histogram(world: World, text: str, base: str | None = None) -> Histogram:
    (only,) = opened(world, text, base).filters
    assert only.histogram is not None
    return only.histogram


def test_one_call_answers_everything(world: World) -> None:
    shown = opened(world, 'country in ("DE") and orders >= 2 and not tag "vip"')
    assert (shown.size, shown.base_size) == (0, 4)
    assert [one.size for one in shown.filters] == [2, 1, 2]
    assert [one.histogram and one.histogram.kind for one in shown.filters] == ["choice", "number", "choice"]


def test_a_base_narrows_every_number(world: World) -> None:
    shown = opened(world, 'country in ("DE") and tag "vip"', base="orders >= 1")
    assert (shown.size, shown.base_size) == (1, 2)
    assert [one.size for one in shown.filters] == [2, 1]
    tags = shown.filters[1].histogram
    assert tags is not None
    assert tags.buckets == (Bucket("vip", None, 1),)


def test_numbers_money_and_choices(world: World) -> None:
    orders = histogram(world, "orders >= 2")
    assert orders.buckets == tuple(Bucket(n, n + 1, size) for n, size in enumerate((2, 1, 0, 1)))
    revenue = histogram(world, "revenue >= 2")
    assert revenue.kind is DistributionKind.MONEY
    assert sum(bucket.size for bucket in revenue.buckets) == 4
    assert [bucket.size for bucket in revenue.buckets if bucket.low == 6000] == [1]
    countries = histogram(world, 'country in ("AT")')
    assert (countries.buckets, countries.unknown) == ((Bucket("DE", None, 2), Bucket("DK", None, 1)), 1)
    assert histogram(world, "lead_time <= 3 days").buckets == (
        Bucket(3, 4, 2),
        Bucket(4, 5, 1),
    ), "a customer with several values is in several buckets"


def test_ages_turn_on_the_birthday(world: World) -> None:
    ages = histogram(world, "age >= 18")
    assert ages.years
    assert {bucket.low: bucket.size for bucket in ages.buckets if bucket.size} == {15: 1, 20: 1, 70: 1}
    assert ages.unknown == 1


def test_moments_are_put_into_the_organisations_days(world: World) -> None:
    bought = histogram(world, "last_purchase within 3 days")
    assert bought.buckets == (Bucket(date(2024, 6, 15), date(2024, 6, 16), 2),)
    assert bought.unknown == 2
    registered = histogram(world, "registered within 3 days")
    assert registered.buckets[0].low == date(2023, 5, 1)
    assert sum(bucket.size for bucket in registered.buckets) == 4


def test_many_choices_are_cut_and_said_to_be(world: World) -> None:
    world.bring(*(TagRecord(customer="d", tag=f"t{number:02}") for number in range(30)))
    tags = histogram(world, 'tag "vip"')
    assert (len(tags.buckets), tags.more) == (MOST_CHOICES, True)
    assert tags.buckets[0] == Bucket("vip", None, 2)


class Counted:
    """An engine that counts the selects it is asked besides criteria."""

    def __init__(self, engine: DuckDBEngine) -> None:
        self._engine = engine
        self.rows = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    @contextmanager
    def snapshot(self, calendar: Calendar) -> Iterator[Snapshot]:
        with self._engine.snapshot(calendar) as snapshot:
            yield _CountedSnapshot(snapshot, self)


class _CountedSnapshot:
    def __init__(self, snapshot: Snapshot, counted: Counted) -> None:
        self._snapshot = snapshot
        self._counted = counted

    def __getattr__(self, name: str) -> Any:
        return getattr(self._snapshot, name)

    def rows(self, *asked: Any) -> Any:
        self._counted.rows += 1
        return self._snapshot.rows(*asked)

    def sizes(self, *asked: Any) -> Any:
        self._counted.rows += 1
        return self._snapshot.sizes(*asked)


def test_a_moved_filter_asks_one_criterion_and_no_distribution(world: World) -> None:
    engine = Counted(world.engine)
    evaluator = Evaluator(engine, Catalogue(world.criteria), world.resolver)
    dashboard = Dashboard(lambda: evaluator, world.segments.calendar)
    text = 'country in ("DE") and orders >= {} and tag "vip" and age >= 18'
    first = dashboard.open(world.segments.understood(text.format(1)))
    asked, rows = evaluator.asked, engine.rows
    second = dashboard.open(world.segments.understood(text.format(3)))
    assert (evaluator.asked - asked, engine.rows - rows) == (1, 0)
    assert [one.size for one in first.filters] == [2, 2, 2, 4]
    assert [one.size for one in second.filters] == [2, 1, 2, 4]
    assert [one.histogram for one in first.filters] == [one.histogram for one in second.filters]
    world.bring(TagRecord(customer="b", tag="vip"))
    dashboard.open(world.segments.understood(text.format(3)))
    assert engine.rows > rows, "new facts make new distributions"


def test_distributions_can_be_left_out(world: World) -> None:
    assert [one.histogram for one in opened(world, "orders >= 2", histograms=False).filters] == [None]


TEXTS = [
    "age >= 18", "gender women", 'country in ("DE")', 'language in ("de")', "tickets >= 1", "events >= 1",
    "orders >= 1", "revenue >= 1", "average_order >= 1", "last_purchase within 3 days",
    "first_purchase within 3 days", "registered within 3 days", 'bought category "opera"', 'bought event "e"',
    'bought production "x"', 'ticket_for category in ("opera")', "lead_time <= 3 days", "sales_channel online",
    "abandoned_cart within 3 days", "subscription current", "account guest", "account_status active", "company",
    'consent "newsletter" on email', "reachable on email", 'tag "vip"', 'group "x"', 'field "size" number >= 1',
    'field "size" yes', 'field "size" date within 3 days', 'city in ("x")',
]  # fmt: skip


def test_engines_draw_the_same_histograms(postgres_world: World) -> None:
    world = postgres_world
    database = DatabaseEngine(world.database, world.organisation, 2)
    for text in TEXTS:
        drawn = _drawn(world, world.engine, text)
        assert _drawn(world, database, text) == drawn, text
        assert None not in drawn, text


def _drawn(world: World, engine: Engine, text: str) -> list[Histogram | None]:
    evaluator = Evaluator(engine, Catalogue(world.criteria), world.resolver)
    dashboard = Dashboard(lambda: evaluator, world.segments.calendar)
    trees = world.segments.understood(text), world.segments.understood("orders >= 1")
    return [dashboard.open(trees[0], base).filters[0].histogram for base in (None, trees[1])]


def test_edges_are_round() -> None:
    assert number_edges(Extent(0, 19, 9.0, 5.0)).bounds == list(range(1, 20))
    far = number_edges(Extent(3, 1_000_000, 500.0, 300.0))
    assert (far.bounds[0], far.bounds[-1], far.shown[-1]) == (100, 1400, (1400, None))
    assert number_edges(Extent(-7, -7, -7.0, 0.0)).shown == [(-7, -6)]
    assert len(day_edges(date(2020, 1, 15), date(2024, 6, 1))) == 18
    assert day_edges(date(1, 1, 1), date(9999, 12, 31))[-1] <= date(9999, 12, 31)


def test_every_criterion_with_a_value_of_its_own_has_a_distribution(world: World) -> None:
    """Those without one say why by what they ask: a day in the year, a distance, another segment."""
    said = {world.segments.understood(text).criterion for text in TEXTS}  # type: ignore[union-attr]  # all are single
    places = {"region", "postcode"}
    assert {one.name for one in world.criteria} - said - places == {"birthday", "distance"}
