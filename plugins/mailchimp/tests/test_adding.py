"""What the sink sends for members who enter, and how it finds out what became of each."""

import json
import logging
from dataclasses import replace

import pytest
from hub_mailchimp import MailchimpSink
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import IdentifierKind, NotFound, SettingsError
from hub.testing.platforms.mailchimp import Contact, MailchimpServer, subscriber_hash
from hub.testing.platforms.messages import Reply, Request

from .conftest import MakeSink, leaving, people, person


def paths(server: MailchimpServer) -> list[str]:
    return [f"{one.method} {one.path.split('/', 4)[-1]}" for one in server.requests]


def held(server: MailchimpServer, list_id: str, address: str, status: str) -> Contact:
    contact = Contact(address, status)
    server.list(list_id).contacts[contact.id] = contact
    return contact


def test_a_new_batch_takes_two_requests_and_a_known_one_takes_one(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str
) -> None:
    sink.add(tag, people(1))
    server.requests.clear()
    assert list(sink.add(tag, people(500))) == []
    assert len(server.requests) == 2
    server.requests.clear()
    assert list(sink.add(tag, people(500))) == []
    assert [one.method for one in server.requests] == ["POST"]
    assert len(server.tagged(list_id, "Opera")) == 500


def test_a_first_batch_reads_the_fields_once(sink: MailchimpSink, tag: str, server: MailchimpServer) -> None:
    server.requests.clear()
    sink.add(tag, people(500))
    sink.add(tag, people(500))
    assert sum(one.path.endswith("merge-fields") for one in server.requests) == 1
    assert len(server.requests) == 4


def test_without_echoed_tags_all_the_same_is_confirmed(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str
) -> None:
    server.account.echoes_tags = False
    for _ in range(2):
        assert list(sink.add(tag, people(20))) == []
    assert len(server.tagged(list_id, "Opera")) == 20


@pytest.mark.parametrize("status", ["unsubscribed", "cleaned", "pending", "transactional"])
def test_nobody_is_subscribed_again(
    sink: MailchimpSink,
    tag: str,
    server: MailchimpServer,
    list_id: str,
    status: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    held(server, list_id, "Person0@example.com", status)
    with caplog.at_level(logging.INFO):
        assert list(sink.add(tag, people(2))) == []
    assert server.member(list_id, "person0@example.com").status == status
    assert server.tagged(list_id, "Opera") == {"person0@example.com", "person1@example.com"}
    assert ("1 of 2 contacts" in caplog.text) == (status in ("unsubscribed", "cleaned"))


@pytest.mark.parametrize("status", ["subscribed", "pending", "transactional"])
def test_new_contacts_enter_as_the_settings_say(
    make_sink: MakeSink, server: MailchimpServer, list_id: str, status: str
) -> None:
    sink = make_sink(status_if_new=status)
    held(server, list_id, "person0@example.com", "subscribed")
    assert list(sink.add(sink.ensure_audience("Opera", None), people(2))) == []
    statuses = [server.member(list_id, f"person{number}@example.com").status for number in range(2)]
    assert statuses == ["subscribed", status]


@pytest.mark.parametrize("status", ["unsubscribed", "cleaned"])
def test_who_gets_no_mail_does_not_count_in_an_audience(
    make_sink: MakeSink, server: MailchimpServer, list_id: str, status: str
) -> None:
    sink = make_sink(target="audience")
    held(server, list_id, "person0@example.com", status)
    rejected = list(sink.add(list_id, people(3)))
    assert [one.number for one in rejected] == [0]
    assert server.member(list_id, "person0@example.com").status == status


@pytest.mark.parametrize("target", ["tag", "audience"])
def test_who_was_archived_by_hand_stays_so(
    make_sink: MakeSink, server: MailchimpServer, list_id: str, target: str
) -> None:
    sink = make_sink(target=target)
    audience = sink.ensure_audience("Opera", None)
    held(server, list_id, "person1@example.com", "archived")
    rejected = list(sink.add(audience, people(3)))
    assert [(one.number, one.permanent) for one in rejected] == [(1, False)]
    assert "archived" in rejected[0].reason
    assert server.member(list_id, "person1@example.com").status == "archived"


def test_merge_fields_and_language(make_sink: MakeSink, server: MailchimpServer, list_id: str) -> None:
    wanted = {"FNAME": "first_name", "LTV": "revenue", "CITY": "tickets", "NOSUCH": "title"}
    sink = make_sink(merge_fields=wanted)
    assert set(sink.traits) == {"first_name", "last_name", "language", "revenue", "tickets", "title"}
    tag = sink.ensure_audience("Opera", None)
    sink.add(tag, [person(0, language="de-AT", revenue=123456, tickets=0, title="Dr"), person(1, revenue=5)])
    first, second = server.member(list_id, "person0@example.com"), server.member(list_id, "person1@example.com")
    assert first.merge_fields == {"FNAME": "Ada", "LTV": "1234.56", "CITY": "0"}
    assert first.language == "de"
    assert second.merge_fields == {"FNAME": "Ada", "LTV": "0.05"}


def test_what_the_hub_does_not_know_is_left_alone(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str
) -> None:
    sink.add(tag, [person(0)])
    sink.add(tag, [person(0, first_name=None, last_name="")])
    fields = server.member(list_id, "person0@example.com").merge_fields
    assert fields == {"FNAME": "Ada", "LNAME": "Byron"}


def test_other_tags_survive(sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str) -> None:
    sink.add(tag, people(1))
    one = server.list(list_id)
    one.put_tag(server.member(list_id, "person0@example.com"), one.make_segment("By hand"))
    sink.add(tag, people(1))
    sink.remove(tag, leaving(sink, *people(1)))
    assert server.tagged(list_id, "By hand") == {"person0@example.com"}


def test_refusals_come_with_number_and_reason_but_no_address(
    make_sink: MakeSink, server: MailchimpServer, list_id: str
) -> None:
    sink = make_sink(merge_fields={"CITY": "first_name"})
    tag = sink.ensure_audience("Opera", None)
    gone = held(server, list_id, "person4@example.com", "subscribed")
    server.list(list_id).forget(gone)
    members = [
        person(1, first_name="12"),
        person(2, first_name="Ada" * 100),
        person(3, "Ghost@Fake.Example", first_name="12"),
        person(4, first_name="12"),
        person(5, "nonsense", first_name="12"),
    ]
    reasons = {one.number: one.reason for one in sink.add(tag, members)}
    assert "Your merge fields were invalid. CITY: Value too long" in reasons[2]
    assert reasons[3] == "The address looks fake or invalid, please enter a real email address."
    assert "permanently deleted" in reasons[4]
    assert "valid email" in reasons[5]
    assert set(reasons) == {2, 3, 4, 5}
    assert not any("@" in reason for reason in reasons.values())
    assert server.tagged(list_id, "Opera") == {"person1@example.com"}


def test_two_customers_with_one_address_share_its_outcome(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str
) -> None:
    members = [
        person(1, "x@fake.example"),
        person(2, "X@fake.example"),
        person(3),
        person(4, "PERSON3@example.com"),
    ]
    assert sorted(one.number for one in sink.add(tag, members)) == [1, 2]
    assert server.tagged(list_id, "Opera") == {"person3@example.com"}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bad=st.sets(st.integers(0, 39), max_size=6))
def test_a_batch_refused_whole_is_split_until_the_blame_is_clear(
    sink: MailchimpSink, server: MailchimpServer, list_id: str, bad: set[int]
) -> None:
    tag = sink.ensure_audience("Opera", None)
    sink.remove(tag, leaving(sink, *people(40)))
    server.account.poison = {f"person{number}@example.com" for number in bad}
    rejected = sink.add(tag, people(40))
    assert {one.number for one in rejected} == bad
    assert server.tagged(list_id, "Opera") == {f"person{n}@example.com" for n in set(range(40)) - bad}


def test_an_error_about_an_address_nobody_sent_blames_the_right_one(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proper = server.respond

    def garbled(request: Request, busy: int) -> Reply:
        reply = proper(request, busy)
        body = reply.body.replace(b'"email_address": "ghost@fake.example"', b'"email_address": "<ghost>"')
        return replace(reply, body=body)

    monkeypatch.setattr(server, "respond", garbled)
    rejected = list(sink.add(tag, [*people(9), person(77, "ghost@fake.example")]))
    assert [one.number for one in rejected] == [77]
    assert len(server.tagged(list_id, "Opera")) == 9


def test_an_address_passed_over_in_silence_is_noticed(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str
) -> None:
    server.account.ignored = {"person1@example.com"}
    assert list(sink.add(tag, people(3))) == []
    assert server.tagged(list_id, "Opera") == {f"person{n}@example.com" for n in range(3)}


def test_a_contact_that_vanishes_between_two_calls_is_reported(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proper = server.respond

    def vanishing(request: Request, busy: int) -> Reply:
        if "segments" in request.path:
            server.list(list_id).contacts.pop(subscriber_hash("person1@example.com"), None)
        return proper(request, busy)

    monkeypatch.setattr(server, "respond", vanishing)
    assert [one.number for one in sink.add(tag, people(3))] == [1]


def test_a_tag_deleted_meanwhile_is_not_found(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str
) -> None:
    server.list(list_id).segments.clear()
    for call in (
        lambda: sink.add(tag, people(1)),
        lambda: sink.remove(tag, leaving(sink, *people(1))),
        lambda: sink.ensure_audience("Opera", tag),
    ):
        with pytest.raises(NotFound, match="no longer has the tag"):
            call()


def test_a_deleted_audience_is_not_found(make_sink: MakeSink) -> None:
    sink = make_sink(list_id="gone", target="audience")
    for call in (
        lambda: sink.add("gone", people(1)),
        lambda: sink.remove("gone", leaving(sink, *people(1))),
        lambda: sink.ensure_audience("Opera", None),
        lambda: sink.ensure_audience("Opera", "gone"),
        lambda: sink.ensure_audience("Opera", "another"),
        lambda: make_sink(list_id="gone").ensure_audience("Opera", None),
    ):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(SettingsError, match="list_id"):
        sink.check()


def test_a_tag_of_that_name_is_taken_over(sink: MailchimpSink, server: MailchimpServer, list_id: str) -> None:
    one = server.list(list_id)
    segments = [one.make_segment(f"Tag {number}") for number in range(1200)]
    assert sink.ensure_audience("Tag 1100", None) == str(segments[1100].id)
    assert sink.ensure_audience("tag 1100", None) == str(segments[1100].id)
    assert sink.ensure_audience("Brand new", None) == str(one.next_segment - 1)


def test_a_tag_made_by_another_meanwhile_is_found(
    sink: MailchimpSink, server: MailchimpServer, list_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proper = server.respond

    def overtaken(request: Request, busy: int) -> Reply:
        if request.method == "POST":
            server.list(list_id).make_segment("Opera")
        return proper(request, busy)

    monkeypatch.setattr(server, "respond", overtaken)
    assert sink.ensure_audience("Opera", None) == "10001"
    with pytest.raises(SettingsError, match="Choose another name"):
        sink.ensure_audience("   ", None)
    with pytest.raises(SettingsError, match="100 characters"):
        sink.ensure_audience("x" * 101, None)


def test_what_goes_over_the_wire(
    sink: MailchimpSink, tag: str, server: MailchimpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[bytes] = []
    proper = server.respond

    def listening(request: Request, busy: int) -> Reply:
        bodies.append(request.body)
        return proper(request, busy)

    monkeypatch.setattr(server, "respond", listening)
    sink.add(tag, people(1))
    batch = next(json.loads(body) for body in bodies if b"members" in body and b"email_address" in body)
    assert set(batch) == {"members", "update_existing"}
    assert set(batch["members"][0]) == {"email_address", "status_if_new", "merge_fields"}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "a b@example.com",
        "ada@example",
        "ada@exa..mple.com",
        ".ada@example.com",
        "ada@@example.com",
        "a" * 65 + "@example.com",
        "ada@" + "a." * 130 + "com",
        "ada@example.com, eve@example.com",
    ],
)
def test_what_is_no_address_is_foreseen_and_refused(
    sink: MailchimpSink, tag: str, server: MailchimpServer, address: str
) -> None:
    server.requests.clear()
    broken = replace(person(7), identifiers={IdentifierKind.EMAIL: address} if address else {})
    (told,) = sink.foresee([person(1), broken, person(2)])
    assert told.number == 7
    assert "@" not in told.reason
    assert server.requests == []


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.com",
        "ADA.o'neil+opera@mail.example.co.uk",
        "x@fake.example",
        "ada@b\u00fchne.example",
        "_@1.example",
    ],
)
def test_what_mailchimp_may_take_is_not_foreseen_as_refused(sink: MailchimpSink, address: str) -> None:
    assert list(sink.foresee([person(1, address)])) == []
