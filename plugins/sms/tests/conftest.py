"""The four providers on loopback, and channels for them."""

import logging
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hub_sms.channel import SmsChannel
from hub_sms.settings import SmsSettings

from hub import Context, Message, Rejected, WebhookAnswer, WebhookRequest
from hub.core.http import client
from hub.testing.channels import Arrived, ChannelPlatform, Fault
from hub.testing.platforms import faults
from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.server import LoopbackServer
from hub.testing.platforms.sms import (
    Call,
    GatewayApiServer,
    Phones,
    SevenServer,
    TwilioServer,
    VonageServer,
)

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "inventedtoken0123456789"
SECRET = "inventedwebhooksecret"
ADA, BEA = "+4915112345678", "+4520123456"
HOOK = "http://127.0.0.1:9/hooks/sms"
PROVIDERS = ("twilio", "gatewayapi", "seven", "vonage")

MakeChannel = Callable[..., SmsChannel]


class Platform(ChannelPlatform):
    """One provider, as the conformance suite wants it; the server and its phones are at hand, too."""

    def __init__(self, name: str, server: Any) -> None:
        self.name = name
        self.server: Any = server
        self.phones: Phones = server.phones

    def arrived(self) -> Sequence[Arrived]:
        return [Arrived(kept.to, kept.text) for kept in self.phones.messages]

    def fail_next(self, fault: Fault) -> None:
        match fault:
            case Fault.REFUSE:
                self.phones.refuse_next = True
            case Fault.BUSY if self.name == "vonage":
                self.server.throttled = 1
            case Fault.BUSY:
                busy = Reply.of({"code": 20429, "message": "Too Many Requests", "status": 429}, 429)
                self.server.faults.add(faults.Fault(busy, on="POST"))
            case Fault.DROP_BEFORE:
                hang_up_idle(self.server)
            case Fault.DROP_AFTER:
                self.server.faults.add(faults.Fault(reset="after", on="POST"))


def hang_up_idle(server: LoopbackServer) -> None:
    """Close the connections that are kept for later, as servers do after a while."""
    server._listener.hang_up()
    deadline = time.monotonic() + 5
    while server._listener._open and time.monotonic() < deadline:
        time.sleep(0.002)


def make_server(name: str, *, signed: bool = True) -> LoopbackServer:
    secret = SECRET if signed else ""
    match name:
        case "twilio":
            return TwilioServer(ACCOUNT, TOKEN)
        case "gatewayapi":
            return GatewayApiServer(TOKEN, secret)
        case "seven":
            return SevenServer(TOKEN, secret)
    return VonageServer("key12345", TOKEN, secret)


def settings_of(name: str, **changed: Any) -> dict[str, Any]:
    credentials: dict[str, dict[str, Any]] = {
        "twilio": {"account_sid": ACCOUNT, "auth_token": TOKEN},
        "gatewayapi": {"api_key": TOKEN, "webhook_secret": SECRET},
        "seven": {"api_key": TOKEN, "webhook_secret": SECRET},
        "vonage": {"api_key": "key12345", "api_secret": TOKEN, "webhook_secret": SECRET},
    }
    values = {"provider": name, "sender": "Theatre", "webhook_url": HOOK, "timeout": 10, **credentials[name]}
    return {field: value for field, value in (values | changed).items() if value is not None}


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with client(repeatable=False, sleep=lambda _: None) as made:
        yield made


@pytest.fixture
def context(http: httpx.Client, tmp_path: Path) -> Context:
    return Context(
        http=http,
        clock=lambda: datetime.now(UTC),
        log=logging.getLogger("hub.test.sms"),
        time_zone=ZoneInfo("Europe/Berlin"),
        currency="EUR",
        country="DE",
        folder=tmp_path,
    )


@pytest.fixture
def make_channel(context: Context) -> MakeChannel:
    def make(name: str, base_url: str, **changed: Any) -> SmsChannel:
        return SmsChannel(SmsSettings.model_validate(settings_of(name, base_url=base_url, **changed)), context)

    return make


@pytest.fixture(params=PROVIDERS)
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    with make_server(request.param) as server:
        yield Platform(request.param, server)


@pytest.fixture
def channel(platform: Platform, make_channel: MakeChannel) -> SmsChannel:
    return make_channel(platform.name, platform.server.url)


@pytest.fixture
def unused_url() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def message(number: int = 1, **changed: Any) -> Message:
    return Message(**({"id": f"m-{number}", "to": ADA, "text": f"Text {number}"} | changed))


def heard(channel: SmsChannel, call: Call, **changed: Any) -> WebhookAnswer:
    """What the channel makes of a provider's call."""
    headers = {name.lower(): value for name, value in call.headers.items()}
    request = WebhookRequest(call.method, call.url, headers, call.body)
    return channel.receive(WebhookRequest(**({**vars(request), **changed})))


class Receiver(LoopbackServer):
    """The hub's side: hands every call to a channel."""

    def __init__(self, channel: SmsChannel) -> None:
        super().__init__()
        self._channel = channel
        self.answers: list[WebhookAnswer] = []

    def respond(self, request: Request, busy: int) -> Reply:
        url = self.root + request.path
        try:
            answer = self._channel.receive(WebhookRequest(request.method, url, request.headers, request.body))
        except Rejected:
            return Reply(403)
        self.answers.append(answer)
        return Reply(answer.status, answer.body, answer.headers.get("Content-Type", "text/plain"))
