"""Who unsubscribed or bounced in Mailchimp is told, each at least once, whatever happens meanwhile."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hub_mailchimp import MailchimpSink
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import Context, DepartureReason, Departures, NotFound, TryAgain
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import Contact, MailchimpServer
from hub.testing.platforms.messages import Reply, Request

from .conftest import MakeSink, people, person

START = datetime(2024, 5, 1, 12, tzinfo=UTC)


class Clock:
    """A time that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock(server: MailchimpServer) -> Clock:
    clock = Clock()
    server.account.clock = clock
    return clock


@pytest.fixture
def sink(make_sink: MakeSink, context: Context, clock: Clock) -> MailchimpSink:
    made = make_sink()
    made.context = replace(context, clock=clock)
    return made


def told(pieces: Iterable[Departures]) -> tuple[dict[str, DepartureReason], str | None]:
    """The reasons by reference, and the last cursor."""
    reasons: dict[str, DepartureReason] = {}
    cursor = None
    for piece in pieces:
        reasons |= {one.reference: one.reason for one in piece.found}
        cursor = piece.cursor
    return reasons, cursor


def leave(server: MailchimpServer, list_id: str, numbers: Iterable[int], status: str = "unsubscribed") -> None:
    for number in numbers:
        server.depart(list_id, f"person{number}@example.com", status)


def references(sink: MailchimpSink, numbers: Iterable[int]) -> set[str]:
    return {sink.reference(person(number)) for number in numbers}


def test_reasons_and_moments(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, clock: Clock
) -> None:
    sink.add(tag, people(9))
    clock.pass_by(hours=1)
    server.depart(list_id, "person0@example.com", reason="I no longer want to receive these emails")
    server.depart(list_id, "person1@example.com", reason="N/A (Unsubscribed by admin)")
    server.depart(list_id, "person2@example.com", reason="The emails are spam and should be reported")
    server.depart(list_id, "person3@example.com", reason="Abuse complaint")
    clock.pass_by(minutes=5)
    server.depart(list_id, "person4@example.com", "cleaned")
    server.depart(list_id, "person5@example.com", "pending")
    server.depart(list_id, "person6@example.com", "transactional")
    server.depart(list_id, "person7@example.com", "archived")
    found = [one for piece in sink.departures(tag, None) for one in piece.found]
    unsubscribed, bounced = START + timedelta(hours=1), START + timedelta(hours=1, minutes=5)
    expected = {
        0: (DepartureReason.UNSUBSCRIBED, unsubscribed),
        1: (DepartureReason.UNSUBSCRIBED, unsubscribed),
        2: (DepartureReason.COMPLAINED, unsubscribed),
        3: (DepartureReason.COMPLAINED, unsubscribed),
        4: (DepartureReason.BOUNCED, bounced),
    }
    assert {one.reference: (one.reason, one.at) for one in found} == {
        sink.reference(person(number)): told for number, told in expected.items()
    }


def test_each_is_told_and_then_no_more(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, clock: Clock
) -> None:
    sink.add(tag, people(6))
    leave(server, list_id, [0])
    leave(server, list_id, [1], "cleaned")
    clock.pass_by(hours=2)
    first, cursor = told(sink.departures(tag, None))
    assert set(first) == references(sink, [0, 1])
    clock.pass_by(hours=5)
    leave(server, list_id, [2, 3])
    clock.pass_by(hours=2)
    second, cursor = told(sink.departures(tag, cursor))
    assert set(second) - references(sink, [1]) == references(sink, [2, 3])
    clock.pass_by(hours=5)
    third, cursor = told(sink.departures(tag, cursor))
    assert set(third) <= references(sink, [1])


@pytest.mark.parametrize("minutes", [1, 300])
def test_an_update_by_the_hub_does_not_make_an_old_departure_a_new_one(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, clock: Clock, minutes: int
) -> None:
    """Who consented anew meanwhile must not count as withdrawn again."""
    sink.add(tag, people(2))
    leave(server, list_id, [0])
    clock.pass_by(minutes=minutes)
    read_at = clock.now
    _, cursor = told(sink.departures(tag, None))
    for _ in range(3):
        clock.pass_by(minutes=minutes)
        sink.add(tag, [person(0, first_name=str(clock.now))])
        pieces = list(sink.departures(tag, cursor))
        cursor = pieces[-1].cursor
        again = [one.at for piece in pieces for one in piece.found]
        assert again == [] if minutes > 60 else max(again) <= read_at + timedelta(minutes=2 * minutes)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 11),
            st.sampled_from(["unsubscribed", "cleaned", "touched", "read"]),
            st.sampled_from([0.0, 0.4, 1.0, 3600.0]),
        ),
        max_size=25,
    ),
    skew=st.integers(-1500, 1500),
    sorts=st.booleans(),
)
def test_nobody_is_missed(
    sink: MailchimpSink,
    server: MailchimpServer,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    steps: list[tuple[int, str, float]],
    skew: int,
    sorts: bool,
) -> None:
    """Same seconds, other clocks, pages of three, changes between two readings, with and without an order."""
    list_id = server.add_list("Another")
    sink = type(sink)(sink.settings.model_copy(update={"list_id": list_id}), sink.context)
    one, platform = server.list(list_id), Clock()
    clock.now, platform.now = START, START + timedelta(seconds=skew)
    monkeypatch.setattr(server.account, "clock", platform)
    monkeypatch.setattr(server.account, "sorts", sorts)
    monkeypatch.setattr("hub_mailchimp.departures._PAGE", 3)
    monkeypatch.setattr("hub_mailchimp.departures._REPEATED", 1)
    for number in range(12):
        contact = Contact(f"person{number}@example.com", "subscribed", changed_at=platform.now)
        one.contacts[contact.id] = contact
    gone: set[int] = set()
    known: dict[str, DepartureReason] = {}
    cursor = None
    for number, what, seconds in steps:
        clock.pass_by(seconds=seconds)
        platform.pass_by(seconds=seconds)
        contact = server.member(list_id, f"person{number}@example.com")
        if what == "read":
            found, cursor = told(sink.departures("", cursor))
            known |= found
            assert references(sink, gone) <= set(known)
        elif what == "touched" or number in gone:
            server.account.touch(contact)
        else:
            server.account.touch(contact, what)
            gone.add(number)
    found, _ = told(sink.departures("", cursor))
    assert set(known | found) == references(sink, gone)


def test_many_come_page_by_page_and_a_reading_goes_on_where_it_ended(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, clock: Clock
) -> None:
    one = server.list(list_id)
    for number in range(3500):
        moment = START + timedelta(seconds=min(number, 1200) // 2)  # 2300 of them in one second
        contact = Contact(f"person{number}@example.com", "unsubscribed", changed_at=moment, unsubscribed_at=moment)
        one.contacts[contact.id] = contact
    clock.pass_by(hours=1)
    server.requests.clear()
    first = next(sink.departures(tag, None))
    assert len(first.found) == 1000
    assert len(server.requests) == 1
    second = next(sink.departures(tag, first.cursor))
    assert not {one.reference for one in first.found[:900]} & {one.reference for one in second.found}
    whole, _ = told([first, second, *sink.departures(tag, second.cursor)])
    assert len(whole) == 3500


def test_a_contact_that_changes_while_it_is_read_hides_no_other(
    sink: MailchimpSink,
    tag: str,
    server: MailchimpServer,
    list_id: str,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hub_mailchimp.departures._PAGE", 4)
    sink.add(tag, people(12))
    for number in range(12):
        leave(server, list_id, [number])
        clock.pass_by(seconds=5)
    proper = server.respond

    def moving(request: Request, busy: int) -> Reply:
        reply = proper(request, busy)
        if request.path.endswith("/members"):
            for number in (0, 1, 2):
                server.account.touch(server.member(list_id, f"person{number}@example.com"))
            clock.pass_by(seconds=1)
        return reply

    monkeypatch.setattr(server, "respond", moving)
    found, _ = told(sink.departures(tag, None))
    assert set(found) == references(sink, range(12))


def test_pages_that_come_in_no_order_are_counted_off(
    sink: MailchimpSink,
    tag: str,
    server: MailchimpServer,
    list_id: str,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hub_mailchimp.departures._PAGE", 4)
    monkeypatch.setattr("hub_mailchimp.departures._REPEATED", 1)
    server.account.sorts = False
    sink.add(tag, people(12))
    for number in (3, 9, 0, 6, 2, 8, 11, 5, 1, 7, 4, 10):
        leave(server, list_id, [number], "cleaned" if number % 2 else "unsubscribed")
        clock.pass_by(minutes=90)
    assert set(told(sink.departures(tag, None))[0]) == references(sink, range(12))


def test_a_platform_whose_clock_was_ahead_hides_nobody(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, clock: Clock
) -> None:
    sink.add(tag, people(2))
    server.account.clock = lambda: clock.now + timedelta(days=1)
    leave(server, list_id, [0], "cleaned")
    found, cursor = told(sink.departures(tag, None))
    assert set(found) == references(sink, [0])
    server.account.clock = clock
    clock.pass_by(minutes=5)
    leave(server, list_id, [1], "cleaned")
    pieces = list(sink.departures(tag, cursor))
    assert references(sink, [1]) <= set(told(pieces)[0])
    assert all(one.at <= clock.now for piece in pieces for one in piece.found)


@pytest.mark.parametrize("answered", range(6))
def test_a_reading_cut_short_anywhere_misses_nobody(
    sink: MailchimpSink,
    tag: str,
    server: MailchimpServer,
    list_id: str,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    answered: int,
) -> None:
    monkeypatch.setattr("hub_mailchimp.departures._PAGE", 3)
    sink.add(tag, people(9))
    for number in range(9):
        leave(server, list_id, [number], "unsubscribed" if number < 6 else "cleaned")
        clock.pass_by(minutes=20)
    server.faults.add(Fault.bodyless(500), on="/members$", skip=answered)
    known: dict[str, DepartureReason] = {}
    cursor = None
    try:
        for piece in sink.departures(tag, cursor):
            known |= {one.reference: one.reason for one in piece.found}
            cursor = piece.cursor
    except TryAgain:
        clock.pass_by(hours=30)
    server.faults.clear()
    found, _ = told(sink.departures(tag, cursor))
    assert set(known | found) == references(sink, range(9))


@pytest.mark.parametrize(
    "cursor", ["", "{}", "nonsense", "[1]", '{"list_id": 7, "cleaned": 7}', '{"cleaned": "x"}']
)
def test_a_cursor_that_can_not_be_read_reads_all_again(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, cursor: str
) -> None:
    sink.add(tag, people(2))
    leave(server, list_id, [0])
    assert set(told(sink.departures(tag, cursor))[0]) == references(sink, [0])


def test_a_cursor_of_another_audience_says_nothing(
    sink: MailchimpSink, make_sink: MakeSink, tag: str, server: MailchimpServer, list_id: str, clock: Clock
) -> None:
    sink.add(tag, people(2))
    leave(server, list_id, [0])
    clock.pass_by(days=9)
    _, cursor = told(make_sink(list_id=server.add_list("Another")).departures(tag, None))
    assert set(told(sink.departures(tag, cursor))[0]) == references(sink, [0])


def test_an_audience_that_is_gone_is_told(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str
) -> None:
    server.remove_list(list_id)
    with pytest.raises(NotFound, match=list_id):
        told(sink.departures(tag, None))


def test_an_empty_audience_gives_a_cursor_all_the_same(sink: MailchimpSink, tag: str) -> None:
    found, cursor = told(sink.departures(tag, None))
    assert found == {}
    assert cursor
