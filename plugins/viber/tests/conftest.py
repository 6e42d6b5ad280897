"""A bot on loopback, and channels for it over the hub's own client."""

import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hub_viber import ViberChannel, ViberSettings

from hub import Context, Message, WebhookRequest
from hub.core.http import client
from hub.testing.channels import Arrived, Fault
from hub.testing.platforms import faults
from hub.testing.platforms.messages import Reply
from hub.testing.platforms.viber import ViberServer
from hub.testing.platforms.viber.events import Event, signed

TOKEN = "4453b6ac12345678-e02c5f12174805f9-inventedinvented"
ADA = "01234567890A="
GRACE = "qZ7vAbcdEfGh+/jklMNopQ=="
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

MakeChannel = Callable[..., ViberChannel]


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Platform:
    """The server as the conformance suite asks for it."""

    def __init__(self, server: ViberServer) -> None:
        self.server = server

    def arrived(self) -> Sequence[Arrived]:
        return [Arrived(one.receiver, one.text) for one in self.server.bot.messages]

    def fail_next(self, fault: Fault) -> None:
        refusal = {Fault.REFUSE: (6, "receiverNotSubscribed"), Fault.BUSY: (12, "tooManyRequests")}
        if fault in refusal:
            status, word = refusal[fault]
            answer = Reply.of({"status": status, "status_message": word})
            self.server.faults.add(faults.Fault(answer, on="send_message"))
        elif fault is Fault.DROP_BEFORE:
            self.server.drop_connections()
        else:
            self.server.faults.add(faults.Fault(reset="after", on="send_message"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[ViberServer]:
    with ViberServer(TOKEN) as running:
        running.bot.followers |= {ADA, GRACE}
        running.bot.clock = clock
        yield running


@pytest.fixture
def platform(server: ViberServer) -> Platform:
    return Platform(server)


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with client(repeatable=False, attempts=2, sleep=lambda seconds: None) as made:
        yield made


@pytest.fixture
def context(http: httpx.Client, tmp_path: Path, clock: Clock) -> Context:
    return Context(
        http=http,
        clock=clock,
        log=logging.getLogger("hub.test.viber"),
        time_zone=ZoneInfo("Europe/Berlin"),
        currency="EUR",
        country="DE",
        folder=tmp_path,
    )


@pytest.fixture
def make_channel(server: ViberServer, context: Context) -> MakeChannel:
    def make(**settings: Any) -> ViberChannel:
        values = {
            "auth_token": TOKEN,
            "sender_name": "Theatre",
            "bot_uri": "theatre",
            "base_url": server.url,
            "timeout": 10.0,
        }
        return ViberChannel(ViberSettings.model_validate(values | settings), context)

    return make


@pytest.fixture
def channel(make_channel: MakeChannel) -> ViberChannel:
    return make_channel()


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def message(number: int = 1, to: str = ADA, text: str = "") -> Message:
    return Message(id=f"message-{number}", to=to, text=text or f"Text {number}")


def call(event: Event, token: str = TOKEN) -> WebhookRequest:
    """The request with which Viber tells of an event."""
    headers, body = signed(event, token)
    lower = {name.lower(): value for name, value in headers.items()}
    return WebhookRequest("POST", "https://hub.example/viber", lower, body)
