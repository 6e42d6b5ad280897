"""One message: what goes out, what Meta's answers become, and whether it may be sent again."""

import hashlib
import hmac
import json
from dataclasses import replace

import httpx
import pytest
from hub_messenger import MessengerChannel

from hub import Delivery, FateUnknown, HubError, NotAuthorised, Refusal, Rejected, SettingsError, TryAgain
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.messenger import MessengerServer

from .conftest import ADA, GRACE, PAGE, SECRET, TOKEN, MakeChannel, error, message


def test_what_goes_out(channel: MessengerChannel, server: MessengerServer) -> None:
    seen: list[Request] = []
    respond = server.respond

    def watch(request: Request, busy: int) -> Reply:
        seen.append(request)
        return respond(request, busy)

    server.respond = watch  # type: ignore[method-assign]
    receipt = channel.send(message(7))
    (request,) = seen
    proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert (request.path, request.query) == (f"/v25.0/{PAGE}/messages", {})
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert json.loads(request.body) == {
        "recipient": {"id": ADA},
        "messaging_type": "RESPONSE",
        "message": {"text": "Text 7"},
        "appsecret_proof": proof,
    }
    assert receipt.delivery is Delivery.QUEUED
    assert receipt.reference == server.page.messages[0].id


def test_the_proof_of_the_secret(make_channel: MakeChannel, server: MessengerServer) -> None:
    server.page.needs_proof = True
    make_channel().check()
    make_channel().send(message())
    for channel in (make_channel(appsecret_proof=False), make_channel(app_secret="another")):
        with pytest.raises(NotAuthorised, match="proof"):
            channel.send(message())
        with pytest.raises(NotAuthorised, match="proof"):
            channel.check()


def test_a_token_that_is_another_pages(make_channel: MakeChannel) -> None:
    channel = make_channel(page_id="999")
    with pytest.raises(SettingsError, match="page_id"):
        channel.check()
    with pytest.raises(SettingsError, match="page_id"):
        channel.send(message())


@pytest.mark.parametrize(
    ("code", "subcode", "kind", "words"),
    [
        (190, 463, NotAuthorised, "expired"),
        (190, 460, NotAuthorised, "password"),
        (190, None, NotAuthorised, "Something"),
        (4, None, TryAgain, "slow down"),
        (32, None, TryAgain, "slow down"),
        (613, None, TryAgain, "slow down"),
        (4, 2018022, TryAgain, "slow down"),
        (10, 2018278, Rejected, "begins again"),
        (10, 2018108, Rejected, "at present"),
        (10, 1893063, NotAuthorised, "Page"),
        (10, None, NotAuthorised, "pages_messaging"),
        (200, 1545041, Rejected, "can't be reached"),
        (230, None, NotAuthorised, "pages_messaging"),
        (551, 1545041, Rejected, "can't be reached"),
        (551, None, Rejected, "can't be reached"),
        (100, 2018001, Rejected, "does not know"),
        (100, 33, SettingsError, "page_id"),
        (100, None, Rejected, "Something"),
        (368, None, NotAuthorised, "Page"),
        (1, 1357046, FateUnknown, "does not say"),
        (1, None, FateUnknown, "does not say"),
        (2, None, TryAgain, "trouble"),
        (1200, None, TryAgain, "trouble"),
        (2635, None, SettingsError, "api_version"),
        (9999, None, Rejected, "Something"),
    ],
)
def test_errors_of_the_graph(
    channel: MessengerChannel,
    server: MessengerServer,
    code: int,
    subcode: int | None,
    kind: type[HubError],
    words: str,
) -> None:
    server.faults.add(Fault(error(code, subcode)))
    with pytest.raises(kind, match=words):
        channel.send(message())
    assert server.page.messages == []


@pytest.mark.parametrize(
    ("code", "subcode", "refusal"),
    [
        (100, 2018001, Refusal.ADDRESS),
        (551, 1545041, Refusal.MESSAGE),
        (10, 2018278, Refusal.MESSAGE),
        (10, 2018108, Refusal.MESSAGE),
    ],
)
def test_only_a_customer_who_is_unknown_is_refused_for_good(
    channel: MessengerChannel, server: MessengerServer, code: int, subcode: int, refusal: Refusal
) -> None:
    server.faults.add(Fault(error(code, subcode)))
    with pytest.raises(Rejected) as caught:
        channel.send(message())
    assert caught.value.refusal is refusal


def test_an_unknown_error_of_a_broken_server(channel: MessengerChannel, server: MessengerServer) -> None:
    server.faults.add(Fault(error(9999, status=500)))
    with pytest.raises(FateUnknown):
        channel.send(message())
    server.faults.add(Fault(error(9999, status=500, is_transient=True)))
    with pytest.raises(TryAgain):
        channel.send(message())


def test_metas_words_without_numbers_of_people(channel: MessengerChannel, server: MessengerServer) -> None:
    server.faults.add(Fault(error(9999, words=f"User {ADA} (ada@example.com) is strange. " + "x" * 1000)))
    with pytest.raises(Rejected) as caught:
        channel.send(message())
    assert "strange" in str(caught.value)
    assert ADA not in str(caught.value)
    assert "example.com" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_how_long_to_wait(channel: MessengerChannel, server: MessengerServer) -> None:
    server.page.regain_minutes = 5
    with pytest.raises(TryAgain) as caught:
        channel.send(message())
    assert caught.value.after == 300


@pytest.mark.parametrize(
    "usage", ["", "no JSON", "[]", '{"1": []}', '{"1": [5]}', '{"1": [{"estimated_time_to_regain_access": "x"}]}']
)
def test_a_strange_header_of_the_usage(channel: MessengerChannel, server: MessengerServer, usage: str) -> None:
    reply = error(613)
    headers = {"x-business-use-case-usage": usage, "Retry-After": "17"}
    server.faults.add(Fault(Reply(reply.status, reply.body, reply.content_type, headers)))
    with pytest.raises(TryAgain) as caught:
        channel.send(message())
    assert caught.value.after == 17


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
    channel: MessengerChannel, fault: type[httpx.RequestError], kind: type[HubError]
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
        Fault(Reply.of({"recipient_id": ADA})),
        Fault(Reply.of({"message_id": 5})),
    ],
)
def test_an_answer_that_is_none_leaves_the_fate_unknown(
    channel: MessengerChannel, server: MessengerServer, fault: Fault
) -> None:
    server.faults.add(fault)
    with pytest.raises(FateUnknown):
        channel.send(message())
    assert len(server.requests) == 1, "it must not be sent twice"


def test_an_answer_that_takes_too_long_leaves_the_fate_unknown(
    make_channel: MakeChannel, server: MessengerServer
) -> None:
    server.faults.add(Fault(delay=5))
    with pytest.raises(FateUnknown, match="in time"):
        make_channel(timeout=0.2).send(message())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (408, TryAgain),
        (429, TryAgain),
        (503, TryAgain),
        (302, SettingsError),
        (404, SettingsError),
        (401, NotAuthorised),
        (403, NotAuthorised),
        (400, Rejected),
        (413, Rejected),
    ],
)
def test_refused_on_the_way(
    channel: MessengerChannel, server: MessengerServer, status: int, kind: type[HubError]
) -> None:
    server.faults.add(Fault.html(status))
    with pytest.raises(kind, match=str(status)):
        channel.send(message())


def test_check_is_never_of_unknown_fate(channel: MessengerChannel, server: MessengerServer) -> None:
    for fault in (Fault(reset="after"), Fault.html(502), Fault(truncate=True), Fault(error(1))):
        server.faults.add(fault)
        with pytest.raises(TryAgain):
            channel.check()


def test_states_of_a_page(channel: MessengerChannel, server: MessengerServer) -> None:
    server.page.blocked.add(ADA)
    with pytest.raises(Rejected):
        channel.send(message())
    channel.send(message(to=GRACE))
    with pytest.raises(Rejected, match="does not know"):
        channel.send(message(to="5"))
    server.page.is_restricted = True
    with pytest.raises(NotAuthorised):
        channel.send(message(to=GRACE))
    server.page.is_expired = True
    with pytest.raises(NotAuthorised, match="expired"):
        channel.check()


@pytest.mark.parametrize("text", ["x" * 2001, "🎟" * 1_000_000])
def test_what_is_too_long_is_never_sent(channel: MessengerChannel, server: MessengerServer, text: str) -> None:
    with pytest.raises(Rejected):
        channel.send(message(text=text))
    assert server.requests == []


@pytest.mark.parametrize("address", ["+4930123456", "ada@example.com", "Ada", "1" * 26, f"{ADA}/../me", "١٢٣"])
def test_what_is_no_address_is_never_sent(
    channel: MessengerChannel, server: MessengerServer, address: str
) -> None:
    with pytest.raises(Rejected) as caught:
        channel.send(message(to=address))
    assert address not in str(caught.value)
    assert server.requests == []


def test_it_says_how_fast(channel: MessengerChannel) -> None:
    assert channel.rate == 40
