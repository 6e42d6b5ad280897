"""Who is erased in the hub is deleted in Mailchimp for good."""

import pytest
from hub_mailchimp import MailchimpSink

from hub import NotAuthorised, NotFound
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import Contact, MailchimpServer

from .conftest import MakeSink, leaving, people


@pytest.mark.parametrize("target", ["tag", "audience"])
@pytest.mark.parametrize("status", ["subscribed", "unsubscribed", "cleaned", "pending", "archived"])
def test_a_contact_is_deleted_whatever_its_status(
    make_sink: MakeSink, server: MailchimpServer, list_id: str, target: str, status: str
) -> None:
    sink = make_sink(target=target)
    audience = sink.ensure_audience("Opera", None)
    sink.add(audience, people(3))
    server.member(list_id, "person0@example.com").status = status
    assert list(sink.erase(audience, leaving(sink, *people(1)))) == []
    assert set(server.members(list_id)) == {"person1@example.com", "person2@example.com"}


def test_one_that_was_there_before_the_hub_is_deleted_as_well(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str
) -> None:
    old = Contact("person0@example.com", "subscribed")
    server.list(list_id).contacts[old.id] = old
    assert list(sink.erase(tag, leaving(sink, *people(1)))) == []
    assert server.members(list_id) == {}


@pytest.mark.parametrize("count", [3, 150])
def test_erasing_twice_is_erasing_once(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, count: int
) -> None:
    sink.add(tag, people(count))
    for _ in range(2):
        assert list(sink.erase(tag, leaving(sink, *people(count), *people(2)))) == []
        assert server.members(list_id) == {}
    assert list(sink.erase(tag, [])) == []


def test_who_was_erased_comes_back_only_by_themselves(
    sink: MailchimpSink, tag: str, server: MailchimpServer
) -> None:
    sink.add(tag, people(2))
    sink.erase(tag, leaving(sink, *people(1)))
    (rejected,) = sink.add(tag, people(2))
    assert rejected.number == 0
    assert rejected.permanent
    assert rejected.reason == (
        "The address was permanently deleted and cannot be re-imported. "
        "The contact must re-subscribe to get back on the list."
    )


def test_it_can_be_left_at_leaving(make_sink: MakeSink, server: MailchimpServer, list_id: str) -> None:
    sink = make_sink(on_erasure="leave")
    tag = sink.ensure_audience("Opera", None)
    sink.add(tag, people(2))
    assert list(sink.erase(tag, leaving(sink, *people(1)))) == []
    assert set(server.members(list_id)) == {"person0@example.com", "person1@example.com"}
    assert server.tagged(list_id, "Opera") == {"person1@example.com"}


def test_a_refusal_is_told_to_all_who_share_the_contact(
    sink: MailchimpSink, tag: str, server: MailchimpServer
) -> None:
    sink.add(tag, people(1))
    server.faults.add(Fault.problem(400, "Not now."), on="delete-permanent")
    rejected = sink.erase(tag, [*leaving(sink, *people(1)), *leaving(sink, *people(1))])
    assert [(one.number, one.reason) for one in rejected] == [(0, "Not now."), (0, "Not now.")]


def test_an_audience_that_is_gone_is_not_taken_for_erased(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str
) -> None:
    sink.add(tag, people(2))
    server.remove_list(list_id)
    with pytest.raises(NotFound, match=list_id):
        sink.erase(tag, leaving(sink, *people(2)))


def test_a_key_revoked_in_the_middle_ends_it(sink: MailchimpSink, tag: str, server: MailchimpServer) -> None:
    sink.add(tag, people(2))
    server.revoke_key()
    for call in (
        lambda: sink.add(tag, people(2)),
        lambda: sink.remove(tag, leaving(sink, *people(2))),
        lambda: sink.erase(tag, leaving(sink, *people(2))),
        lambda: list(sink.departures(tag, None)),
    ):
        with pytest.raises(NotAuthorised, match="api_key"):
            call()
