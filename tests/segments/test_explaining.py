"""Why a customer is in a segment, or is not, is told criterion by criterion."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from hub import CustomerRecord, DefinitionError, NotFound, TagRecord
from hub.core.segments.people.explaining import Explained, ExplainedKind, Explaining
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, Segment, SegmentKind, SegmentMember
from tests.segments.history_world import NOON, World, order


@pytest.fixture
def world(database: Database, organisation: Organisation) -> Iterator[World]:
    made = World(database, organisation)
    made.bring(
        CustomerRecord(id="a", country="DE", email="ada@example.org"),
        CustomerRecord(id="b", country="DK"),
        order("1", "a", NOON - timedelta(days=20), "10.50"),
        order("2", "a", NOON - timedelta(days=3), "4.25"),
        TagRecord(customer="a", tag="vip"),
    )
    yield made
    made.close()


def explain(world: World, asked: str | Segment, number: int, as_of: date | None = None) -> Explained:
    explaining = Explaining(
        world.database,
        world.organisation,
        lambda: world.evaluator,
        lambda: world.engine,
        world.segments.language,
        2,
    )
    tree = world.segments.understood(asked) if isinstance(asked, str) else asked
    return explaining.explain(tree, number, world.segments.calendar(as_of))


def told(part: Explained) -> object:
    """Kind or text, whether it matches, and the parts."""
    name = part.text or part.kind.value
    return (name, part.matches, *(told(each) for each in part.parts))


def test_each_part_is_told(world: World) -> None:
    text = 'country in ("DE") and (orders >= 5 or tag "vip") and not (tag "press" or tag "vip")'
    assert told(explain(world, text, 1)) == (
        "all_of", False,
        ('country in ("DE")', True),
        ("any_of", True, ("orders >= 5", False), ('tag "vip"', True)),
        ("none_of", False, ('tag "press"', False), ('tag "vip"', True)),
    )  # fmt: skip
    assert told(explain(world, "everyone", 2)) == ("all_of", True)
    assert told(explain(world, "nobody", 2)) == ("any_of", False)


def test_criteria_come_with_sentences_and_own_figures(world: World) -> None:
    whole = explain(world, 'orders >= 5 and revenue >= 10 and last_purchase within 2 days and tag "vip"', 1)
    orders, revenue, last, tag = whole.parts
    assert (orders.sentence, orders.figures) == ("placed at least 5 orders", {"orders": 2})
    assert revenue.figures == {"revenue": Decimal("14.75")}
    assert last.figures == {"last_purchase_at": datetime(2024, 6, 12, 10, tzinfo=UTC)}
    assert tag.figures == {}
    assert explain(world, "last_purchase within 2 days", 2).figures == {"last_purchase_at": None}


def test_a_past_day_is_told_as_it_was(world: World) -> None:
    past = explain(world, "orders >= 2", 1, (NOON - timedelta(days=10)).date())
    assert (past.matches, past.figures) == (False, {"orders": 1})


def test_segments_referred_to_are_told_where_they_are_named_first(world: World) -> None:
    world.make("Regulars", "orders >= 2")
    world.make("Best", 'segment "regulars" and tag "vip"')
    assert told(explain(world, 'segment "Best" and not segment "Regulars"', 1)) == (
        "all_of", False,
        (
            'segment "Best"', True,
            ("all_of", True, ('segment "regulars"', True, ("orders >= 2", True)), ('tag "vip"', True)),
        ),
        ("none_of", False, ('segment "Regulars"', True)),
    )  # fmt: skip


def test_manual_segments_tell_when_a_customer_was_added(world: World) -> None:
    manual = Segment(
        organisation_id=world.organisation_id, name="Friends", folded_name="friends", kind=SegmentKind.MANUAL,
        created_at=NOON, changed_at=NOON,
    )  # fmt: skip
    with world.database.session(write=True) as session:
        session.add(manual)
        session.flush()
        late = datetime(2024, 6, 14, 22, 30, tzinfo=UTC)  # the 15th in Berlin
        session.add(SegmentMember(segment_id=manual.id or 0, customer_number=2, added_at=late))
    by_hand = Explained(ExplainedKind.BY_HAND, True, "was added by hand on 2024-06-15")
    assert explain(world, manual, 2) == by_hand
    assert explain(world, 'segment "Friends"', 2).parts == (by_hand,)
    assert explain(world, manual, 1).sentence == "was not added by hand"


def test_who_or_what_is_not_there_is_named(world: World) -> None:
    for number in (3, 0, -1, 2**40):
        with pytest.raises(NotFound, match=f"no customer {number}"):
            explain(world, "everyone", number)
    with pytest.raises(DefinitionError, match="nothing"):
        explain(world, 'segment "nothing"', 1)


def test_an_explanation_agrees_with_the_evaluation(world: World) -> None:
    for text in (
        'not (orders >= 1 or tag "vip")',
        'orders >= 1 or country in ("DK")',
        'not tag "vip" and everyone',
    ):
        members = world.segments.ask(text).members
        assert [explain(world, text, number).matches for number in (1, 2)] == [n in members for n in (1, 2)]
