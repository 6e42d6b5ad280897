"""A Page on loopback, and channels for it over the hub's own client."""

import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hub_messenger import MessengerChannel, MessengerSettings

from hub import Context, Message, WebhookRequest
from hub.core.http import client
from hub.testing.channels import Arrived, Fault
from hub.testing.platforms import faults
from hub.testing.platforms.messages import Reply
from hub.testing.platforms.messenger import MessengerServer
from hub.testing.platforms.messenger.events import Item, signed

PAGE = "104857600000001"
TOKEN = "EAAinventedPageToken0123456789ZDZD"
SECRET = "inventedappsecret987"
WORD = "invented-verify-word"
ADA = "24610213000000001"
GRACE = "24610213000000002"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

MakeChannel = Callable[..., MessengerChannel]


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Platform:
    """The server as the conformance suite asks for it."""

    def __init__(self, server: MessengerServer) -> None:
        self.server = server

    def arrived(self) -> Sequence[Arrived]:
        return [Arrived(one.receiver, one.text) for one in self.server.page.messages]

    def fail_next(self, fault: Fault) -> None:
        refusal = {Fault.REFUSE: (551, 1545041), Fault.BUSY: (613, None)}
        if fault in refusal:
            self.server.faults.add(faults.Fault(error(*refusal[fault]), on="messages"))
        elif fault is Fault.DROP_BEFORE:
            self.server.drop_connections()
        else:
            self.server.faults.add(faults.Fault(reset="after", on="messages"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[MessengerServer]:
    with MessengerServer(PAGE, TOKEN, SECRET, WORD) as running:
        running.page.clock = clock
        running.page.heard = {ADA: NOW, GRACE: NOW}
        yield running


@pytest.fixture
def platform(server: MessengerServer) -> Platform:
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
        log=logging.getLogger("hub.test.messenger"),
        time_zone=ZoneInfo("Europe/Berlin"),
        currency="EUR",
        country="DE",
        folder=tmp_path,
    )


@pytest.fixture
def make_channel(server: MessengerServer, context: Context) -> MakeChannel:
    def make(**settings: Any) -> MessengerChannel:
        values = {
            "page_id": PAGE,
            "access_token": TOKEN,
            "app_secret": SECRET,
            "verify_token": WORD,
            "base_url": server.url,
            "timeout": 10.0,
        }
        return MessengerChannel(MessengerSettings.model_validate(values | settings), context)

    return make


@pytest.fixture
def channel(make_channel: MakeChannel) -> MessengerChannel:
    return make_channel()


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def message(number: int = 1, **changed: Any) -> Message:
    values = {"id": f"message-{number}", "to": ADA, "text": f"Text {number}", "heard_at": NOW}
    return Message.model_validate(values | changed)


def error(
    code: int, subcode: int | None = None, status: int = 400, words: str = "Something", **more: Any
) -> Reply:
    return Reply.of({"error": {"message": words, "code": code, "error_subcode": subcode, **more}}, status)


def call(*items: Item, secret: str = SECRET, key: str = "messaging", page: str = PAGE) -> WebhookRequest:
    """The request with which Meta tells of something."""
    headers, body = signed(page, items, secret, key)
    lower = {name.lower(): value for name, value in headers.items()}
    return WebhookRequest("POST", "https://hub.example/messenger", lower, body)
