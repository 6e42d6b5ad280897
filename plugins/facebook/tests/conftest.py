"""A Facebook ad account on loopback, and sinks for it."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hub_facebook import FacebookSettings, FacebookSink
from hub_facebook.normalising import hashed

from hub import Context, IdentifierKind, Member, Removal
from hub.testing.platforms.facebook import FacebookServer

TOKEN = "EAAinvented0123456789ZDZD"
SECRET = "appsecretinvented987"
ACCOUNT = "1234567890"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

MakeSink = Callable[..., FacebookSink]


@pytest.fixture
def server() -> Iterator[FacebookServer]:
    with FacebookServer(TOKEN, ACCOUNT, SECRET) as running:
        yield running


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW
        self.waited: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Somebody waits."""
        self.waited.append(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(http: httpx.Client, tmp_path: Path, clock: Clock) -> Context:
    return Context(
        http=http,
        clock=clock,
        log=logging.getLogger("hub.test.facebook"),
        time_zone=ZoneInfo("Europe/Berlin"),
        currency="EUR",
        country="DE",
        folder=tmp_path,
        sleep=clock.sleep,
    )


@pytest.fixture
def make_sink(server: FacebookServer, context: Context) -> MakeSink:
    def make(**settings: Any) -> FacebookSink:
        values = {
            "access_token": TOKEN,
            "app_secret": SECRET,
            "ad_account_id": ACCOUNT,
            "base_url": server.url,
            "timeout": 10.0,
        }
        return FacebookSink(FacebookSettings.model_validate(values | settings), context)

    return make


@pytest.fixture
def sink(make_sink: MakeSink) -> FacebookSink:
    return make_sink()


@pytest.fixture
def audience(sink: FacebookSink) -> str:
    return sink.ensure_audience("Opera", None)


def person(number: int, email: str = "", phone: str = "", **traits: str | int | None) -> Member:
    identifiers = {IdentifierKind.EMAIL: email or f"person{number}@example.com"}
    if phone:
        identifiers[IdentifierKind.PHONE] = phone
    return Member(number, identifiers, {"first_name": "Ada", "last_name": "Byron", "country": "DE"} | traits)


def people(count: int) -> list[Member]:
    return [person(number) for number in range(count)]


def leaving(sink: FacebookSink, *members: Member) -> list[Removal]:
    return [Removal(member.number, sink.reference(member)) for member in members]


def held(server: FacebookServer, audience: str) -> set[str]:
    """The references of everyone in an audience."""
    return {f"e{row['EMAIL']}" if row["EMAIL"] else f"p{row['PHONE']}" for row in server.people(audience)}


def references(sink: FacebookSink, members: list[Member]) -> set[str]:
    return {sink.reference(member) for member in members}


def refuse(server: FacebookServer, *members: Member) -> None:
    """Make the server refuse these members' rows."""
    server.account.refused |= {hashed(member.identifiers[IdentifierKind.EMAIL]) for member in members}
