"""History tells who entered and left, when and why; it is exact, small, and silent when nothing changed."""

import os
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import CustomerRecord, NotFound, OrderRecord, Record, TagRecord
from hub.core.contracts.calendar import Calendar
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.definition import CriterionNode
from hub.core.segments.evaluator import Answer, Evaluation
from hub.core.segments.history.changes import Side
from hub.core.segments.history.history import History
from hub.core.store.database import Database
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.organisations import add_organisation
from hub.core.store.results import differences
from hub.core.store.tables import KeptBitmap, Organisation, ResultCause, Segment, SegmentResult, table_of
from tests.segments.history_world import NOON, World, numbers, order

EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "5"))
"""More of them make a longer run."""


@pytest.fixture
def world(database: Database, organisation: Organisation) -> Iterator[World]:
    made = World(database, organisation)
    yield made
    made.close()


def reasons(world: World, segment: Segment, side: Side = Side.ENTERED) -> dict[int, list[str]]:
    """Why customers entered or left with the newest result."""
    (newest,) = world.segments.history(segment, 1)
    assert newest.id is not None
    return {each.number: list(each.reasons) for each in world.fresh_history().changes(newest.id, side)}


def causes(world: World, segment: Segment) -> list[str]:
    return [result.cause for result in reversed(world.segments.history(segment))]


def test_each_customer_has_the_criteria_that_turned(world: World) -> None:
    world.bring(
        *(order(f"{name}1", name, NOON - timedelta(days=5)) for name in "abc"), TagRecord(customer="c", tag="vip")
    )
    segment = world.segments.create("Regulars", 'orders >= 2 and not tag "vip"')
    world.bring(order("a2", "a", NOON), order("c2", "c", NOON))
    world.segments.evaluate(segment)
    assert reasons(world, segment) == {1: ["orders >= 2 now matches"]}
    world.bring(TagRecord(customer="a", tag="vip"), TagRecord(customer="c", tag="vip", present=False))
    world.segments.evaluate(segment)
    assert reasons(world, segment) == {3: ['tag "vip" no longer matches']}
    assert reasons(world, segment, Side.LEFT) == {1: ['tag "vip" now matches']}
    newest = world.segments.history(segment, 1)
    ((reason,),) = world.segments.kept.reasons(newest).values()
    assert reason.text == 'tag "vip"'
    assert (reason.entered_ceasing, reason.departed_matching) == (1, 1)
    assert (reason.entered_matching, reason.departed_ceasing) == (0, 0)


def test_a_new_customer_enters_though_no_criterion_turned(world: World) -> None:
    world.bring(CustomerRecord(id="a"))
    segment = world.segments.create("Others", 'not tag "vip"')
    assert reasons(world, segment) == {1: ["matched when the segment was first evaluated"]}
    world.bring(CustomerRecord(id="b"))
    world.segments.evaluate(segment)
    assert reasons(world, segment) == {2: ["became a customer"]}


def test_the_erased_are_counted_and_not_shown(world: World) -> None:
    world.bring(*(CustomerRecord(id=name, country="DE") for name in "abc"))
    segment = world.segments.create("Germans", 'country in ("DE")')
    with world.database.writing() as connection:
        erase_customers(connection, [2])
    world.segments.evaluate(segment)
    assert reasons(world, segment, Side.LEFT) == {}
    newest, first = world.segments.history(segment)
    assert (newest.departed, first.entered) == (1, 3)
    assert first.id is not None
    assert [each.number for each in world.segments.kept.changes(first.id, Side.ENTERED)] == [1, 3]
    paged = world.segments.kept.changes(first.id, Side.ENTERED, after=1, limit=1)
    assert [each.number for each in paged] == [3]


def test_the_cause_is_told(world: World) -> None:
    world.bring(order("1", "a", NOON - timedelta(days=9)))
    segment = world.segments.create("Recent", "last_purchase within 10 days")
    world.bring(CustomerRecord(id="b"))
    world.segments.evaluate(segment)  # nothing new, but this process now knows that these facts changed nothing
    world.now += timedelta(days=2)
    world.segments.evaluate(segment)
    assert reasons(world, segment, Side.LEFT) == {1: ["last_purchase within 10 days no longer matches"]}
    world.bring(order("2", "a", world.now))
    world.segments.evaluate(segment)
    world.redefine(segment, "last_purchase within 10 days and orders >= 5")
    world.segments.evaluate(segment)
    assert reasons(world, segment, Side.LEFT) == {1: ["the definition of the segment was changed"]}
    ((reason,),) = world.segments.kept.reasons(world.segments.history(segment, 1)).values()
    assert (reason.text, reason.is_new) == ("orders >= 5", True)
    world.bring(*(order(str(number), "a", world.now) for number in range(10, 20)))
    world.now += timedelta(days=1)
    world.segments.evaluate(segment)
    assert causes(world, segment) == [
        ResultCause.FIRST, ResultCause.DAY, ResultCause.FACTS, ResultCause.DEFINITION, ResultCause.FACTS_AND_DAY,
    ]  # fmt: skip
    told = [result.definition is not None for result in reversed(world.segments.history(segment))]
    assert told == [True, False, False, True, False]


def test_a_late_evaluation_does_not_blur_the_cause(world: World) -> None:
    segment = world.make("Some", "everyone")
    first, early = made(world, [1], 1), made(world, [1], 2)
    world.bring(CustomerRecord(id="a"))
    history = world.fresh_history()
    for evaluation in (first, made(world, [1], 5), early):
        history.keep(segment, evaluation)
    world.now += timedelta(days=1)
    history.keep(segment, made(world, [2], 5))
    assert causes(world, segment) == [ResultCause.FIRST, ResultCause.DAY]


def test_a_definition_that_is_only_said_differently_is_no_cause(world: World) -> None:
    world.bring(CustomerRecord(id="a", country="DE"))
    segment = world.segments.create("Some", 'country in ("DE") and not tag "vip"')
    world.redefine(segment, 'not tag "vip" and country in ("DE")')
    world.segments.evaluate(segment)
    world.bring(CustomerRecord(id="b", country="DE"))
    world.segments.evaluate(segment)
    assert causes(world, segment) == [ResultCause.FIRST, ResultCause.FACTS]


def test_a_change_of_another_segment_is_told(world: World) -> None:
    world.bring(*(CustomerRecord(id=name, country=country) for name, country in (("a", "DE"), ("b", "DK"))))
    base = world.segments.create("Base", 'country in ("DE")')
    user = world.segments.create("User", 'segment "Base"')
    world.redefine(base, 'country in ("DK")')
    world.segments.evaluate(user)
    assert causes(world, user) == [ResultCause.FIRST, ResultCause.REFERENCE]
    assert reasons(world, user) == {2: ['segment "Base" now matches']}
    assert reasons(world, user, Side.LEFT) == {1: ['segment "Base" no longer matches']}


def test_a_late_evaluation_changes_nothing(world: World) -> None:
    """Of an earlier revision, of an earlier day, or of a definition that was changed meanwhile."""
    world.bring(CustomerRecord(id="a", country="DE"))
    segment = world.make("Some", 'country in ("DE")')
    early = world.evaluation('country in ("DE")')
    world.bring(CustomerRecord(id="b", country="DE"))
    world.now += timedelta(days=1)
    late = world.evaluation('country in ("DE")')
    history = world.fresh_history()
    history.keep(segment, late)
    before = world.stored()
    history.keep(segment, early)
    history.keep(segment, replace(early, revision=late.revision))
    history.keep(segment, replace(early, calendar=late.calendar))
    other = segment.model_copy()
    world.redefine(other, 'country in ("DK")')
    history.keep(segment, replace(late, members=Bitmap.of([])))
    assert world.stored() == before
    assert [result.size for result in world.segments.history(segment)] == [2]


def test_what_is_gone_is_not_kept(world: World) -> None:
    segment = world.make("Gone", "everyone")
    evaluation = world.evaluation("everyone")
    with world.database.session(write=True) as session:
        session.delete(session.get_one(Segment, segment.id))
    world.fresh_history().keep(segment, evaluation)
    assert world.stored() == [[], [], [], []]


def test_a_result_that_is_not_there_is_named(world: World) -> None:
    with pytest.raises(NotFound, match="no result 7"):
        world.segments.kept.changes(7, Side.LEFT)


def test_sizes_and_members_over_time(world: World) -> None:
    segment = world.make("Some", "everyone")
    history = world.fresh_history()
    for day, hour, members in ((0, 0, [1, 2]), (2, 0, [2, 3, 4]), (2, 3, [2, 3]), (5, 0, [9])):
        world.now = NOON + timedelta(days=day, hours=hour)
        history.keep(segment, made(world, members, revision=day))
    first = NOON.date()
    sizes = [(each.day, each.size, each.entered, each.departed) for each in history.sizes(segment, first)]
    assert sizes == [(first, 2, 2, 0), (first + timedelta(days=2), 2, 2, 2), (first + timedelta(days=5), 1, 1, 2)]
    later = history.sizes(segment, first + timedelta(days=3))
    assert [each.day for each in later] == [first + timedelta(days=2), first + timedelta(days=5)]
    at = {
        hours: numbers(history.members_at(segment, NOON + timedelta(hours=hours)))
        for hours in (-1, 0, 47, 49, 52, 999)
    }
    assert at == {-1: set(), 0: {1, 2}, 47: {1, 2}, 49: {2, 3, 4}, 52: {2, 3}, 999: {9}}


def test_many_changes_take_little_room_and_stay_exact(world: World) -> None:
    """Thirty changes of 20 among 100,000: all bits would take 12.5 KB each time, and again for the criterion."""
    segment, twin = world.make("Large", "orders >= 3"), world.make("Twin", "orders >= 3")
    random = np.random.default_rng(7)
    chosen = random.random(100_000) < 0.5
    expected = []
    for revision in range(30):
        chosen[random.integers(1, 100_000, 20)] ^= True
        evaluation = made(world, np.flatnonzero(chosen).tolist(), revision, "orders >= 3")
        world.fresh_history().keep_many([(segment, evaluation), (twin, evaluation)])
        expected.append(evaluation.members)
    results = world.segments.history(segment)
    assert [world.fresh_history().members_of(result) for result in reversed(results)] == expected
    with world.database.reading() as connection:
        columns = (table_of(SegmentResult).c[name] for name in ("members", "entered_members", "departed_members"))
        kept = sum(
            int(
                connection.execute(
                    sa.select(sa.func.coalesce(sa.func.sum(sa.func.length(column)), 0))
                ).scalar_one()
            )
            for column in columns
        )
        anchors = connection.execute(sa.select(sa.func.count()).select_from(table_of(KeptBitmap))).scalar_one()
    assert kept < 2 * (2 * 12_600 + 30 * 300)
    assert anchors == 3  # one of each definition, and one of the criterion that both share


def test_anchors_follow_and_old_ones_go(world: World) -> None:
    segment = world.make("Turning", "orders >= 3")
    random = np.random.default_rng(7)
    for revision in range(8):
        chosen = np.flatnonzero(random.random(50_000) < 0.5).tolist()
        evaluation = made(world, chosen, revision, "orders >= 3")
        world.fresh_history().keep(segment, evaluation)
        (newest,) = world.segments.history(segment, 1)
        assert world.fresh_history().members_of(newest) == evaluation.members
    with world.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(table_of(KeptBitmap))).scalar_one() == 2
        assert len(differences(connection, segment.id or 0, newest.id or 0)) <= 2


def test_not_too_many_differences_are_added_up(world: World) -> None:
    """Though each is so small that a hundred thousand of them would take less room than all members."""
    segment = world.make("Slow", "everyone")
    chosen = np.random.default_rng(7).random(400_000) < 0.5
    steps = []
    for revision in range(205):
        chosen[revision] ^= True
        found = Bitmap(np.packbits(chosen, bitorder="little").view(np.uint64))
        world.segments.kept.keep(segment, Evaluation(found, world.segments.calendar(), revision))
        (newest,) = world.segments.history(segment, 1)
        if revision > 198:
            with world.database.reading() as connection:
                steps.append(len(differences(connection, segment.id or 0, newest.id or 0)))
    assert world.segments.kept.members_of(newest) == found
    assert steps == [200, 201, 1, 2, 3, 4]


def test_several_processes_keep_one_history(world: World, store_url: str) -> None:
    segment = world.make("Shared", "orders >= 3")
    found = [made(world, list(range(number, 3 * number, 2)), number, "orders >= 3") for number in range(12)]

    def keep(some: Sequence[Evaluation]) -> None:
        database = Database(store_url)
        history = History(database, world.organisation_id, world.segments.language, lambda: NOON)
        for each in some:
            history.keep(segment, each)
        database.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(keep, [found[start::3] for start in range(3)]))
    results = list(reversed(world.segments.history(segment)))
    assert (results[0].cause, results[-1].revision) == (ResultCause.FIRST, 11)
    assert sorted({result.revision for result in results}) == [result.revision for result in results]
    for result in results:
        assert world.fresh_history().members_of(result) == found[result.revision].members


def made(world: World, members: list[int], revision: int, *criteria: str) -> Evaluation:
    """An evaluation that never was: each criterion matched just the members."""
    found = Bitmap.of(members)
    nodes = [world.segments.understood(text) for text in criteria]
    answers = tuple(Answer(node, found) for node in nodes if isinstance(node, CriterionNode))
    day: Calendar = world.segments.calendar()
    return Evaluation(found, day, revision, answers)


NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
CHANGES = st.one_of(
    st.builds(CustomerRecord, id=NAMES, country=st.sampled_from(["DE", "DK", None])),
    st.builds(
        OrderRecord, id=NAMES, customer=NAMES, total=st.integers(0, 30).map(Decimal),
        ordered_at=st.integers(-12, 0).map(lambda days: NOON + timedelta(days=days)),
        status=st.sampled_from(["paid", "cancelled"]),
    ),
    st.builds(TagRecord, customer=NAMES, tag=st.sampled_from(["vip", "press"])),
)  # fmt: skip
TEXTS = st.sampled_from(
    [
        'country in ("DE") or tag "vip"',
        'not (country in ("DE") or tag "vip")',
        "last_purchase within 10 days and orders >= 1",
        "last_purchase within 10 days or everyone and revenue < 12",
        'tag "vip" or tag "vip" and not orders >= 1',
    ]
)
ERASED = st.sampled_from([0, 0, 0, 1, 2])


@dataclass
class Known:
    """What the test itself knows of a segment's evaluations."""

    text: str
    members: set[int] = field(default_factory=set)
    answers: dict[str, set[int]] = field(default_factory=dict)
    results: list[tuple[set[int], set[int], set[int], dict[int, set[str]], bool]] = field(default_factory=list)
    """Members, entered, left, sentences of criteria that turned by customer, whether it was redefined."""


@given(
    steps=st.lists(
        st.tuples(st.lists(CHANGES, max_size=4), ERASED, st.integers(0, 2), st.none() | TEXTS),
        min_size=2,
        max_size=7,
    ),
    first=TEXTS,
)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_history_is_what_was_evaluated(
    database: Database,
    first: str,
    steps: list[tuple[list[Record], int, int, str | None]],
) -> None:
    theatre = Organisation(name=uuid.uuid4().hex, time_zone="Europe/Berlin", currency="EUR", country="DE")
    world = World(database, add_organisation(database, theatre))
    segment, known = world.make("Some", first), Known(first)
    erased: set[int] = set()
    for changes, to_erase, days, text in steps:
        world.bring(*changes)
        erased |= erase(world, to_erase)
        world.now += timedelta(days=days)
        changed = text is not None and text != known.text
        if text is not None:
            known.text = text
            world.redefine(segment, text)
        evaluation = world.evaluation(known.text)
        world.fresh_history().keep(segment, evaluation)
        expect(world, known, evaluation, changed)
        before = world.stored()
        world.fresh_history().keep(segment, world.evaluation(known.text))
        assert world.stored() == before
    check(world, segment, known, erased)
    world.close()


def erase(world: World, count: int) -> set[int]:
    some = world.evaluation("everyone").members.numbers()[:count].tolist()
    with world.database.writing() as connection:
        erase_customers(connection, some)
    return set(some)


def expect(world: World, known: Known, evaluation: Evaluation, changed: bool) -> None:
    """Note what history must tell of an evaluation."""
    members = numbers(evaluation.members)
    answers = {world.segments.language.print(each.node): numbers(each.members) for each in evaluation.criteria}
    if members != known.members or not known.answers:
        turned: dict[int, set[str]] = {}
        for text, matched in answers.items():
            before = known.answers.get(text, matched)
            for customer in matched ^ before:
                said = "now matches" if customer in matched else "no longer matches"
                turned.setdefault(customer, set()).add(f"{text} {said}")
        known.results.append((members, members - known.members, known.members - members, turned, changed))
    known.members, known.answers = members, answers


def check(world: World, segment: Segment, known: Known, erased: set[int]) -> None:
    """All that history tells is what is known."""
    history = world.fresh_history()
    results = list(reversed(history.results(segment)))
    assert len(results) == len(known.results)
    for result, (members, entered, left, turned, changed) in zip(results, known.results, strict=True):
        assert result.id is not None
        assert numbers(history.members_of(result)) == members
        assert (result.size, result.entered, result.departed) == (len(members), len(entered), len(left))
        for side, expected in ((Side.ENTERED, entered), (Side.LEFT, left)):
            shown = {each.number: each for each in history.changes(result.id, side)}
            assert shown.keys() == expected - erased
            for number, each in shown.items():
                assert each.reasons
                if result is not results[0]:
                    assert {one.sentence for one in each.turned} == turned.get(number, set())
                assert (
                    changed == (each.reasons[0] == "the definition of the segment was changed")
                    or result is results[0]
                )


def test_days_are_dates(world: World) -> None:
    segment = world.segments.create("All", "everyone")
    assert world.segments.history(segment)[0].day == date(2024, 6, 15)
