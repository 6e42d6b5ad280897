"""A profile holds all that is known of one customer, and nothing of any other."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from hub import (
    CartRecord,
    CompanyRecord,
    ConsentRecord,
    CustomerRecord,
    CustomFieldRecord,
    CustomValueRecord,
    EventRecord,
    GroupRecord,
    IdentityRecord,
    OrderLineRecord,
    OrderRecord,
    ProductRecord,
    SubscriptionRecord,
    TagRecord,
)
from hub.core.contracts.errors import NotFound
from hub.core.contracts.records import ConsentChannel, CustomFieldType, OrderStatus
from hub.core.segments.people.manual import CustomerIds
from hub.core.segments.people.profiles import SegmentOfCustomer
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.profiles import OrderWithLines
from hub.core.store.tables import LedgerEntry
from tests.segments.desk import NOON, Desk


@pytest.fixture
def known(desk: Desk) -> Desk:
    """Ada, of whom much is known, and Ben, who has one of everything that is not to be mixed up with hers."""
    for name, days in (("ada", 2), ("ben", 1)):
        desk.bring(
            CompanyRecord(id="partner", name="Ufer GmbH"),
            CustomerRecord(id=name, first_name=name.title(), email=f"{name}@example.com", country="DE"),
            TagRecord(customer=name, tag=f"tag of {name}"),
            GroupRecord(customer=name, group=f"group of {name}"),
            CustomFieldRecord(name="shoe size", value_type=CustomFieldType.NUMBER),
            CustomFieldRecord(name="since", value_type=CustomFieldType.DATE),
            CustomFieldRecord(name="likes tea", value_type=CustomFieldType.YES_NO),
            CustomFieldRecord(name="note", value_type=CustomFieldType.TEXT),
            ConsentRecord(customer=name, permission="newsletter", at=NOON - timedelta(days=9), given=days == 2),
            IdentityRecord(customer=name, channel=ConsentChannel.MESSENGER, value=f"m-{name}"),
            SubscriptionRecord(id=name, customer=name, name="Premieres", starts_on=date(2024, 1, 1)),
            CartRecord(id=name, customer=name, changed_at=NOON, total=Decimal(5)),
            EventRecord(id="e1", title="Carmen", starts_at=NOON, category="opera", production="Carmen"),
            ProductRecord(id="mug", name="Mug", category="merchandise"),
            OrderRecord(id=f"{name}-1", customer=name, ordered_at=NOON - timedelta(days=days), total=Decimal(30)),
            OrderLineRecord(id="1", order=f"{name}-1", event="e1", quantity=2, total=Decimal(20)),
            OrderLineRecord(id="2", order=f"{name}-1", product="mug", total=Decimal(10)),
        )
    desk.bring(
        CustomerRecord(id="ada", company="partner"),
        CustomValueRecord(customer="ada", field="shoe size", value="39.5"),
        CustomValueRecord(customer="ada", field="since", value="2020-02-29"),
        CustomValueRecord(customer="ada", field="likes tea", value="yes"),
        CustomValueRecord(customer="ada", field="note", value="a \"note\""),
        ConsentRecord(customer="ada", permission="newsletter", at=NOON - timedelta(days=3), given=False),
        ConsentRecord(
            customer="ada", permission="newsletter", channel=ConsentChannel.SMS, at=NOON - timedelta(days=1)
        ),
        *(
            OrderRecord(
                id=f"ada-{place}", customer="ada", ordered_at=NOON - timedelta(days=1), total=Decimal(1),
                status=OrderStatus.REFUNDED,
            )
            for place in range(2, 6)
        ),
    )  # fmt: skip
    return desk


def test_a_profile_is_complete(known: Desk) -> None:
    profile = known.profiles.known_as("test", "ada")
    assert profile.customer.number == 1
    assert (profile.customer.email, profile.source) == ("ada@example.com", "test")
    assert profile.company is not None
    assert profile.company.name == "Ufer GmbH"
    assert (profile.tags, profile.groups) == (["tag of ada"], ["group of ada"])
    assert {field.name: field.value for field in profile.fields} == {
        "shoe size": Decimal("39.5"), "since": date(2020, 2, 29), "likes tea": True, "note": 'a "note"',
    }  # fmt: skip
    assert [(each.channel, each.given) for each in profile.consents] == [("email", False), ("sms", True)]
    assert [(each.channel, each.given) for each in profile.consent_log] == [
        ("sms", True), ("email", False), ("email", True),
    ]  # fmt: skip
    assert [(each.kind, each.value) for each in profile.identities] == [("messenger", "m-ada")]
    assert [(each.name, each.ends_on) for each in profile.subscriptions] == [("Premieres", None)]
    assert [(each.total, each.order_id) for each in profile.carts] == [(500, None)]
    first = int((NOON - timedelta(days=2)).timestamp())
    assert profile.figures == {
        "orders": 1, "tickets": 2, "events": 1, "revenue": 3000, "first_purchase_at": first,
        "last_purchase_at": first,
    }  # fmt: skip


def test_orders_come_newest_first_in_pages_with_their_lines(known: Desk) -> None:
    found, before = list[OrderWithLines](), None
    while page := known.profiles.orders(1, 2, before=before):
        found += page
        before = page[-1].order.ordered_at, page[-1].order.id or 0
    assert [each.order.external_id for each in found] == ["ada-5", "ada-4", "ada-3", "ada-2", "ada-1"]
    ticket, mug = found[-1].lines
    assert (ticket.event, ticket.title, ticket.category, ticket.quantity) == ("e1", "Carmen", "opera", 2)
    assert (mug.product, mug.category, mug.total, mug.event) == ("Mug", "merchandise", 1000, None)
    assert not found[0].lines


def test_the_segments_of_a_customer(known: Desk) -> None:
    by_hand = known.segments.create_manual("By hand")
    known.manual.add(by_hand, CustomerIds.numbers([1]))
    known.manual.add(known.segments.create_manual("Not her"), CustomerIds.numbers([2]))
    known.segments.create("Germans", 'country in ("DE")')
    known.segments.create("Through", 'segment "By hand"')
    known.segments.create("Nobody", "nobody")
    known.segments.remove(known.segments.create("Put away", "everyone"))
    assert [each.segment.name for each in known.profiles.of_number(1).segments] == [
        "By hand",
        "Germans",
        "Through",
    ]

    without = known.without("country")

    def told(found: SegmentOfCustomer) -> tuple[str, str]:
        return found.segment.name, found.problem

    assert [told(each) for each in without.profiles.of_number(1).segments] == [
        ("By hand", ""), ("Germans", "there is no criterion `country`"), ("Through", ""),
    ]  # fmt: skip
    without.replica.close()


def test_what_platforms_hold_is_told(known: Desk) -> None:
    sync = known.sync(known.segments.create("All", "everyone"))
    with known.database.session(write=True) as session:
        session.add_all(
            LedgerEntry(
                sync_id=sync.id or 0, customer_number=number, reference=f"r{number}", digest="", state=state
            )
            for number, state in ((1, "held"), (2, "rejected"))
        )
    (synced,) = known.profiles.of_number(1).synced
    assert (synced.sync, synced.state) == ("Newsletter list", "held")


def test_who_is_not_there_is_not_found(known: Desk) -> None:
    with pytest.raises(NotFound, match="the source 'shop' knows no customer 'ada'"):
        known.profiles.known_as("shop", "ada")
    with pytest.raises(NotFound, match="knows no customer"):
        known.profiles.known_as("test", "\ud83d")
    with known.database.writing() as connection:
        erase_customers(connection, [1])
    with pytest.raises(NotFound, match="there is no customer 1; if there was one, they have been erased"):
        known.profiles.of_number(1)
    with pytest.raises(NotFound, match="erased"):
        known.profiles.orders(1)
