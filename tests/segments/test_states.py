"""How segments stand, told of a whole page with a few queries, also when a plugin is gone."""

from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub import DefinitionError
from hub.core.contracts.errors import InUse, NotFound
from hub.core.segments.people.manual import CustomerIds
from hub.core.segments.references.graph import KnownSegment
from hub.core.segments.references.usage import Use
from hub.core.segments.service import Segments
from tests.segments.desk import Desk, numbers


def test_states_come_by_name_with_sizes_syncs_and_uses(desk: Desk) -> None:
    desk.bring_people("DE", "DE", "AT")
    base = desk.segments.create("base", 'country in ("DE")')
    desk.segments.create("Álmost", 'segment "base"')
    manual = desk.segments.create_manual("Zulu")
    desk.manual.add(manual, CustomerIds.numbers([3]))
    desk.views.create(manual, "Few", 'segment "base"')
    desk.sync(base, "Paused", paused=True)
    desk.sync(base, "Live")
    states = desk.segments.states()
    assert [(state.segment.name, state.size, state.text) for state in states] == [
        ("base", 2, 'country in ("DE")'), ("Zulu", 1, ""), ("Álmost", 2, 'segment "base"'),
    ]  # fmt: skip
    assert states[0].synced_to == ["Live", "Paused"]
    assert [str(use) for use in states[0].used_by] == [
        "the segment 'Álmost'", "the sync 'Live'", "the sync 'Paused'", "the view 'Zulu / Few'",
    ]  # fmt: skip
    assert all(state.evaluated_at == desk.now for state in states)
    page = desk.segments.states(after="base", limit=1)
    assert [state.segment.name for state in page] == ["Zulu"]


def test_a_page_of_states_takes_as_many_queries_as_one_state(desk: Desk) -> None:
    segment = desk.segments.create("First", "everyone")
    asked: list[str] = []
    sa.event.listen(desk.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    desk.segments.states()
    alone = len(asked)
    for number in range(20):
        desk.segments.create(f"S{number}", 'segment "first"')
    desk.views.create(segment, "View", "everyone")
    asked.clear()
    assert len(desk.segments.states()) == 21
    assert len(asked) == alone


def test_whatever_else_uses_segments_can_say_so(desk: Desk) -> None:
    def newsletters(session: Session, segments: Sequence[KnownSegment]) -> Iterator[tuple[int, Use]]:
        yield from ((segment.id, Use("newsletter", f"To {segment.name}")) for segment in segments)

    segments = Segments(
        desk.database, desk.organisation, lambda: desk.evaluator, desk.criteria, lambda: desk.now, [newsletters]
    )
    segment = segments.create("Readers", "everyone")
    assert [str(use) for use in segments.state(segment).used_by] == ["the newsletter 'To Readers'"]
    with pytest.raises(InUse, match="is used by the newsletter 'To Readers'; change that first"):
        segments.remove(segment)


def test_a_name_that_nothing_has_is_not_found(desk: Desk) -> None:
    for name in ("\ud83d", "a\0b", "", "nobody's"):
        with pytest.raises(NotFound, match="there is no segment"):
            desk.segments.named(name)


def test_a_segment_whose_plugin_is_gone_is_told_and_keeps_its_members(desk: Desk) -> None:
    desk.bring_people("DE", "DE", "AT")
    broken = desk.segments.create("Broken", 'country in ("DE")')
    desk.segments.create("Middle", 'segment "Broken" or tag "vip"')
    top = desk.segments.create("Top", 'not segment "Middle"')
    view = desk.views.create(broken, "View", "everyone")
    later = desk.without("country")
    try:
        states = {state.segment.name: state for state in later.segments.states()}
        assert {name: state.problem for name, state in states.items()} == {
            "Broken": "there is no criterion `country`",
            "Middle": "Middle → Broken: there is no criterion `country`",
            "Top": "Top → Middle → Broken: there is no criterion `country`",
        }
        assert [states[name].size for name in ("Broken", "Middle", "Top")] == [2, 2, 1]
        assert (states["Broken"].text, states["Top"].text) == ("", 'not segment "Middle"')
        with pytest.raises(DefinitionError, match="Top → Middle → Broken: there is no criterion `country`"):
            later.segments.evaluate(top)
        with pytest.raises(DefinitionError, match="the definition → Broken: there is no criterion `country`"):
            later.segments.ask('tag "vip" or segment "broken"')
        with pytest.raises(DefinitionError, match="View → Broken: there is no criterion"):
            later.views.evaluate(view)
        last = later.segments.last_members(broken)
        assert last is not None
        assert numbers(last) == [1, 2]
        preview = later.editing.preview(broken, "everyone")
        assert (numbers(preview.entering), numbers(preview.leaving)) == ([3], [])
        later.editing.edit(broken, definition="everyone")  # the mend
        assert [state.problem for state in later.segments.states()] == ["", "", ""]
        assert later.who(top) == []
    finally:
        later.replica.close()
