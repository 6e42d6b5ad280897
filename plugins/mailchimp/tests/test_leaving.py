"""What the sink does about members who leave and return."""

import pytest
from hub_mailchimp import MailchimpSink
from hub_mailchimp.archive import MARK

from hub.testing.platforms.mailchimp import MailchimpServer

from .conftest import MakeSink, leaving, people


def test_who_leaves_a_tag_stays_a_contact(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str
) -> None:
    sink.add(tag, people(3))
    assert list(sink.remove(tag, leaving(sink, *people(2)))) == []
    assert server.tagged(list_id, "Opera") == {"person2@example.com"}
    assert {one.status for one in server.members(list_id).values()} == {"subscribed"}


def test_a_renamed_tag_is_still_the_tag(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str
) -> None:
    sink.add(tag, people(2))
    server.list(list_id).segments[int(tag)].name = "Opera lovers"
    assert sink.ensure_audience("Opera", tag) == tag
    sink.remove(tag, leaving(sink, *people(1)))
    assert server.tagged(list_id, int(tag)) == {"person1@example.com"}


@pytest.mark.parametrize("count", [40, 200])
def test_few_go_in_parallel_and_many_as_a_batch(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, count: int
) -> None:
    server.batches.polls = 2
    sink.add(tag, people(count))
    server.requests.clear()
    assert list(sink.remove(tag, leaving(sink, *people(count), *people(count)))) == []
    assert server.tagged(list_id, "Opera") == set()
    if count > 100:
        assert len(server.requests) < 10
    else:
        assert len(server.requests) == count + 1
    assert server.busiest <= 8


def test_leaving_an_audience_is_archiving(make_sink: MakeSink, server: MailchimpServer, list_id: str) -> None:
    sink = make_sink(target="audience")
    sink.add(list_id, people(3))
    assert list(sink.remove(list_id, leaving(sink, *people(2)))) == []
    statuses = [server.member(list_id, f"person{n}@example.com").status for n in range(3)]
    assert statuses == ["archived", "archived", "subscribed"]
    assert server.tagged(list_id, MARK) == {"person0@example.com", "person1@example.com"}


@pytest.mark.parametrize("status", ["unsubscribed", "cleaned", "pending"])
def test_archiving_never_hides_that_somebody_unsubscribed(
    make_sink: MakeSink, server: MailchimpServer, list_id: str, status: str
) -> None:
    sink = make_sink(target="audience")
    sink.add(list_id, people(1))
    server.member(list_id, "person0@example.com").status = status
    assert list(sink.remove(list_id, leaving(sink, *people(1)))) == []
    sink.add(list_id, people(1))
    assert server.member(list_id, "person0@example.com").status == status


@pytest.mark.parametrize("setting", ["subscribed", "pending", "transactional"])
@pytest.mark.parametrize("status", ["subscribed", "transactional"])
def test_nobody_returns_as_more_than_they_were(
    make_sink: MakeSink, server: MailchimpServer, list_id: str, setting: str, status: str
) -> None:
    sink = make_sink(target="audience", status_if_new=setting)
    sink.add(list_id, people(1))
    contact = server.member(list_id, "person0@example.com")
    contact.status = status
    sink.remove(list_id, leaving(sink, *people(1)))
    sink.add(list_id, people(1))
    assert contact.status == ("transactional" if setting == "transactional" else status)


def test_who_returns_is_brought_back_and_unmarked(
    make_sink: MakeSink, server: MailchimpServer, list_id: str
) -> None:
    sink = make_sink(target="audience")
    sink.add(list_id, people(2))
    sink.remove(list_id, leaving(sink, *people(1)))
    assert list(sink.add(list_id, people(2))) == []
    assert {one.status for one in server.members(list_id).values()} == {"subscribed"}
    assert server.tagged(list_id, MARK) == set()


def test_who_unsubscribed_after_returning_is_not_brought_back_again(
    make_sink: MakeSink, server: MailchimpServer, list_id: str
) -> None:
    sink = make_sink(target="audience")
    sink.add(list_id, people(1))
    sink.remove(list_id, leaving(sink, *people(1)))
    sink.add(list_id, people(1))
    contact = server.member(list_id, "person0@example.com")
    contact.status = "unsubscribed"
    contact.status = "archived"  # by hand, as many do to save on the price
    assert [one.number for one in sink.add(list_id, people(1))] == [0]
    assert contact.status == "archived"
