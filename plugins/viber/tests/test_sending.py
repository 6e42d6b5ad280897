"""One message: what goes out, what Viber's answers become, and whether it may be sent again."""

import json
import logging
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from hub_viber import ViberChannel

from hub import Delivery, FateUnknown, HubError, NotAuthorised, Refusal, Rejected, SettingsError, TryAgain
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.viber import ViberServer
from hub.testing.platforms.viber.events import written

from .conftest import ADA, GRACE, NOW, Clock, MakeChannel, message


def test_what_goes_out(channel: ViberChannel, server: ViberServer) -> None:
    receipt = channel.send(message(7))
    (taken,) = server.bot.messages
    assert (taken.receiver, taken.text, taken.sender) == (ADA, "Text 7", "Theatre")
    assert taken.tracking_data == "message-7"
    assert receipt.delivery is Delivery.QUEUED
    assert receipt.reference.startswith(f"{taken.token}-")
    assert ADA not in receipt.reference
    assert server.requests[-1].query == {}


def test_check_warns_when_there_is_no_webhook(
    channel: ViberChannel, server: ViberServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        channel.check()
        assert caplog.text == ""
        server.bot.webhook = ""
        channel.check()
    assert "webhook" in caplog.text


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (2, NotAuthorised, "auth_token"),
        (3, Rejected, "not as it should be"),
        (4, Rejected, "missing"),
        (5, Rejected, "not on Viber"),
        (6, Rejected, "does not follow"),
        (7, NotAuthorised, "blocked"),
        (8, NotAuthorised, "auth_token"),
        (9, NotAuthorised, "suspended"),
        (10, SettingsError, "webhook"),
        (11, Rejected, "device"),
        (12, TryAgain, "slow down"),
        (13, Rejected, "too old"),
        (15, NotAuthorised, "support"),
        (21, Rejected, "country"),
        (23, SettingsError, "free messages"),
        (24, SettingsError, "balance"),
        (77, Rejected, r"status 77, somethingNew"),
        (1000, TryAgain, "trouble"),
        (-1, TryAgain, "trouble"),
    ],
)
def test_failures_inside_a_200(
    channel: ViberChannel, server: ViberServer, status: int, kind: type[HubError], words: str
) -> None:
    server.faults.add(Fault(Reply.of({"status": status, "status_message": "somethingNew"})))
    with pytest.raises(kind, match=words):
        channel.send(message())
    assert server.bot.messages == []


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(5, Refusal.ADDRESS), (6, Refusal.UNSUBSCRIBED), (3, Refusal.MESSAGE), (11, Refusal.MESSAGE)],
)
def test_what_is_refused_beyond_the_message(
    channel: ViberChannel, server: ViberServer, status: int, refusal: Refusal
) -> None:
    server.faults.add(Fault(Reply.of({"status": status, "status_message": "no"})))
    with pytest.raises(Rejected) as caught:
        channel.send(message())
    assert caught.value.refusal is refusal


def test_a_strange_status_message_is_not_repeated(channel: ViberChannel, server: ViberServer) -> None:
    server.faults.add(Fault(Reply.of({"status": 77, "status_message": f"no {ADA} for you"})))
    with pytest.raises(Rejected) as caught:
        channel.send(message())
    assert ADA not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx.ConnectError, TryAgain),
        (httpx.ConnectTimeout, TryAgain),
        (httpx.PoolTimeout, TryAgain),
        (httpx.ProxyError, TryAgain),
        (httpx.WriteError, TryAgain),
        (httpx.WriteTimeout, TryAgain),
        (httpx.ReadError, FateUnknown),
        (httpx.ReadTimeout, FateUnknown),
        (httpx.RemoteProtocolError, FateUnknown),
        (httpx.CloseError, FateUnknown),
        (httpx.DecodingError, FateUnknown),
    ],
)
def test_before_and_after_the_last_byte(
    channel: ViberChannel, fault: type[httpx.RequestError], kind: type[HubError]
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise fault("", request=request)

    with httpx.Client(transport=httpx.MockTransport(fail)) as http:
        broken = type(channel)(channel.settings, replace(channel.context, http=http))
        with pytest.raises(kind, match=r"broke|in time" if kind is FateUnknown else "reached"):
            broken.send(message())


@pytest.mark.parametrize(
    "fault",
    [
        Fault(reset="after"),
        Fault(truncate=True),
        Fault.html(200, "Welcome to our Wi-Fi"),
        Fault.html(500),
        Fault.html(502),
        Fault.bodyless(504),
        Fault(Reply(200, b"")),
        Fault(Reply(200, b"[]")),
        Fault(Reply(200, b"[" * 100_000)),
        Fault(Reply.of({"status": "0"})),
        Fault(Reply.of({"status": True})),
    ],
)
def test_an_answer_that_is_none_leaves_the_fate_unknown(
    channel: ViberChannel, server: ViberServer, fault: Fault
) -> None:
    server.faults.add(fault)
    with pytest.raises(FateUnknown):
        channel.send(message())
    assert len(server.requests) == 1, "it must not be sent twice"


def test_an_answer_that_takes_too_long_leaves_the_fate_unknown(
    make_channel: MakeChannel, server: ViberServer
) -> None:
    server.faults.add(Fault(delay=5))
    with pytest.raises(FateUnknown, match="in time"):
        make_channel(timeout=0.2).send(message())


@pytest.mark.parametrize("fault", [Fault.bodyless(429), Fault.html(503), Fault.bodyless(408)])
def test_what_was_certainly_not_taken_may_be_sent_again(
    channel: ViberChannel, server: ViberServer, fault: Fault
) -> None:
    server.faults.add(fault)
    with pytest.raises(TryAgain):
        channel.send(message())


def test_how_long_to_wait(channel: ViberChannel, server: ViberServer) -> None:
    server.faults.add(Fault.bodyless(429, headers={"Retry-After": "17"}))
    with pytest.raises(TryAgain) as caught:
        channel.send(message())
    assert caught.value.after == 17


@pytest.mark.parametrize(
    ("status", "kind"),
    [(302, SettingsError), (404, SettingsError), (401, NotAuthorised), (403, NotAuthorised), (413, Rejected)],
)
def test_refused_on_the_way(channel: ViberChannel, server: ViberServer, status: int, kind: type[HubError]) -> None:
    server.faults.add(Fault.html(status))
    with pytest.raises(kind, match=str(status)):
        channel.send(message())


def test_check_is_never_of_unknown_fate(channel: ViberChannel, server: ViberServer) -> None:
    for fault in (Fault(reset="after"), Fault.html(502), Fault(truncate=True)):
        server.faults.add(fault)
        with pytest.raises(TryAgain):
            channel.check()


@pytest.mark.parametrize("text", ["x" * 7001, "🎟" * 1_000_000, "\x01" * 7000])
def test_what_is_too_long_is_never_sent(channel: ViberChannel, server: ViberServer, text: str) -> None:
    with pytest.raises(Rejected):
        channel.send(message(text=text))
    assert server.requests == []


def test_the_longest_text_of_any_alphabet_goes_out(channel: ViberChannel, server: ViberServer) -> None:
    channel.send(message(text="🎟" * 7000))
    assert server.bot.messages[0].text == "🎟" * 7000


@pytest.mark.parametrize("address", ["+4930123456", "ada@example.com", "Ada Lovelace", "x" * 200, "abc"])
def test_what_is_no_address_is_never_sent(channel: ViberChannel, server: ViberServer, address: str) -> None:
    with pytest.raises(Rejected) as caught:
        channel.send(message(to=address))
    assert address not in str(caught.value)
    assert server.requests == []


def test_a_hundred_unanswered_messages_an_hour(channel: ViberChannel, server: ViberServer, clock: Clock) -> None:
    for number in range(100):
        channel.send(message(number))
    with pytest.raises(TryAgain):
        channel.send(message(100))
    channel.send(message(101, to=GRACE))
    server.bot.webhook = ""
    server.tell(written(ADA, "Thank you", NOW))
    server.bot.webhook = "https://hub.example"
    channel.send(message(102))
    clock.now += timedelta(hours=2)
    channel.send(message(103))


def test_the_picture_of_the_sender_goes_along(make_channel: MakeChannel, server: ViberServer) -> None:
    bodies: list[bytes] = []
    respond = server.respond

    def watch(request: Request, busy: int) -> Reply:
        bodies.append(request.body)
        return respond(request, busy)

    server.respond = watch  # type: ignore[method-assign]
    make_channel(sender_avatar="https://hub.example/a.png").send(message())
    assert json.loads(bodies[0])["sender"] == {"name": "Theatre", "avatar": "https://hub.example/a.png"}
