"""Every fault ends in the class of error that says who must act, and the next try converges."""

import pytest
from hub_mailchimp import MailchimpSink

from hub import NotAuthorised, SettingsError, TryAgain
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import MailchimpServer
from hub.testing.platforms.messages import Reply

from .conftest import ATTEMPTS_AT_403, MakeSink, leaving, people

FAULTS = {
    "429 with JSON": (Fault.problem(429), TryAgain),
    "429 without a body": (Fault.bodyless(429), TryAgain),
    "403 with JSON": (Fault.problem(403, "You don't have permission."), NotAuthorised),
    "403 without a body": (Fault.bodyless(403), TryAgain),
    "403 page": (Fault.html(403), TryAgain),
    "401": (Fault.problem(401), NotAuthorised),
    "401 without a body": (Fault.bodyless(401), NotAuthorised),
    "500": (Fault.problem(500), TryAgain),
    "503 page": (Fault.html(503), TryAgain),
    "404 page": (Fault.html(404, "Not Found"), TryAgain),
    "200 page": (Fault.html(200, "Welcome to our wireless network"), TryAgain),
    "200 without a body": (Fault.bodyless(200), TryAgain),
    "200 with a list": (Fault(Reply.of([])), TryAgain),
    "redirect": (Fault.bodyless(302, headers={"Location": "https://elsewhere.example/"}), SettingsError),
    "reset before": (Fault(reset="before"), TryAgain),
    "reset after": (Fault(reset="after"), TryAgain),
    "truncated": (Fault(truncate=True), TryAgain),
    "too slow": (Fault(delay=30), TryAgain),
}
ATTEMPTS = {"403 without a body": ATTEMPTS_AT_403, "403 page": ATTEMPTS_AT_403}
ADD = {"subscribe": r"POST /3\.0/lists/\w+$", "tag": r"POST .*/segments/\d+$", "fields": "merge-fields"}


@pytest.fixture
def hasty(make_sink: MakeSink) -> MailchimpSink:
    """Waits no longer for an answer than a test may."""
    return make_sink(timeout=1)


@pytest.mark.parametrize("where", ADD)
@pytest.mark.parametrize("fault", FAULTS)
def test_adding(
    sink: MailchimpSink,
    hasty: MailchimpSink,
    tag: str,
    server: MailchimpServer,
    list_id: str,
    fault: str,
    where: str,
) -> None:
    planned, expected = FAULTS[fault]
    server.faults.add(planned, on=ADD[where], times=ATTEMPTS.get(fault, 1))
    with pytest.raises(expected):
        hasty.add(tag, people(5))
    assert len(server.faults) == 0
    assert list(sink.add(tag, people(5))) == []
    assert len(server.tagged(list_id, "Opera")) == 5


@pytest.mark.parametrize("fault", sorted(FAULTS.keys() - {"truncated"}))  # a 204 has no body to cut
def test_removing(
    sink: MailchimpSink, hasty: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, fault: str
) -> None:
    sink.add(tag, people(20))
    planned, expected = FAULTS[fault]
    server.faults.add(planned, on=r"POST .*/tags$", skip=7, times=20 * ATTEMPTS[fault] if fault in ATTEMPTS else 1)
    with pytest.raises(expected):
        hasty.remove(tag, leaving(sink, *people(20)))
    server.faults.clear()
    assert list(sink.remove(tag, leaving(sink, *people(20)))) == []
    assert server.tagged(list_id, "Opera") == set()


@pytest.mark.parametrize("where", [r"POST /3\.0/batches", r"GET /3\.0/batches/", "/batch-results/"])
@pytest.mark.parametrize("fault", ["500", "503 page", "truncated", "reset after", "200 page"])
def test_removing_as_a_batch(
    sink: MailchimpSink, tag: str, server: MailchimpServer, list_id: str, fault: str, where: str
) -> None:
    sink.add(tag, people(120))
    planned, expected = FAULTS[fault]
    server.faults.add(planned, on=where)
    with pytest.raises(expected):
        sink.remove(tag, leaving(sink, *people(120)))
    assert list(sink.remove(tag, leaving(sink, *people(120)))) == []
    assert server.tagged(list_id, "Opera") == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_checking(sink: MailchimpSink, hasty: MailchimpSink, server: MailchimpServer, fault: str) -> None:
    planned, expected = FAULTS[fault]
    server.faults.add(planned, times=ATTEMPTS.get(fault, 1))
    with pytest.raises(expected):
        hasty.check()
    sink.check()


def test_how_long_to_wait_is_passed_on(sink: MailchimpSink, server: MailchimpServer) -> None:
    for header, seconds in (("17", 17.0), ("soon", None), ("-1", None)):
        server.faults.add(Fault.bodyless(429, headers={"Retry-After": header}))
        with pytest.raises(TryAgain) as caught:
            sink.check()
        assert caught.value.after == seconds


def test_more_than_ten_connections_are_refused(sink: MailchimpSink, server: MailchimpServer) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "_busy", 10)
        with pytest.raises(TryAgain, match="429"):
            sink.check()


def test_the_sink_keeps_below_ten_connections(sink: MailchimpSink, tag: str, server: MailchimpServer) -> None:
    sink.add(tag, people(40))
    server.busiest = 0
    server.faults.add(Fault(delay=0.02), times=40, on="/tags$")
    sink.remove(tag, leaving(sink, *people(40)))
    assert 2 <= server.busiest <= 8


@pytest.mark.parametrize("answered", range(6))
def test_an_archiving_cut_short_anywhere_converges(
    make_sink: MakeSink, server: MailchimpServer, list_id: str, answered: int
) -> None:
    sink = make_sink(target="audience")
    sink.add(list_id, people(2))
    server.faults.add(Fault(reset="after"), skip=answered)
    with pytest.raises(TryAgain):
        sink.remove(list_id, leaving(sink, *people(2)))
    assert list(sink.remove(list_id, leaving(sink, *people(2)))) == []
    assert {one.status for one in server.members(list_id).values()} == {"archived"}
    assert list(sink.add(list_id, people(2))) == []
    assert {one.status for one in server.members(list_id).values()} == {"subscribed"}
