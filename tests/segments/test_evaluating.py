"""Segments follow their customers: kept answers stay true, days turn, the past is as it was."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import Batch, ConsentRecord, CustomerRecord, DefinitionError, OrderRecord, Record, TagRecord
from hub.core.contracts.errors import InUse, NameTaken, NotFound, UserError
from hub.core.engines.duckdb import DuckDBEngine
from hub.core.ingest.ingest import Ingest
from hub.core.registry.registry import Registry
from hub.core.replica.replica import Replica
from hub.core.segments.binding import Catalogue
from hub.core.segments.definition import NOBODY
from hub.core.segments.evaluator import Evaluator
from hub.core.segments.service import Segments
from hub.core.store.database import Database
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.tables import Connection, Organisation, Sync

EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "15"))
"""More of them make a longer run."""

NOON = datetime(2024, 6, 15, 10, tzinfo=UTC)


class World:
    """A store, its replica, and segments over both, on a clock that can be turned."""

    def __init__(self, database: Database, organisation: Organisation) -> None:
        self.database = database
        self.organisation = organisation
        self.now = NOON
        self.replica = Replica(database, organisation, None)
        self.criteria = Registry.load().criteria()
        self.evaluator = self.fresh_evaluator()
        self.segments = Segments(database, organisation, lambda: self.evaluator, self.criteria, lambda: self.now)

    def fresh_evaluator(self) -> Evaluator:
        return Evaluator(DuckDBEngine(self.replica, 2), Catalogue(self.criteria), lambda name: NOBODY)

    def bring(self, *records: Record) -> None:
        list(Ingest(self.database, self.organisation, "test", lambda: self.now).store([Batch.of(*records)]))

    def who(self, text: str, as_of: date | None = None) -> list[int]:
        return [int(number) for number in self.segments.ask(text, as_of).members.numbers()]


@pytest.fixture
def world(database: Database, organisation: Organisation) -> Iterator[World]:
    made = World(database, organisation)
    yield made
    made.replica.close()


def order(number: str, customer: str, at: datetime, total: str = "10") -> OrderRecord:
    return OrderRecord(id=number, customer=customer, ordered_at=at, total=Decimal(total))


def test_an_answer_is_asked_once_and_again_only_for_who_changed(world: World) -> None:
    world.bring(*(CustomerRecord(id=str(number), country="DE") for number in range(5)))
    text = 'country in ("DE") and not tag "vip"'
    assert world.who(text) == [1, 2, 3, 4, 5]
    asked = world.evaluator.asked
    assert world.who(text) == [1, 2, 3, 4, 5]
    assert world.who(f"{text} or nobody") == [1, 2, 3, 4, 5]
    assert world.evaluator.asked == asked
    world.bring(TagRecord(customer="0", tag="vip"), CustomerRecord(id="1", country="DK"))
    assert world.who(text) == [3, 4, 5]
    assert world.evaluator.asked == asked + 2


def test_each_criterion_is_counted_by_itself(world: World) -> None:
    world.bring(*(CustomerRecord(id=str(number), country="DE" if number else "DK") for number in range(5)))
    world.bring(TagRecord(customer="0", tag="vip"), TagRecord(customer="1", tag="vip"))
    evaluation = world.segments.ask('country in ("DE") and not (tag "vip" or country in ("AT"))')
    assert len(evaluation.members) == 3
    assert [len(answer.members) for answer in evaluation.criteria] == [4, 2, 0]


def test_midnight_asks_again_only_what_time_changes(world: World) -> None:
    world.bring(order("1", "a", NOON - timedelta(days=10)), CustomerRecord(id="a", country="DE"))
    text = 'country in ("DE") and last_purchase within 10 days'
    assert world.who(text) == [1]
    asked = world.evaluator.asked
    world.now += timedelta(days=1)
    assert world.who(text) == []
    assert world.evaluator.asked == asked + 1


def test_the_past_is_as_it_was(world: World) -> None:
    world.bring(
        order("1", "a", NOON - timedelta(days=30), "10"),
        order("2", "a", NOON - timedelta(days=3), "20"),
        ConsentRecord(customer="a", permission="newsletter", at=NOON - timedelta(days=20)),
        ConsentRecord(customer="a", permission="newsletter", given=False, at=NOON - timedelta(days=2)),
    )
    ago = {days: (NOON - timedelta(days=days)).date() for days in (40, 25, 10, 1)}
    assert [world.who("orders = 1", day) for day in ago.values()] == [[], [1], [1], []]
    assert [world.who("revenue > 25", day) for day in ago.values()] == [[], [], [], [1]]
    assert [world.who('consent "newsletter" on email', day) for day in ago.values()] == [[], [], [1], []]
    assert world.who("last_purchase exactly 5 days ago", ago[25]) == [1]


def test_a_registration_to_come_counts_when_its_day_has_come(world: World) -> None:
    world.bring(CustomerRecord(id="a", registered_at=NOON + timedelta(days=2)))
    assert world.who("registered before 2024-12-31") == []
    world.now += timedelta(days=2)
    assert world.who("registered before 2024-12-31") == [1]


def test_days_are_the_organisations(world: World) -> None:
    """22:30 UTC on the 14th is half past midnight on the 15th in Berlin in summer."""
    world.bring(order("1", "a", datetime(2024, 6, 14, 22, 30, tzinfo=UTC)))
    assert world.who("last_purchase exactly 0 days ago", date(2024, 6, 15)) == [1]
    assert world.who("orders >= 1", date(2024, 6, 14)) == []


def test_orders_in_another_currency_or_not_paid_add_no_revenue(world: World) -> None:
    world.bring(
        order("1", "a", NOON),
        OrderRecord(id="2", customer="a", ordered_at=NOON, total=Decimal(99), currency="DKK"),
        OrderRecord.model_validate(
            {"id": "3", "customer": "a", "ordered_at": NOON, "total": 5, "status": "cancelled"}
        ),
    )
    assert world.who("revenue = 10") == [1]
    assert world.who("orders = 2") == [1]


def test_history_tells_who_entered_and_left(world: World) -> None:
    world.bring(*(CustomerRecord(id=str(number), country="DE") for number in range(4)))
    segment = world.segments.create("Germans", 'country in ("de")', "At home")
    world.segments.evaluate(segment)
    world.bring(*(CustomerRecord(id=name, country=country) for name, country in (("0", "DK"), ("9", "DE"))))
    world.segments.evaluate(segment)
    with world.database.writing() as connection:
        erase_customers(connection, [2])
    world.segments.evaluate(segment)
    history = world.segments.history(segment)
    assert [(one.size, one.entered, one.departed) for one in history] == [(3, 0, 1), (4, 1, 1), (4, 4, 0)]
    state = world.segments.state(segment)
    assert (state.text, state.size, state.synced_to) == ('country in ("DE")', 3, [])


def test_names_are_unique_in_any_case_and_stay_taken_when_removed(world: World) -> None:
    segment = world.segments.create("Größe", "everyone")
    with pytest.raises(NameTaken, match="Größe"):
        world.segments.create(" GRÖSSE ", "everyone")
    world.segments.remove(segment)
    with pytest.raises(NotFound, match="was removed"):
        world.segments.named("größe")
    with pytest.raises(NameTaken, match="restore it"):
        world.segments.create("größe", "everyone")
    assert [state.segment.name for state in world.segments.states(removed=True)] == ["Größe"]
    assert world.segments.restore("GRÖSSE").name == "Größe"
    assert [state.segment.name for state in world.segments.states()] == ["Größe"]
    with pytest.raises(UserError, match="1 to 200"):
        world.segments.create(" ", "everyone")


def test_a_segment_kept_elsewhere_is_not_removed(world: World) -> None:
    segment = world.segments.create("Readers", "everyone")
    owned: dict[str, Any] = {"organisation_id": world.organisation.id, "created_at": NOON}
    with world.database.session(write=True) as session:
        connection = Connection(
            name="there", kind="audience_sink", component="memory", settings="{}", changed_at=NOON, **owned
        )
        session.add(connection)
        session.flush()
        session.add(
            Sync(
                name="nightly",
                segment_id=segment.id or 0,
                connection_id=connection.id or 0,
                audience_name="a",
                changed_at=NOON,
                **owned,
            )
        )
    with pytest.raises(InUse, match="nightly"):
        world.segments.remove(segment)


def test_a_text_that_makes_no_sense_points_at_the_word(world: World) -> None:
    with pytest.raises(DefinitionError) as caught:
        world.who("orders >= 3 and ordrs < 4")
    assert caught.value.place is not None
    assert (caught.value.place.column, caught.value.place.length) == (17, 5)


def test_rows_are_paged_by_number(world: World) -> None:
    world.bring(*(CustomerRecord(id=str(number), first_name=f"N{number}") for number in range(5)))
    world.bring(order("1", "2", NOON))
    members = world.segments.ask("everyone").members
    page = world.segments.rows(members, after=2, limit=2)
    assert page["number"].to_pylist() == [3, 4]
    assert page["first_name"].to_pylist() == ["N2", "N3"]
    assert page["orders"].to_pylist() == [1, 0]


NAMES = st.sampled_from(["a", "b", "c", "d"])
TIMES = st.integers(-30, 3).map(lambda days: NOON + timedelta(days=days))
CHANGES = st.one_of(
    st.builds(CustomerRecord, id=NAMES, country=st.sampled_from(["DE", "DK", None])),
    st.builds(
        OrderRecord, id=NAMES, customer=NAMES, ordered_at=TIMES, total=st.integers(0, 30).map(Decimal),
        status=st.sampled_from(["paid", "cancelled"]),
    ),
    st.builds(ConsentRecord, customer=NAMES, permission=st.just("news"), given=st.booleans(), at=TIMES),
    st.builds(TagRecord, customer=NAMES, tag=st.sampled_from(["vip", "press"])),
)  # fmt: skip
TEXTS = st.sampled_from(
    [
        'country in ("DE") or tag "vip"',
        "orders >= 2 and not revenue > 20",
        "last_purchase within 10 days",
        'not (last_purchase within 10 days) and consent "news" on email',
        "last_purchase not within 10 days or everyone and average_order < 12",
    ]
)


@given(steps=st.lists(st.tuples(st.lists(CHANGES, max_size=4), TEXTS, st.integers(0, 2)), min_size=2, max_size=6))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_kept_answers_equal_fresh_ones(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    make_theatre: Callable[[Database], Organisation],
    steps: list[tuple[list[Record], str, int]],
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    (folder / "hub.sqlite").write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{folder / 'hub.sqlite'}")
    world = World(database, make_theatre(database))
    for changes, text, days in steps:
        world.bring(*changes)
        world.now += timedelta(days=days)
        tree, calendar = world.segments.understood(text), world.segments.calendar()
        kept = world.evaluator.evaluate(tree, calendar).members
        assert kept == world.fresh_evaluator().evaluate(tree, calendar).members
    world.replica.close()
    database.close()
