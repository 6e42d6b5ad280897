"""Every fault ends in the class of error that says who must act, and the next try converges."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hub_facebook import FacebookSink

from hub import HubError, NotAuthorised, NotFound, SettingsError, TryAgain, UserError
from hub.testing.platforms.facebook import FacebookServer
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply

from .conftest import SECRET, TOKEN, Clock, MakeSink, held, leaving, people, references


def graph_error(code: int, subcode: int | None = None, status: int = 400, **more: Any) -> Fault:
    error = (
        {"message": "Something is wrong.", "code": code} | ({"error_subcode": subcode} if subcode else {}) | more
    )
    return Fault(Reply.of({"error": error}, status))


FAULTS: dict[str, tuple[Fault, type[HubError]]] = {
    "429": (Fault.bodyless(429), TryAgain),
    "502 without a body": (Fault.bodyless(502), TryAgain),
    "502 page": (Fault.html(502), TryAgain),
    "502 page that says success": (Fault.html(502, "success"), TryAgain),
    "414 page": (Fault.html(414), TryAgain),
    "200 page": (Fault.html(200, "Welcome to our wireless network"), TryAgain),
    "200 without a body": (Fault.bodyless(200), TryAgain),
    "200 with a number": (Fault(Reply.of(7)), TryAgain),
    "200 with an empty object": (Fault(Reply.of({})), TryAgain),
    "200 with an empty list": (Fault(Reply.of([])), TryAgain),
    "200 with a list of words": (Fault(Reply.of(["success"])), TryAgain),
    "200 without success": (Fault(Reply.of({"success": False})), TryAgain),
    "200 with an error that is a word": (Fault(Reply.of({"error": "no"})), TryAgain),
    "500 with JSON that is no error": (Fault(Reply.of({"num_received": 5}, 500)), TryAgain),
    "redirect": (Fault.bodyless(302, headers={"Location": "https://elsewhere.example/"}), SettingsError),
    "reset before": (Fault(reset="before"), TryAgain),
    "reset after": (Fault(reset="after"), TryAgain),
    "truncated": (Fault(truncate=True), TryAgain),
    "too slow": (Fault(delay=30), TryAgain),
    "1 unknown error": (graph_error(1, status=500), TryAgain),
    "2 service down": (graph_error(2, status=503), TryAgain),
    "4 app limit": (graph_error(4, status=403), TryAgain),
    "17 user limit": (graph_error(17), TryAgain),
    "613 rate": (graph_error(613), TryAgain),
    "80003 audience limit": (graph_error(80003), TryAgain),
    "341 application limit": (graph_error(341), TryAgain),
    "2650": (graph_error(2650), TryAgain),
    "transient": (graph_error(999, is_transient=True), TryAgain),
    "error data that is no JSON": (graph_error(2, error_data="{broken"), TryAgain),
    "190": (graph_error(190, status=401), NotAuthorised),
    "190 expired": (graph_error(190, 463, 401), NotAuthorised),
    "190 password": (graph_error(190, 460), NotAuthorised),
    "10 permission": (graph_error(10, status=403), NotAuthorised),
    "200 permission": (graph_error(200, status=403), NotAuthorised),
    "294 permission": (graph_error(294), NotAuthorised),
    "200 terms": (graph_error(200, 1870090), NotAuthorised),
    "2655 terms": (graph_error(2655), NotAuthorised),
    "1487301 not shared": (graph_error(100, 1487301), NotAuthorised),
    "100 proof": (graph_error(100, message="Invalid appsecret_proof provided"), NotAuthorised),
    "100": (graph_error(100), UserError),
    "105": (graph_error(105), UserError),
    "368 policy": (graph_error(368), UserError),
    "1713230 flagged": (graph_error(100, 1713230), UserError),
    "2635 outdated": (graph_error(2635), SettingsError),
    "100/33 gone": (graph_error(100, 33), NotFound),
    "1487366 deleted": (graph_error(100, 1487366), NotFound),
}


@pytest.fixture
def hasty(make_sink: MakeSink) -> FacebookSink:
    """Waits no longer for an answer than a test may."""
    return make_sink(timeout=0.4)


@pytest.mark.parametrize("fault", FAULTS)
def test_adding_and_removing(
    sink: FacebookSink, hasty: FacebookSink, server: FacebookServer, audience: str, fault: str
) -> None:
    planned, expected = FAULTS[fault]
    server.faults.add(planned, on="POST .*/users")
    with pytest.raises(expected) as caught:
        hasty.add(audience, people(5))
    assert issubclass(caught.type, expected)
    assert isinstance(caught.value, TryAgain) == (expected is TryAgain)
    assert list(sink.add(audience, people(5))) == []
    assert held(server, audience) == references(sink, people(5))
    server.faults.add(planned, on="DELETE .*/users")
    with pytest.raises(expected):
        hasty.remove(audience, leaving(sink, *people(5)))
    assert len(server.faults) == 0
    assert list(sink.remove(audience, leaving(sink, *people(5)))) == []
    assert server.people(audience) == []


@pytest.mark.parametrize("fault", ["502 page", "200 page", "200 with a number", "reset after", "truncated"])
@pytest.mark.parametrize("where", ["GET .*/customaudiences", "POST .*/customaudiences", r"POST .*/v25\.0/$"])
def test_making_an_audience(hasty: FacebookSink, server: FacebookServer, fault: str, where: str) -> None:
    planned, _ = FAULTS[fault]
    server.faults.add(planned, on=where)
    with pytest.raises(TryAgain):
        hasty.ensure_audience("Opera", None)
    again = hasty.ensure_audience("Opera", None)
    assert again in server.account.audiences
    assert len(server.account.audiences) == 1  # one made while the answer was lost is found again


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("190 expired", "access token: it has expired. Make a new one .* enter it as access_token"),
        ("190 password", "changed the password"),
        ("200 terms", "account act_1234567890 has not accepted .* Accept them at https://.*act=1234567890 "),
        ("2655 terms", "account act_1234567890 has not accepted"),
        ("1713230 flagged", "flagged the audience 23840000000000001 .* Appeal in Ads Manager"),
        ("10 permission", "the permission ads_management"),
        ("368 policy", "See Account Quality"),
        ("2635 outdated", "api_version"),
        ("100 proof", "secret"),
        ("1487301 not shared", "ads_management"),
        ("100/33 gone", "no audience 23840000000000001 any more.*set the sync up anew"),
        ("1487366 deleted", "no audience 23840000000000001 any more.*set the sync up anew"),
    ],
)
def test_plain_words(sink: FacebookSink, server: FacebookServer, audience: str, fault: str, words: str) -> None:
    server.faults.add(FAULTS[fault][0])
    with pytest.raises(UserError, match=words):
        sink.add(audience, people(1))


@pytest.mark.parametrize("fault", FAULTS)
def test_no_words_show_a_hash_or_a_secret(
    sink: FacebookSink, hasty: FacebookSink, server: FacebookServer, audience: str, fault: str
) -> None:
    server.faults.add(FAULTS[fault][0], on="users")
    with pytest.raises(HubError) as caught:
        hasty.add(audience, people(1))
    words = f"{caught.value} {caught.value!r} {vars(caught.value)}"
    private = [TOKEN, SECRET, *(reference[1:] for reference in references(sink, people(1)))]
    assert [one for one in private if one in words] == []


def test_how_long_to_wait_comes_from_the_usage_header(
    sink: FacebookSink, server: FacebookServer, audience: str, clock: Clock
) -> None:
    server.account.regain_minutes = 7
    with pytest.raises(TryAgain) as caught:
        sink.add(audience, people(1))
    assert caught.value.after == 420.0
    before = len(server.requests)
    with pytest.raises(TryAgain) as caught:
        sink.add(audience, people(1))
    assert (caught.value.after, len(server.requests)) == (420.0, before)  # asking earlier would only prolong it
    server.account.regain_minutes = 0
    clock.now += timedelta(minutes=7)
    assert list(sink.add(audience, people(1))) == []


@pytest.mark.parametrize("status", [429, 503])
def test_how_long_to_wait_may_come_from_a_gateway(sink: FacebookSink, server: FacebookServer, status: int) -> None:
    for header, seconds in (("17", 17.0), ("soon", None), ("-1", None)):
        server.faults.add(Fault.bodyless(status, headers={"Retry-After": header}))
        with pytest.raises(TryAgain) as caught:
            sink.check()
        assert caught.value.after == seconds
        assert "an answer that is not Meta's" not in str(caught.value)


def test_work_begins_only_with_room_in_the_allowance(
    sink: FacebookSink, server: FacebookServer, audience: str, clock: Clock
) -> None:
    server.account.calls_used = 96
    assert list(sink.add(audience, people(1))) == []
    before = len(server.requests)
    calls: list[Callable[[], object]] = [
        lambda: sink.add(audience, people(2)),
        lambda: sink.remove(audience, leaving(sink, *people(1))),
    ]
    for call in calls:
        with pytest.raises(TryAgain) as caught:
            call()
        assert caught.value.after == 60.0
    assert len(server.requests) == before
    clock.now += timedelta(seconds=61)
    server.account.calls_used = 20
    assert list(sink.add(audience, people(2))) == []
    assert list(sink.remove(audience, leaving(sink, *people(1)))) == []


@pytest.mark.parametrize("header", ["", "{", "[]", '{"1": 7}', '{"1": [7, {"call_count": "many"}]}', "null"])
def test_a_header_that_makes_no_sense_does_no_harm(
    sink: FacebookSink, server: FacebookServer, audience: str, header: str
) -> None:
    reply = Reply.of({"num_received": 1}, 200)
    server.faults.add(Fault(Reply(200, reply.body, headers={"x-business-use-case-usage": header})))
    assert list(sink.add(audience, people(1))) == []
    assert list(sink.add(audience, people(1))) == []


def test_the_token_expires_in_mid_run(sink: FacebookSink, server: FacebookServer, audience: str) -> None:
    sink.add(audience, people(3))
    server.account.token.is_expired = True
    for call in (
        sink.check,
        lambda: sink.ensure_audience("Opera", audience),
        lambda: sink.add(audience, people(4)),
        lambda: sink.remove(audience, leaving(sink, *people(1))),
    ):
        with pytest.raises(NotAuthorised, match="expired"):
            call()
    assert len(server.people(audience)) == 3


@pytest.mark.parametrize(
    ("happens", "expected"), [("expired", NotAuthorised), ("deleted", NotFound), ("throttled", TryAgain)]
)
def test_what_happens_between_two_requests_of_a_batch_loses_nobody(
    sink: FacebookSink, server: FacebookServer, audience: str, happens: str, expected: type[HubError]
) -> None:
    many, lines = people(10_001), list[str]()
    made = server.account.audiences[audience]

    def change(line: str) -> None:
        lines.append(line)
        if len(lines) == 2:
            server.account.token.is_expired = happens == "expired"
            server.account.regain_minutes = 1 if happens == "throttled" else 0
            if happens == "deleted":
                del server.account.audiences[audience]

    server.on_call = change
    with pytest.raises(expected):
        sink.add(audience, many)
    assert len(made.people) == 10_000
    server.account.token.is_expired, server.account.regain_minutes = False, 0
    server.account.audiences[audience] = made
    sink.context.clock.now += timedelta(minutes=1)  # type: ignore[attr-defined]  # the test's own clock
    assert list(sink.add(audience, many)) == []
    assert len(made.people) == 10_001


def test_the_audience_is_deleted_behind_our_back(
    sink: FacebookSink, server: FacebookServer, audience: str
) -> None:
    sink.add(audience, people(3))
    del server.account.audiences[audience]
    for call in (
        lambda: sink.ensure_audience("Opera", audience),
        lambda: sink.add(audience, people(4)),
        lambda: sink.remove(audience, leaving(sink, *people(1))),
        lambda: list(sink.replace(audience, [people(1)], 1)),
    ):
        with pytest.raises(NotFound, match=audience):
            call()
