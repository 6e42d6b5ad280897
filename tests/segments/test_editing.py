"""Segments are renamed, redefined, removed, restored and deleted; what refers to them stays true."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from hub import CustomerRecord, DefinitionError
from hub.core.contracts.errors import InUse, NameTaken, NotFound, UserError
from hub.core.segments.definition import EVERYONE, MOST_NODES, NOBODY, NoneOf, Tree, dump
from hub.core.segments.editing import ChangedMeanwhile
from hub.core.segments.references.graph import MOST_IN_A_ROW
from hub.core.segments.references.references import reference_to
from hub.core.store.tables import Segment
from tests.segments.desk import Desk, numbers


def test_a_new_name_is_written_wherever_the_old_one_stood(desk: Desk) -> None:
    desk.bring_people("DE", "DE", "AT")
    germans = desk.segments.create("Germans", 'country in ("DE")')
    desk.segments.create("Not here", 'segment "GERMANS" and not country in ("AT")')
    desk.segments.create("Put away", 'everyone and segment "germans"')
    everyone = desk.segments.create("All", "everyone")
    view = desk.views.create(everyone, "German ones", 'segment "germans"')
    desk.segments.remove(desk.segments.named("put away"))
    assert desk.text("Not here") == 'segment "Germans" and not country in ("AT")'  # as it is written

    renamed = desk.editing.edit(germans, name='  Deutsche "1" ')
    assert renamed.name == 'Deutsche "1"'
    assert desk.text("Not here") == 'segment "Deutsche \\"1\\"" and not country in ("AT")'
    assert desk.who(desk.segments.named("Not here")) == [1, 2]
    assert numbers(desk.views.evaluate(view).members) == [1, 2]
    desk.segments.restore("Put away")
    assert desk.who(desk.segments.named("Put away")) == [1, 2]
    with pytest.raises(NotFound):
        desk.segments.named("Germans")


def test_a_taken_name_is_refused_and_says_so(desk: Desk) -> None:
    one, other = desk.segments.create("One", "everyone"), desk.segments.create("Other", "everyone")
    with pytest.raises(NameTaken, match="a segment is called 'One' already; choose another name"):
        desk.editing.edit(other, name="ONE")
    desk.segments.remove(one)
    with pytest.raises(NameTaken, match="a removed segment is called 'One' already; restore it"):
        desk.editing.edit(other, name="one")
    assert desk.editing.edit(other, name="OTHER", description="now loud").name == "OTHER"


def test_a_changed_definition_counts_at_once_and_for_who_refers_to_it(desk: Desk) -> None:
    desk.bring_people("DE", "DE", "AT")
    base = desk.segments.create("Base", 'country in ("DE")')
    middle = desk.segments.create("Middle", 'segment "Base"')
    top = desk.segments.create("Top", 'not segment "Middle"')
    desk.editing.edit(base, definition={"criterion": "country", "parameters": {"codes": {"is_in": ["AT"]}}})
    sizes = [[result.size for result in desk.segments.history(each)] for each in (base, middle, top)]
    assert sizes == [[1, 2], [1, 2], [2, 1]]
    assert desk.segments.state(desk.segments.named("base")).size == 1


def test_who_edits_later_is_told(desk: Desk) -> None:
    segment = desk.segments.create("Ours", "everyone")
    seen = segment.changed_at
    assert desk.editing.edit(segment, description="mine", expected_changed_at=seen).changed_at > seen
    with pytest.raises(ChangedMeanwhile, match="'Ours' was changed by somebody else at 2024-06-15 10:00:01 UTC"):
        desk.editing.edit(segment, description="yours", expected_changed_at=seen)
    assert desk.segments.named("Ours").description == "mine"
    desk.now += timedelta(days=1)
    assert desk.editing.edit(segment, description="late").changed_at == desk.now


def test_a_circle_is_refused_with_its_path_and_nothing_changes(desk: Desk) -> None:
    desk.segments.create("C", "everyone")
    desk.segments.create("B", 'segment "C"')
    desk.segments.create("A", 'segment "B"')
    with pytest.raises(DefinitionError, match="C → A → B → C"):
        desk.editing.edit(desk.segments.named("c"), definition='country in ("DE") or segment "a"')
    with pytest.raises(DefinitionError, match="C → C"):
        desk.editing.edit(desk.segments.named("C"), definition='segment "c"')
    with pytest.raises(DefinitionError, match="C → C"):
        desk.editing.preview(desk.segments.named("C"), 'segment "c"')
    with pytest.raises(DefinitionError, match="there is no segment"):
        desk.segments.create("D", 'segment "D"')
    assert desk.text("C") == "everyone"


def test_two_editors_never_make_a_circle_together(desk: Desk, make_desk: Callable[[], Desk]) -> None:
    other = make_desk()
    one, two = desk.segments.create("One", "everyone"), desk.segments.create("Two", "everyone")

    def edit(mine: Desk, segment: str, definition: str) -> bool:
        try:
            mine.editing.edit(mine.segments.named(segment), definition=definition)
        except DefinitionError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(edit, desk, "One", 'segment "Two"')
        second = pool.submit(edit, other, "Two", 'segment "One"')
        assert sorted((first.result(), second.result())) == [False, True]
    assert desk.who(one) == desk.who(two) == []


def test_two_who_take_a_name_at_once_are_told_plainly(desk: Desk, make_desk: Callable[[], Desk]) -> None:
    other = make_desk()

    def create(mine: Desk) -> str:
        try:
            return mine.segments.create("Ours", "everyone").name
        except NameTaken as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(create, (desk, other)))
    assert told == ["Ours", "a segment is called 'Ours' already; choose another name"]


def test_as_deep_as_is_allowed_can_be_answered_and_deeper_is_told_plainly(desk: Desk) -> None:
    desk.bring_people("DE", "AT")

    def insert(numbers: range) -> None:
        """Segments in a row, each four levels deep, past every check."""
        with desk.database.session(write=True) as session:
            for number in numbers:
                tree: Tree = reference_to(f"S{number - 1}") if number else EVERYONE
                for _ in range(3):
                    tree = NoneOf(none_of=(tree, NOBODY))
                session.add(
                    Segment(
                        organisation_id=desk.organisation.id or 0, name=f"S{number}", folded_name=f"s{number}",
                        definition=dump(tree), created_at=desk.now, changed_at=desk.now,
                    )
                )  # fmt: skip

    insert(range(MOST_IN_A_ROW))
    top = desk.segments.named(f"S{MOST_IN_A_ROW - 1}")
    desk.editing.edit(desk.segments.named("S0"), definition='country in ("DE")')
    assert len(desk.who(top)) == 1
    assert len(desk.views.evaluate(desk.views.create(top, "View", "everyone")).members) == 1
    insert(range(MOST_IN_A_ROW, 200))
    highest = desk.segments.named("S199")
    with pytest.raises(DefinitionError, match="in a circle or too deeply"):
        desk.segments.evaluate(highest)
    with pytest.raises(DefinitionError, match="in a row"):
        desk.segments.create("Higher", 'segment "S199"')


def test_a_change_is_previewed_with_what_it_reaches(desk: Desk) -> None:
    desk.bring_people("DE", "DE", "AT", "FR")
    base = desk.segments.create("Base", 'country in ("DE", "FR")')
    middle = desk.segments.create("Middle", 'segment "Base"')
    desk.views.create(base, "Near", "everyone")
    desk.views.create(middle, "Far", "everyone")
    desk.sync(base, "First")
    desk.sync(middle, "Second", paused=True)
    preview = desk.editing.preview(base, 'country in ("AT", "FR")')
    told = [(use.kind, use.name, tuple(use.through)) for use in preview.uses]
    assert told == [
        ("segment", "Middle", ()),
        ("sync", "First", ()),
        ("sync", "Second", ("Middle",)),
        ("view", "Base / Near", ()),
        ("view", "Middle / Far", ("Middle",)),
    ]
    assert (len(preview.before), len(preview.after)) == (3, 2)
    assert (numbers(preview.entering), numbers(preview.leaving)) == ([3], [1, 2])
    assert desk.text("Base") == 'country in ("DE", "FR")'
    assert len(desk.segments.history(base)) == 1


def test_what_is_used_is_not_removed(desk: Desk) -> None:
    base = desk.segments.create("Base", "everyone")
    other = desk.segments.create("Other", "everyone")
    user = desk.segments.create("User", 'segment "Base"')
    desk.views.create(base, "Own", "everyone")
    view = desk.views.create(other, "Narrow", 'segment "base"')
    sync = desk.sync(base)
    with pytest.raises(InUse) as caught:
        desk.segments.remove(base)
    assert str(caught.value) == (
        "the segment 'Base' is used by the segment 'User', the sync 'Newsletter list' and the view "
        "'Other / Narrow'; pause or change those first"
    )
    desk.segments.remove(user)
    desk.views.remove(view)
    with pytest.raises(InUse, match="is used by the sync 'Newsletter list'; pause that first"):
        desk.segments.remove(base)
    with desk.database.session(write=True) as session:
        session.get_one(type(sync), sync.id).paused = True
    desk.segments.remove(base)
    with pytest.raises(NotFound, match="removed"):
        desk.segments.remove(base)
    with pytest.raises(DefinitionError, match="the segment “Base” was removed"):
        desk.segments.restore("User")
    desk.segments.restore("Base")
    desk.segments.restore("User")
    assert [each.name for each in desk.views.of(desk.segments.named("base"))] == ["Own"]


def test_only_what_was_removed_and_nothing_names_is_deleted_for_good(desk: Desk) -> None:
    desk.bring_people("DE")
    base = desk.segments.create("Base", "everyone")
    desk.views.create(base, "Own", "everyone")
    user = desk.segments.create("User", 'segment "Base"')
    with pytest.raises(InUse, match="remove it before"):
        desk.segments.delete(base)
    desk.segments.remove(user)
    desk.segments.remove(base)
    with pytest.raises(InUse, match="'Base' is named by the segment 'User'; change that first"):
        desk.segments.delete(base)  # it could not be restored any more
    desk.segments.delete(user)
    desk.segments.delete(base)
    with pytest.raises(NotFound):
        desk.segments.delete(base)
    assert desk.segments.states(removed=True) == []
    desk.segments.create("base", "everyone")


def test_a_deleted_name_leaves_its_sync_alone(desk: Desk) -> None:
    base = desk.segments.create("Base", "everyone")
    desk.sync(base, paused=True)
    desk.segments.remove(base)
    with pytest.raises(InUse, match="is named by the sync 'Newsletter list'"):
        desk.segments.delete(base)


SENSELESS: list[tuple[object, str]] = [
    ("", "the text is empty"),
    ("wether", "there is no criterion|`wether`"),
    (
        {"criterion": "orders", "parameters": {"nmber": {"at_least": 3}}},
        "nmber: there is no such|number: this parameter is needed",
    ),
    ("orders between 5 and 2", "reversed|smaller"),
    ("registered between 2024-03-01 and 2024-02-01", "reversed|first"),
    ("registered before 2024-02-30", "there is no day 2024-02-30"),
    ({"criterion": "tag", "parameters": {"tags": {"any_of": [str(n) for n in range(10_001)]}}}, "10,000"),
    ("not " * 500 + "everyone", "nested too deeply"),
    ("(" * 500 + "everyone" + ")" * 500, "nested too deeply"),
    ({"all_of": [{"any_of": []}] * (MOST_NODES + 1)}, "too large"),
    ({"criterion": "segment", "parameters": {"name": ""}}, "empty"),
    ({"criterion": "segment", "parameters": {"name": "\ud83d"}}, "half a character|parameters are texts"),
]


def test_a_definition_that_makes_no_sense_is_refused_and_changes_nothing(desk: Desk) -> None:
    segment = desk.segments.create("Old", "everyone")
    for definition, message in SENSELESS:
        with pytest.raises(DefinitionError, match=message):
            desk.segments.create("New", definition)
        with pytest.raises(DefinitionError, match=message):
            desk.editing.edit(segment, name="Newer", definition=definition)
    assert [state.segment.name for state in desk.segments.states()] == ["Old"]


def test_ten_thousand_tags_in_a_list_are_answered(desk: Desk) -> None:
    desk.bring(CustomerRecord(id="1"))
    tags = [str(number) for number in range(10_000)]
    segment = desk.segments.create("Many", {"criterion": "tag", "parameters": {"tags": {"none_of": tags}}})
    assert desk.who(segment) == [1]


def test_a_manual_segment_takes_no_definition(desk: Desk) -> None:
    segment = desk.segments.create_manual("By hand")
    with pytest.raises(UserError, match="'By hand' is manual"):
        desk.editing.edit(segment, definition="everyone")
    with pytest.raises(UserError, match="'By hand' is manual"):
        desk.editing.preview(segment, "everyone")
    assert desk.editing.edit(segment, name="By foot").definition is None
