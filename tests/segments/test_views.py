"""Views: a segment through further criteria, always as both are now."""

import pytest

from hub import CustomerRecord, DefinitionError, TagRecord
from hub.core.contracts.errors import NameTaken, NotFound, UserError
from hub.core.segments.people.manual import CustomerIds
from tests.segments.desk import Desk, numbers


def test_a_view_follows_its_segment_and_its_customers(desk: Desk) -> None:
    desk.bring_people("DE", "DE", "AT")
    segment = desk.segments.create("Germans", 'country in ("DE")')
    desk.bring(TagRecord(customer="1", tag="vip"), TagRecord(customer="2", tag="vip"))
    view = desk.views.create(segment, "Important", 'tag "vip"')
    assert numbers(desk.views.evaluate(view).members) == [2]
    desk.bring(CustomerRecord(id="3", country="DE"), TagRecord(customer="3", tag="vip"))
    assert numbers(desk.views.evaluate(view).members) == [2, 4]
    desk.editing.edit(segment, name="Somewhere", definition='country in ("AT")')
    assert numbers(desk.views.evaluate(view).members) == [3]
    assert desk.segments.language.print(desk.views.tree(view)) == 'segment "Somewhere" and tag "vip"'
    page = desk.members.page(desk.views.evaluate(view).members)
    assert page.rows["external_id"].to_pylist() == ["2"]


def test_a_view_of_a_manual_segment(desk: Desk) -> None:
    desk.bring_people("DE", "AT")
    segment = desk.segments.create_manual("By hand")
    desk.manual.add(segment, CustomerIds.numbers([1, 2]))
    view = desk.views.create(segment, "Austrians", 'country in ("AT")')
    assert numbers(desk.views.evaluate(view).members) == [2]


def test_views_are_listed_renamed_changed_and_removed(desk: Desk) -> None:
    segment, other = desk.segments.create("One", "everyone"), desk.segments.create("Two", "everyone")
    view = desk.views.create(segment, " beta ", "everyone")
    desk.views.create(segment, "Alpha", "everyone")
    desk.views.create(other, "beta", "everyone")  # unique within a segment only
    with pytest.raises(NameTaken, match="the segment 'One' has a view 'beta' already; choose another name"):
        desk.views.create(segment, "BETA", "everyone")
    with pytest.raises(NameTaken, match="has a view 'Alpha'"):
        desk.views.change(view, name="alpha")
    with pytest.raises(UserError, match="a view's name"):
        desk.views.change(view, name="\n")
    changed = desk.views.change(view, name="Gamma", definition='country in ("DE")')
    assert desk.views.of_id(changed.id or 0).name == "Gamma"
    assert [each.name for each in desk.views.of(segment)] == ["Alpha", "Gamma"]
    assert desk.views.named(segment, "GAMMA").id == view.id
    desk.views.remove(changed)
    for call in (desk.views.remove, desk.views.tree):
        with pytest.raises(NotFound, match="there is no view"):
            call(changed)
    with pytest.raises(NotFound, match="the segment 'One' has no view 'gamma'"):
        desk.views.named(segment, "gamma")


def test_what_a_view_refers_to_must_be_there(desk: Desk) -> None:
    segment, other = desk.segments.create("One", "everyone"), desk.segments.create("Two", "everyone")
    with pytest.raises(DefinitionError, match="there is no segment"):
        desk.views.create(segment, "View", 'segment "Three"')
    view = desk.views.create(segment, "View", 'segment "two"')
    assert desk.segments.language.print(desk.views.tree(view)) == 'segment "One" and segment "Two"'
    with pytest.raises(DefinitionError, match="there is no segment"):
        desk.views.change(view, definition='segment "Three"')
    desk.segments.remove(segment)
    with pytest.raises(NotFound, match="the segment 'One' of this view was removed; restore it first"):
        desk.views.evaluate(view)
    desk.segments.remove(other)  # a view of a removed segment needs nothing
    desk.segments.restore("Two")
    desk.segments.restore("One")
    assert numbers(desk.views.evaluate(view).members) == []
