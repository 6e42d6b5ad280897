"""Many operations in one request: waiting, damaged results, and answers in another order."""

from collections.abc import Callable

import pytest
from hub_mailchimp import MailchimpSettings, MailchimpSink
from hub_mailchimp.api import Api
from hub_mailchimp.operations import Operation, Operations

from hub import Context, NotAuthorised, TryAgain
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import MailchimpServer
from hub.testing.platforms.messages import Reply, Request

from .conftest import KEY, people


def make_api(server: MailchimpServer, context: Context, key: str) -> Api:
    settings = {"api_key": key, "list_id": "any", "base_url": server.url, "timeout": 5.0}
    return Api(MailchimpSettings.model_validate(settings), context, lambda _: None)


@pytest.fixture
def api(server: MailchimpServer, context: Context) -> Api:
    return make_api(server, context, KEY)


@pytest.fixture
def reads(sink: MailchimpSink, tag: str, list_id: str) -> list[Operation]:
    members = people(150)
    sink.add(tag, members[::2])
    return [Operation("GET", f"/lists/{list_id}/members/{sink.reference(one)}") for one in members]


def never(seconds: float) -> None:
    raise AssertionError(f"waited {seconds} s for nothing")


def test_each_answer_belongs_to_its_operation(api: Api, reads: list[Operation]) -> None:
    answers = Operations(api, never).run(reads)
    assert [one.status for one in answers] == [200, 404] * 75
    assert [one.body.get("id") for one in answers[::2]] == [one.path[-32:] for one in reads[::2]]


def test_more_than_a_thousand_go_in_several_batches(
    api: Api, reads: list[Operation], server: MailchimpServer
) -> None:
    answers = Operations(api, never).run(reads * 10)
    assert [one.status for one in answers] == [200, 404] * 750
    assert sum((one.method, one.path) == ("POST", "/3.0/batches") for one in server.requests) == 2


def test_the_pauses_grow_and_end(api: Api, reads: list[Operation], server: MailchimpServer) -> None:
    server.batches.polls = 10**6
    pauses: list[float] = []
    with pytest.raises(TryAgain, match="in time"):
        Operations(api, pauses.append).run(reads)
    assert pauses == sorted(pauses)
    assert 300 <= sum(pauses) < 320
    assert [one.method for one in server.requests][-1] == "DELETE"


def test_a_batch_that_can_not_be_stopped_is_still_late(
    api: Api, reads: list[Operation], server: MailchimpServer
) -> None:
    server.batches.polls = 10**6
    server.faults.add(Fault.bodyless(500), on="DELETE")
    with pytest.raises(TryAgain, match="in time"):
        Operations(api, lambda _: None).run(reads)


def half(reply: Reply) -> bytes:
    return reply.body[: len(reply.body) // 2]


@pytest.mark.parametrize("results", [b"", b"no archive", b"\x1f\x8b\x08\x00damaged"])
def test_damaged_results_are_fetched_again(
    api: Api, reads: list[Operation], server: MailchimpServer, results: bytes
) -> None:
    server.faults.add(Fault(Reply(200, results, "application/gzip")), on="/batch-results/")
    with pytest.raises(TryAgain):
        Operations(api, never).run(reads)


def test_results_cut_short_are_noticed(
    api: Api, reads: list[Operation], server: MailchimpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proper: Callable[[str], Reply] = server.batches.results
    monkeypatch.setattr(server.batches, "results", lambda name: Reply(200, half(proper(name))))
    with pytest.raises(TryAgain, match="damaged"):
        Operations(api, never).run(reads)


@pytest.mark.parametrize(("status", "expected"), [(429, TryAgain), (503, TryAgain), (403, TryAgain)])
def test_a_fault_within_a_batch_is_a_fault(
    api: Api,
    reads: list[Operation],
    server: MailchimpServer,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    expected: type[Exception],
) -> None:
    monkeypatch.setattr(server.batches, "perform", lambda *_: Reply(status))
    with pytest.raises(expected):
        Operations(api, never).run(reads)


def test_the_key_is_not_sent_for_results(
    api: Api, reads: list[Operation], server: MailchimpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, bool] = {}
    proper = server.respond

    def listening(request: Request, busy: int) -> Reply:
        seen[request.path.split("/")[1]] = "authorization" in request.headers
        return proper(request, busy)

    monkeypatch.setattr(server, "respond", listening)
    Operations(api, never).run(reads)
    assert seen == {"3.0": True, "batch-results": False}


def test_an_unsafe_address_of_results_is_refused(api: Api) -> None:
    for url in ("http://elsewhere.example/results", "file:///etc/passwd", ""):
        with pytest.raises(TryAgain, match="no usable address"):
            api.download(url)


def test_a_refused_key_ends_parallel_operations(server: MailchimpServer, context: Context) -> None:
    stranger = make_api(server, context, "wrong-us3")
    with pytest.raises(NotAuthorised):
        Operations(stranger, never).run([Operation("GET", "/ping")] * 30)
