"""What Meta tells the hub, and that nobody else can tell it anything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hub_messenger import MessengerChannel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import Fate, FateReport, Heard, Rejected, StopRequest, WebhookRequest
from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.messenger import MessengerServer, events
from hub.testing.platforms.server import LoopbackServer

from .conftest import ADA, GRACE, NOW, PAGE, WORD, call, message


@pytest.mark.parametrize(
    ("item", "token"),
    [
        (events.written(PAGE, ADA, "Wann beginnt es?", NOW), ""),
        (events.written(PAGE, ADA, "Hello / 你好 🎟", NOW, ref="c_1"), "c_1"),
        (events.began(PAGE, ADA, NOW), ""),
        (events.began(PAGE, ADA, NOW, ref="c_2"), "c_2"),
        (events.followed_link(PAGE, ADA, NOW, "c_3"), "c_3"),
        (events.opted_in(PAGE, ADA, NOW, "c_4"), "c_4"),
    ],
)
def test_who_wrote_or_began(channel: MessengerChannel, item: events.Item, token: str) -> None:
    assert channel.receive(call(item)).events == [Heard(ADA, NOW, token)]
    assert channel.receive(call(item, key="standby")).events == [Heard(ADA, NOW, token)]


def test_what_was_delivered(channel: MessengerChannel, server: MessengerServer) -> None:
    references = [channel.send(message(number)).reference for number in range(2)]
    told = channel.receive(call(events.delivered(PAGE, ADA, references, NOW))).events
    assert told == [FateReport(reference, Fate.DELIVERED, NOW) for reference in references]


@pytest.mark.parametrize(
    "item",
    [
        events.delivered(PAGE, ADA, None, NOW),
        events.read(PAGE, ADA, NOW),
        events.echo(PAGE, ADA, "STOP", NOW),
        {"sender": {"id": ADA}, "timestamp": 5, "reaction": {"action": "react", "emoji": "♥"}},
        {"sender": {"id": ADA}, "timestamp": 5, "something_new": {}},
        {"recipient": {"id": PAGE}, "timestamp": 5, "optin": {"ref": "c_1", "user_ref": "u_1"}},
    ],
)
def test_what_says_nothing_of_use_is_left_out(channel: MessengerChannel, item: events.Item) -> None:
    assert channel.receive(call(item)).events == []


@pytest.mark.parametrize("text", ["STOP", "stop", " Stopp! ", "abmelden", "Afmeld.", "UNSUBSCRIBE\n"])
def test_a_word_that_means_stop(channel: MessengerChannel, text: str) -> None:
    expected = [Heard(ADA, NOW), StopRequest(ADA, NOW)]
    assert channel.receive(call(events.written(PAGE, ADA, text, NOW))).events == expected
    assert channel.receive(call(events.began(PAGE, ADA, NOW, payload=text))).events == expected


def test_who_stops_the_notifications(channel: MessengerChannel) -> None:
    told = channel.receive(call(events.stopped_notifications(PAGE, ADA, NOW))).events
    assert told == [Heard(ADA, NOW), StopRequest(ADA, NOW)]


@pytest.mark.parametrize("text", ["Does the bus stop here?", "non-stop", "stop it", "x" * 1_000_000])
def test_other_words_do_not(channel: MessengerChannel, text: str) -> None:
    assert channel.receive(call(events.written(PAGE, ADA, text, NOW))).events == [Heard(ADA, NOW)]


def test_several_at_once_and_another_page(channel: MessengerChannel) -> None:
    items = [events.written(PAGE, ADA, "Hi", NOW), events.written(PAGE, GRACE, "Hi", NOW - timedelta(hours=1))]
    assert channel.receive(call(*items)).events == [Heard(ADA, NOW), Heard(GRACE, NOW - timedelta(hours=1))]
    assert channel.receive(call(*items, page="999")).events == []


def test_a_moment_to_come_counts_as_now(channel: MessengerChannel) -> None:
    (heard,) = channel.receive(call(events.written(PAGE, ADA, "Hi", NOW + timedelta(days=9)))).events
    assert heard.at == NOW


def test_a_wrong_signature(channel: MessengerChannel) -> None:
    item = events.written(PAGE, ADA, "Hi", NOW)
    right = call(item)
    signature = right.headers["x-hub-signature-256"]
    wrong = [
        call(item, secret="another"),
        replace(right, headers={}),
        replace(right, headers={"x-hub-signature": signature}),
        replace(right, headers={"x-hub-signature-256": signature.removeprefix("sha256=")}),
        replace(right, headers={"x-hub-signature-256": "sha256=" + "ä" * 64}),
        replace(right, body=right.body + b" "),
    ]
    for request in wrong:
        with pytest.raises(Rejected):
            channel.receive(request)
    assert channel.receive(right).events


def asked(**values: str) -> WebhookRequest:
    known = {"mode": "subscribe", "verify_token": WORD, "challenge": "1158201444"} | values
    query = urlencode({f"hub.{name}": value for name, value in known.items()})
    return WebhookRequest("GET", f"https://hub.example/messenger?{query}", {})


def test_the_question_whether_it_is_there(channel: MessengerChannel) -> None:
    answer = channel.receive(asked(challenge="<script>"))
    assert (answer.status, answer.body) == (200, b"<script>")
    assert answer.headers["Content-Type"].startswith("text/plain")
    for wrong in (
        asked(verify_token="another"),
        asked(mode="unsubscribe"),
        WebhookRequest("GET", "https://h", {}),
    ):
        with pytest.raises(Rejected):
            channel.receive(wrong)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
PARTS = ("sender", "timestamp", "message", "postback", "optin", "referral", "delivery", "read")
PART = JSON | st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "text", "payload", "ref", "mids", "watermark", "referral"), JSON)
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, PART)), max_size=3))
def test_anything_signed_is_answered(channel: MessengerChannel, items: list[Any]) -> None:
    assert channel.receive(call(*items)).status == 200


class Hub(LoopbackServer):
    """The hub's end: hands each call to the channel."""

    def __init__(self, channel: MessengerChannel) -> None:
        super().__init__()
        self.channel = channel
        self.heard: list[object] = []

    def respond(self, request: Request, busy: int) -> Reply:
        url = f"{self.root}{request.path}?{urlencode(request.query)}"
        try:
            answer = self.channel.receive(WebhookRequest(request.method, url, request.headers, request.body))
        except Rejected:
            return Reply(403)
        self.heard += answer.events
        return Reply(answer.status, answer.body)


@pytest.fixture
def hub(channel: MessengerChannel) -> Iterator[Hub]:
    with Hub(channel) as running:
        yield running


def test_the_whole_way(server: MessengerServer, hub: Hub, channel: MessengerChannel) -> None:
    assert server.set_webhook(f"{hub.root}/messenger")
    server.page.heard.clear()
    with pytest.raises(Rejected):
        channel.send(message())
    assert server.tell(events.followed_link(PAGE, ADA, NOW, "c_1")) == 200
    reference = channel.send(message()).reference
    assert (
        server.tell(events.delivered(PAGE, ADA, [reference], NOW), events.written(PAGE, ADA, "STOP", NOW)) == 200
    )
    assert hub.heard == [
        Heard(ADA, NOW, "c_1"),
        FateReport(reference, Fate.DELIVERED, NOW),
        Heard(ADA, NOW),
        StopRequest(ADA, NOW),
    ]
    server.page.verify_token = "another"
    assert not server.set_webhook(f"{hub.root}/messenger")
