"""What Viber tells the hub, and that nobody else can tell it anything."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hub_viber import ViberChannel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import Fate, FateReport, Heard, Rejected, StopRequest, WebhookAnswer
from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.server import LoopbackServer
from hub.testing.platforms.viber import ViberServer, events

from .conftest import ADA, GRACE, NOW, MakeChannel, call, message


@pytest.mark.parametrize(
    ("kind", "expected"), [("delivered", Fate.DELIVERED), ("seen", Fate.OPENED), ("failed", Fate.FAILED)]
)
def test_the_fate_of_a_message(channel: ViberChannel, server: ViberServer, kind: str, expected: Fate) -> None:
    receipt = channel.send(message())
    (taken,) = server.bot.messages
    told = events.fate(kind, taken.token, ADA, NOW, f"failed for {ADA} +4930123456 in transit")
    (report,) = channel.receive(call(told)).events
    assert isinstance(report, FateReport)
    assert (report.reference, report.fate, report.at) == (receipt.reference, expected, NOW)
    assert (report.reason != "") is (expected is Fate.FAILED)
    assert ADA not in report.reason
    assert "30123456" not in report.reason


def test_a_broadcast_is_told_of_by_customer(make_channel: MakeChannel, server: ViberServer) -> None:
    channel = make_channel(broadcast=True)
    receipts = channel.send_all([message(1, ADA, "Hello"), message(2, GRACE, "Hello")])
    token = server.bot.messages[0].token
    reports = [channel.receive(call(events.fate("seen", token, user, NOW))).events[0] for user in (ADA, GRACE)]
    assert [report.reference for report in reports] == [receipt.reference for receipt in receipts]  # type: ignore[union-attr]


def test_who_wrote_follows_or_began(channel: ViberChannel) -> None:
    for told, token in (
        (events.written(ADA, "When does it begin?", NOW, tracking_data="message-1"), ""),
        (events.followed(ADA, NOW), ""),
        (events.begun(ADA, NOW, "c_ab12"), "c_ab12"),
        (events.begun(ADA, NOW), ""),
    ):
        assert channel.receive(call(told)).events == [Heard(ADA, NOW, token)]


def test_who_left(channel: ViberChannel) -> None:
    assert channel.receive(call(events.left(ADA, NOW))).events == [StopRequest(ADA, NOW)]


@pytest.mark.parametrize("text", ["STOP", "stop", " Stopp! ", "abmelden", "Afmeld.", "UNSUBSCRIBE\n"])
def test_a_word_that_means_stop(channel: ViberChannel, text: str) -> None:
    told = channel.receive(call(events.written(ADA, text, NOW))).events
    assert told == [Heard(ADA, NOW), StopRequest(ADA, NOW)]


@pytest.mark.parametrize("text", ["Does the bus stop here?", "non-stop", "stop it", "", "x" * 1_000_000])
def test_other_words_do_not(channel: ViberChannel, text: str) -> None:
    assert channel.receive(call(events.written(ADA, text, NOW))).events == [Heard(ADA, NOW)]


def test_the_call_when_a_webhook_is_set(channel: ViberChannel, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert channel.receive(call(events.registered(NOW))) == WebhookAnswer([])
    assert caplog.text == ""


def test_a_wrong_signature(channel: ViberChannel) -> None:
    right = call(events.left(ADA, NOW))
    wrong = [
        call(events.left(ADA, NOW), token="another"),
        replace(right, headers={}),
        replace(right, headers={"x-viber-content-signature": ""}),
        replace(right, headers={"x-viber-content-signature": "ä" * 64}),
        replace(right, body=right.body + b" "),
        replace(right, method="GET", body=b""),
    ]
    for request in wrong:
        with pytest.raises(Rejected):
            channel.receive(request)
    assert channel.receive(right).events


def test_a_moment_to_come_counts_as_now(channel: ViberChannel) -> None:
    (heard,) = channel.receive(call(events.written(ADA, "Hi", NOW + timedelta(days=9)))).events
    assert heard.at == NOW
    strange = {**events.written(ADA, "Hi", NOW), "timestamp": "yesterday"}
    (heard,) = channel.receive(call(strange)).events
    assert heard.at == NOW


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KINDS = st.sampled_from(["delivered", "failed", "message", "subscribed", "unsubscribed", "conversation_started"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON | st.fixed_dictionaries({"event": KINDS | JSON}, optional=dict.fromkeys(
    ("timestamp", "user", "user_id", "sender", "message", "message_token", "context", "desc"), JSON
)))  # fmt: skip
def test_anything_signed_is_answered(channel: ViberChannel, told: object) -> None:
    assert channel.receive(call(told)).status == 200  # type: ignore[arg-type]


class Hub(LoopbackServer):
    """The hub's end: hands each call to the channel."""

    def __init__(self, channel: ViberChannel) -> None:
        super().__init__()
        self.channel = channel
        self.heard: list[object] = []

    def respond(self, request: Request, busy: int) -> Reply:
        told = call({})
        try:
            answer = self.channel.receive(
                replace(told, method=request.method, headers=request.headers, body=request.body)
            )
        except Rejected:
            return Reply(403)
        self.heard += answer.events
        return Reply(answer.status, answer.body)


@pytest.fixture
def hub(channel: ViberChannel) -> Iterator[Hub]:
    with Hub(channel) as running:
        yield running


def test_the_whole_way(server: ViberServer, hub: Hub, channel: ViberChannel) -> None:
    server.bot.webhook = ""
    assert channel_sets_webhook(server, hub.root) == 0
    assert server.tell(events.begun(ADA, NOW, "c_1")) == 200
    assert server.tell(events.left(ADA, NOW)) == 200
    assert hub.heard == [Heard(ADA, NOW, "c_1"), StopRequest(ADA, NOW)]
    with pytest.raises(Rejected, match="follow"):
        channel.send(message())


def channel_sets_webhook(server: ViberServer, address: str) -> int:
    """Set the webhook as the README says; Viber's status."""
    import httpx

    headers = {"X-Viber-Auth-Token": server.bot.token}
    body = {"url": address, "event_types": ["delivered", "seen", "failed", "unsubscribed"]}
    answer = httpx.post(f"{server.url}/set_webhook", json=body, headers=headers, timeout=5, trust_env=False)
    status: int = answer.json()["status"]
    return status
