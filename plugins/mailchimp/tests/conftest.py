"""A Mailchimp account on loopback with one audience, and sinks for it."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hub_mailchimp import MailchimpSettings, MailchimpShop, MailchimpShopSettings, MailchimpSink

from hub import Context, IdentifierKind, Member, Removal
from hub.testing.platforms.mailchimp import MailchimpServer, MergeField

from .shop import STORE, Shop

KEY = "0123456789abcdefsecret-us3"

ATTEMPTS_AT_403 = 4
"""How often the plugin itself asks before it gives up at a 403 without JSON; the hub's client does the rest."""

MakeSink = Callable[..., MailchimpSink]
MakeShop = Callable[..., MailchimpShop]


@pytest.fixture
def server() -> Iterator[MailchimpServer]:
    with MailchimpServer(KEY) as running:
        running.batches.polls = 0
        yield running


@pytest.fixture
def list_id(server: MailchimpServer) -> str:
    return server.add_list(
        "Friends", MergeField("LTV", "number"), MergeField("CITY"), MergeField("ADDRESS", "address")
    )


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


@pytest.fixture
def context(http: httpx.Client, tmp_path: Path) -> Context:
    return Context(
        http=http,
        clock=lambda: datetime.now(UTC),
        log=logging.getLogger("hub.test.mailchimp"),
        time_zone=ZoneInfo("Europe/Berlin"),
        currency="EUR",
        country="DE",
        folder=tmp_path,
    )


@pytest.fixture
def make_sink(server: MailchimpServer, list_id: str, context: Context) -> MakeSink:
    def make(**settings: Any) -> MailchimpSink:
        values = {"api_key": KEY, "list_id": list_id, "base_url": server.url, "timeout": 5.0} | settings
        return MailchimpSink(MailchimpSettings.model_validate(values), context, lambda _: None)

    return make


@pytest.fixture
def sink(make_sink: MakeSink) -> MailchimpSink:
    return make_sink()


@pytest.fixture
def tag(sink: MailchimpSink) -> str:
    return sink.ensure_audience("Opera", None)


@pytest.fixture
def shop(server: MailchimpServer) -> Shop:
    return Shop(server)


@pytest.fixture
def make_shop(server: MailchimpServer, context: Context) -> MakeShop:
    def make(**settings: Any) -> MailchimpShop:
        values = {"api_key": KEY, "store_id": STORE, "base_url": server.url, "timeout": 5.0} | settings
        return MailchimpShop(MailchimpShopSettings.model_validate(values), context, lambda _: None)

    return make


def person(number: int, address: str = "", **traits: str | int | None) -> Member:
    identifiers = {IdentifierKind.EMAIL: address or f"person{number}@example.com"}
    return Member(number, identifiers, {"first_name": "Ada", "last_name": "Byron", "language": None} | traits)


def people(count: int) -> list[Member]:
    return [person(number) for number in range(count)]


def leaving(sink: MailchimpSink, *members: Member) -> list[Removal]:
    return [Removal(member.number, sink.reference(member)) for member in members]
