"""References between segments: a circle is found exactly where there is one, and told with its path."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import DefinitionError
from hub.core.segments.definition import AllOf, NoneOf, Tree, dump
from hub.core.segments.evaluator import DEEPEST_SEGMENTS
from hub.core.segments.references.graph import MOST_IN_A_ROW, KnownSegment, SegmentGraph
from hub.core.segments.references.references import outline_of, reference_to, with_names


def segment(name: str, *references: str, removed: bool = False) -> KnownSegment:
    definition = dump(AllOf(all_of=tuple(reference_to(each) for each in references)))
    return KnownSegment(hash(name), name, name.casefold(), definition, removed)


def graph(*segments: KnownSegment) -> SegmentGraph:
    return SegmentGraph(segments)


@st.composite
def references(draw: st.DrawFn) -> list[set[int]]:
    """For each of some segments the others that it refers to; never itself, and never in a circle."""
    size = draw(st.integers(2, 7))
    return [draw(st.sets(st.integers(0, place - 1))) if place else set() for place in range(size)]


@given(references(), st.data())
def test_a_change_is_refused_exactly_when_it_makes_a_circle(acyclic: list[set[int]], data: st.DataObject) -> None:
    changed = data.draw(st.integers(0, len(acyclic) - 1))
    wanted = data.draw(st.sets(st.integers(0, len(acyclic) - 1)))
    known = graph(*(segment(f"S{one}", *(f"S{two}" for two in below)) for one, below in enumerate(acyclic)))
    new = segment(f"S{changed}", *(f"S{each}" for each in sorted(wanted)))

    reached, waiting = set[int](), list(wanted)
    while waiting:
        each = waiting.pop()
        if each not in reached:
            reached.add(each)
            waiting += wanted if each == changed else acyclic[each]
    if changed not in reached:
        known.with_segment(new).check(new)
        return
    with pytest.raises(DefinitionError) as caught:
        known.with_segment(new).check(new)
    path = [int(name[1:]) for name in re.findall(r"S\d", str(caught.value).partition(": ")[2])]
    assert path[0] == path[-1] == changed
    steps = [wanted if one == changed else acyclic[one] for one in path[:-1]]
    assert all(two in below for below, two in zip(steps, path[1:], strict=True))


def test_the_path_of_a_circle_is_named() -> None:
    known = graph(segment("A", "B"), segment("B", "C"), segment("C"))
    with pytest.raises(DefinitionError, match="the segment “C” would refer to itself: C → A → B → C"):
        known.with_segment(segment("C", "A")).check(segment("C", "A"))


def test_a_reference_to_nobody_is_refused_with_a_likely_name() -> None:
    with pytest.raises(DefinitionError, match="there is no segment “Regulrs”") as caught:
        graph(segment("Regulars"), segment("Mine", "Regulrs")).check(segment("Mine", "Regulrs"))
    assert "Regulars" in caught.value.hint
    with pytest.raises(DefinitionError, match="the segment “Old” was removed"):
        graph(segment("Old", removed=True), segment("Mine", "Old")).check(segment("Mine", "Old"))


def test_a_row_of_a_thousand_segments_is_refused_in_words() -> None:
    row = [segment("S0"), *(segment(f"S{number}", f"S{number - 1}") for number in range(1, 1_000))]
    with pytest.raises(DefinitionError, match="in a row"):
        graph(*row).check(row[-1])
    graph(*row[:MOST_IN_A_ROW]).check(row[0])
    with pytest.raises(DefinitionError, match=f"would stand on {MOST_IN_A_ROW} segments in a row"):
        graph(*row[: MOST_IN_A_ROW + 1]).check(row[0])  # the change is at the end, the trouble at the top
    assert MOST_IN_A_ROW < DEEPEST_SEGMENTS
    users = graph(*row).users_of(row[0])
    assert len(users) == 999
    assert users[1].path == ("S2", "S1", "S0")


def test_levels_count_through_segments() -> None:
    def deep(name: str, tree: Tree) -> KnownSegment:
        for _ in range(98):
            tree = NoneOf(none_of=(tree,))
        return KnownSegment(hash(name), name, name.casefold(), dump(tree))

    one, two = deep("A", reference_to("Base")), deep("B", reference_to("A"))
    three = deep("C", reference_to("B"))
    known = graph(segment("Base"), one, two, three)
    known.check_outline(three.outline)
    graph(segment("Base"), one, two).check(two)
    with pytest.raises(DefinitionError, match="“C” would be nested 298 levels deep: 200 are the most"):
        known.check(three)


def test_an_outline_is_the_same_for_text_in_any_case_and_knows_its_levels() -> None:
    tree = AllOf(all_of=(reference_to("Größe "), NoneOf(none_of=(reference_to("B"),))))
    outline = outline_of(dump(tree))
    assert [(each.folded_name, each.level) for each in outline.references] == [("grösse", 2), ("b", 3)]
    assert outline.height == 3
    assert with_names(tree, str.upper) == AllOf(
        all_of=(reference_to("GRÖSSE "), NoneOf(none_of=(reference_to("B"),)))
    )


def test_problems_further_down_are_told_with_their_path() -> None:
    known = graph(segment("A", "B"), segment("B", "C", "D"), segment("C"), segment("D", "Gone"))

    def broken(each: KnownSegment) -> str:
        return "there is no criterion `weather`" if each.name == "C" else ""

    assert known.problem_of(segment("A", "B"), broken) == "A → B → C: there is no criterion `weather`"
    assert known.problem_of(segment("C"), broken) == "there is no criterion `weather`"
    assert known.problem_of(segment("D", "Gone"), broken) == "there is no segment “Gone”"
    assert known.problem_of(segment("D"), broken) == ""
