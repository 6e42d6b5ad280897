"""For a production or an event a segment goes without its ticket holders; results are tagged at once."""

from datetime import timedelta

import pytest

from hub import DefinitionError, EventRecord, OrderLineRecord, OrderRecord
from hub.core.contracts.errors import InputError, UserError
from hub.core.segments.people.tagging import TagCount
from hub.core.segments.references.references import reference_to
from hub.core.segments.showings import evaluate_for, less_ticket_holders
from tests.segments.desk import NOON, Desk, numbers


@pytest.fixture
def house(desk: Desk) -> Desk:
    """Customers 1 to 5; 1 has been to Carmen, 2 holds a ticket for it, 3 one for Tosca, 4 is from elsewhere."""
    desk.bring_people("DE", "DE", "DE", "AT", "DE")
    events = (("past", "Carmen", -30), ("next", "Carmen", 30), ("other", "Tosca", 30))
    for place, (event, production, days) in enumerate(events):
        desk.bring(
            EventRecord(id=event, production=production, starts_at=NOON + timedelta(days=days)),
            OrderRecord(id=event, customer=str(place), ordered_at=NOON - timedelta(days=40), total=10),
            OrderLineRecord(id="1", order=event, event=event),
        )
    desk.segments.create("Germans", 'country in ("DE")')
    return desk


def test_a_segment_for_a_production_or_an_event_goes_without_its_ticket_holders(house: Desk) -> None:
    tree, definitions = reference_to("germans"), house.segments.definitions
    found = evaluate_for(definitions, tree, productions=["Carmen"])
    assert numbers(found.members) == [3, 5]
    assert numbers(evaluate_for(definitions, tree, events=["next"]).members) == [1, 3, 5]
    assert numbers(evaluate_for(definitions, tree, productions=["Tosca"], events=["past"]).members) == [2, 5]
    before = (NOON - timedelta(days=50)).date()
    assert numbers(evaluate_for(definitions, tree, productions=["Carmen"], as_of=before).members) == [1, 2, 3, 5]
    text = house.segments.language.print(less_ticket_holders(tree, productions=["Carmen"]))
    assert text == 'segment "germans" and not ticket_for production in ("Carmen") at any time'
    with pytest.raises(UserError, match="say which production, or which event"):
        evaluate_for(definitions, tree)
    with pytest.raises(DefinitionError, match="the text is empty"):
        evaluate_for(definitions, tree, productions=[""])


def test_all_customers_of_a_result_are_tagged_and_untagged_at_once(house: Desk) -> None:
    members = house.segments.ask('segment "germans"').members
    assert house.tagging.tag(members, " vip ") == 4
    assert house.tagging.tag(house.segments.ask("everyone").members, "vip") == 1
    assert house.who('tag "vip"') == [1, 2, 3, 4, 5]
    assert house.tagging.untag(house.segments.ask('country in ("AT")').members, "vip") == 1
    house.tagging.tag(house.segments.ask('country in ("AT")').members, "abroad")
    assert house.tagging.counts(house.segments.ask("not tag \"abroad\"").members) == [
        TagCount("abroad", 0, 1), TagCount("vip", 4, 4),
    ]  # fmt: skip
    with pytest.raises(InputError, match="a tag needs a name"):
        house.tagging.tag(members, " ")
