"""What templates may speak of, read from the store for many customers at once."""

import pickle
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from hub import (
    CompanyRecord,
    CustomerRecord,
    CustomFieldRecord,
    CustomValueRecord,
    EventRecord,
    OrderLineRecord,
    OrderRecord,
    ProductRecord,
    TagRecord,
)
from hub.core.contracts.records import CustomFieldType, GroupRecord, OrderStatus
from hub.core.messaging.templates import facts as module
from hub.core.messaging.templates.facts import CustomerFacts
from hub.core.messaging.templates.rendering import Renderer
from hub.core.messaging.templates.values import Money
from hub.core.messaging.templates.vocabulary import NAMES_IN
from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from tests.messaging.templates.conftest import request, wording
from tests.segments.desk import NOON, Desk

OF_A_MESSAGE = {"unsubscribe_url", "campaign_link", "own_text"}


def order(identity: str, day: int, total: str, **more: Any) -> OrderRecord:
    at = datetime(2024, 6, day, 12, tzinfo=UTC)
    return OrderRecord(id=identity, customer="0", ordered_at=at, total=Decimal(total), **more)


@pytest.fixture
def desk(database: Database, organisation: Organisation) -> Iterator[Desk]:
    made = Desk(database, organisation)
    made.bring(
        CompanyRecord(id="c", name="Invented Ltd", city="Hamburg"),
        CustomFieldRecord(name="Seat", value_type=CustomFieldType.TEXT),
        CustomFieldRecord(name="Friend", value_type=CustomFieldType.YES_NO),
        CustomFieldRecord(name="Score", value_type=CustomFieldType.NUMBER),
        EventRecord(id="e", title="Hamlet"),
        ProductRecord(id="p", name="Programme"),
        CustomerRecord(id="0", company="c", first_name="Ada", born_on=date(1990, 5, 17), language="de"),
        CustomerRecord(id="1"),
        TagRecord(customer="0", tag="vip"),
        TagRecord(customer="0", tag="friend"),
        GroupRecord(customer="0", group="Members"),
        CustomValueRecord(customer="0", field="Friend", value="no"),
        CustomValueRecord(customer="0", field="Score", value="12.5"),
        order("a", 1, "12.50"),
        order("b", 3, "42.00", currency="DKK"),
        order("c", 9, "99.00", status=OrderStatus.CANCELLED),
        OrderLineRecord(id="1", order="b", event="e", quantity=2, total=Decimal(30)),
        OrderLineRecord(id="2", order="b", product="p", quantity=1, total=Decimal(12)),
        OrderLineRecord(id="3", order="b", event="e", quantity=1, total=Decimal(0)),
    )
    yield made
    made.replica.close()


@pytest.fixture
def facts(desk: Desk) -> CustomerFacts:
    return CustomerFacts(desk.database, desk.organisation, lambda: desk.evaluator, lambda: desk.now)


def test_all_that_a_template_may_speak_of_is_read(facts: CustomerFacts) -> None:
    found: Any = facts.of([1, 2, 77])
    assert set(found) == {1, 2}
    for one in found.values():
        assert set(one) == NAMES_IN[""] - OF_A_MESSAGE
        assert set(one["customer"]) == NAMES_IN["customer"]
        assert set(one["figures"]) == NAMES_IN["figures"]
        assert one["chat_links"] == dict.fromkeys(NAMES_IN["chat_links"])
    ada = found[1]
    assert (ada["customer"]["first_name"], ada["customer"]["born_on"]) == ("Ada", date(1990, 5, 17))
    assert (ada["customer"]["tags"], ada["customer"]["groups"]) == (["friend", "vip"], ["Members"])
    assert ada["customer"]["fields"] == {"Seat": None, "Friend": False, "Score": Decimal("12.5")}
    assert ada["company"] == {"name": "Invented Ltd", "city": "Hamburg", "country": None}
    assert ada["figures"]["orders"] == 2
    assert ada["figures"]["revenue"].currency == "EUR"
    assert ada["figures"]["first_purchase"] == datetime(2024, 6, 1, 12, tzinfo=UTC)
    assert ada["last_order"] == {
        "ordered_at": datetime(2024, 6, 3, 12, tzinfo=UTC),
        "total": Money(Decimal("42.00"), "DKK"),
        "titles": ["Hamlet", "Programme"],
    }
    assert ada["last_order"]["total"].currency == "DKK"
    assert ada["today"] == NOON.date()
    assert ada["organisation"] == {"name": "Theater am Ufer"}
    other = found[2]
    assert (other["company"], other["last_order"], other["customer"]["tags"]) == (None, None, [])
    assert other["figures"]["orders"] == 0
    assert other["figures"]["last_purchase"] is None
    assert other["customer"]["fields"] == {"Seat": None, "Friend": None, "Score": None}


def test_facts_cross_a_process_border_and_are_rendered(facts: CustomerFacts) -> None:
    found = pickle.loads(pickle.dumps(facts.of([1])))
    words = wording("{{ customer.first_name }}, {{ last_order.ordered_at | ago }}: {{ last_order.total }}", "de")
    with Renderer("Europe/Berlin", "EUR") as renderer:
        (answer,) = renderer.render([request(words, **found[1])])
    assert getattr(answer, "text", answer) == "Ada, vor 12 Tagen: 42,00 DKK"


def test_customers_are_read_in_bulk(desk: Desk, facts: CustomerFacts, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.bring_people(*["DE"] * 40)
    facts.of([1])  # the engine catches up with the store
    asked: list[str] = []
    sa.event.listen(desk.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    facts.of([1, 2])
    few = len(asked)
    asked.clear()
    assert len(facts.of(range(1, 41))) == 40
    assert len(asked) == few
    monkeypatch.setattr(module, "_AT_ONCE", 7)
    assert facts.of(range(1, 41)).keys() == set(range(1, 41))
    assert facts.of([]) == {}


def test_nobody_of_another_organisation_is_told(desk: Desk) -> None:
    other = Organisation(id=99, name="Other", time_zone="Europe/Berlin", currency="EUR", country="DE")
    assert CustomerFacts(desk.database, other, lambda: desk.evaluator, lambda: desk.now).of([1]) == {}
