"""Manual segments: members come and go by number, by a source's id or by address, in bulk."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub import Batch, CustomerRecord
from hub.core.contracts.errors import InUse, NotFound, UserError
from hub.core.ingest.ingest import Ingest
from hub.core.segments.people.manual import CustomerIds
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.tables import Organisation
from tests.segments.desk import Desk


@pytest.fixture
def guests(desk: Desk) -> Desk:
    """Five customers of one source, and one of another who has an id in common with the first."""
    desk.bring(
        *(CustomerRecord(id=f"c{number}", email=f"Person{number}@Example.com") for number in range(1, 5)),
        CustomerRecord(id="c5", email=" person1@example.com "),
    )
    other = Ingest(desk.database, desk.organisation, "shop", lambda: desk.now)
    list(other.store([Batch.of(CustomerRecord(id="c1", email="else@example.com"))]))
    return desk


def test_members_are_added_by_each_kind_of_id_and_the_unknown_are_told(guests: Desk) -> None:
    segment = guests.segments.create_manual("Guests")
    report = guests.manual.add(segment, CustomerIds.numbers(["2", 3, "3", "17", "-1", "2x", 2**40, "٣"]))
    assert (report.changed, report.unchanged) == (2, 0)
    no_number = "this is no customer's number: those are whole numbers from 1"
    assert [(each.id, each.reason) for each in report.unknown] == [
        ("17", "no customer has this number"),
        ("-1", no_number),
        ("2x", no_number),
        (str(2**40), no_number),
        ("٣", no_number),
    ]
    report = guests.manual.add(segment, CustomerIds.external_ids("shop", ["c1", "c2", "", "\ud83d", "a\0b"]))
    assert report.changed == 1
    assert {each.id for each in report.unknown} == {"c2", "", "\ud83d", "a\0b"}
    assert report.unknown[0].reason == "no customer of the source 'shop' has this id"
    report = guests.manual.add(
        segment, CustomerIds.emails(["PERSON1@example.com", "person2@example.com ", "nobody"])
    )
    assert (report.changed, report.unchanged) == (2, 1)  # two share the first address
    assert [(each.id, each.reason) for each in report.unknown] == [("nobody", "no customer has this address")]
    assert guests.who(segment) == [1, 2, 3, 5, 6]
    assert guests.segments.state(segment).size == 5

    report = guests.manual.remove(segment, CustomerIds.emails(["person1@example.com", "person4@example.com"]))
    assert (report.changed, report.unchanged, len(report.unknown)) == (2, 1, 0)
    assert guests.who(segment) == [2, 3, 6]
    assert [result.size for result in guests.segments.history(segment)][:2] == [3, 5]


def test_a_manual_segment_is_used_like_any_other(guests: Desk) -> None:
    segment = guests.segments.create_manual("Guests", "by hand")
    around = guests.segments.create("Others", 'not segment "guests"')
    assert guests.who(around) == [1, 2, 3, 4, 5, 6]
    guests.manual.add(segment, CustomerIds.numbers([1, 2, 3]))
    assert [result.size for result in guests.segments.history(around)] == [3, 6]  # it was evaluated with it
    assert guests.segments.state(segment).used_by[0].name == "Others"
    with guests.database.writing() as connection:
        erase_customers(connection, [2])
    assert guests.who(segment) == [1, 3]
    assert guests.who('segment "GUESTS" or segment "others"') == [1, 3, 4, 5, 6]


def test_only_manual_segments_that_are_there_take_members(guests: Desk) -> None:
    dynamic, manual = guests.segments.create("Dynamic", "everyone"), guests.segments.create_manual("Manual")
    with pytest.raises(UserError, match="the segment 'Dynamic' follows its criteria"):
        guests.manual.add(dynamic, CustomerIds.numbers([1]))
    with pytest.raises(NotFound, match="there is no source 'shopp'; the sources are: shop, test"):
        guests.manual.add(manual, CustomerIds.external_ids("shopp", ["c1"]))
    guests.segments.remove(manual)
    with pytest.raises(NotFound, match="removed"):
        guests.manual.remove(manual, CustomerIds.numbers([1]))


def test_nobody_of_another_organisation_is_added(guests: Desk) -> None:
    with guests.database.session(write=True) as session:
        other = Organisation(name="Kino", time_zone="Europe/Berlin", currency="EUR", country="DE")
        session.add(other)
    list(
        Ingest(guests.database, other, "test", lambda: guests.now).store(
            [Batch.of(CustomerRecord(id="k", email="k@k.de"))]
        )
    )
    segment = guests.segments.create_manual("Guests")
    by_number, by_email = CustomerIds.numbers([7]), CustomerIds.emails(["k@example.com"])
    for ids in (by_number, by_email, CustomerIds.external_ids("test", ["k"])):
        assert len(guests.manual.add(segment, ids).unknown) == 1


def test_a_manual_segment_with_members_is_never_deleted(guests: Desk) -> None:
    segment = guests.segments.create_manual("Guests")
    guests.manual.add(segment, CustomerIds.numbers([1, 2]))
    guests.segments.remove(segment)
    with pytest.raises(InUse, match="'Guests' holds 2 members that were added by hand"):
        guests.segments.delete(segment)
    guests.segments.restore("guests")
    assert guests.who(segment) == [1, 2]
    guests.manual.remove(segment, CustomerIds.numbers([1, 2]))
    guests.segments.remove(segment)
    guests.segments.delete(segment)


def test_two_who_add_the_same_customers_at_once_add_each_one_once(
    guests: Desk, make_desk: Callable[[], Desk]
) -> None:
    segment, other = guests.segments.create_manual("Guests"), make_desk()
    with ThreadPoolExecutor(2) as pool:
        reports = pool.map(lambda one: one.manual.add(segment, CustomerIds.numbers(range(1, 7))), (guests, other))
        assert sum(report.changed for report in reports) == 6


def test_a_hundred_thousand_ids_are_no_trouble(desk: Desk) -> None:
    people = 100_000
    desk.bring_people("DE")
    segment = desk.segments.create_manual("Many")
    started = time.process_time()
    ids = CustomerIds.external_ids("test", [str(number) for number in range(people)])
    report = desk.manual.add(segment, ids)
    assert (report.changed, len(report.unknown)) == (1, people - 1)
    assert time.process_time() - started < 5
