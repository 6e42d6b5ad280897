"""A Mailchimp account on loopback with one audience, and sinks for it."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hub_mailchimp import MailchimpSettings, MailchimpSink

from hub import Context, IdentifierKind, Member, Removal
from hub.testing.platforms.mailchimp import MailchimpServer, MergeField

KEY = "0123456789abcdefsecret-us3"

MakeSink = Callable[..., MailchimpSink]


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
        return MailchimpSink(MailchimpSettings.model_validate(values), context)

    return make


@pytest.fixture
def sink(make_sink: MakeSink) -> MailchimpSink:
    return make_sink()


@pytest.fixture
def tag(sink: MailchimpSink) -> str:
    return sink.ensure_audience("Opera", None)


def person(number: int, address: str = "", **traits: str | int | None) -> Member:
    identifiers = {IdentifierKind.EMAIL: address or f"person{number}@example.com"}
    return Member(number, identifiers, {"first_name": "Ada", "last_name": "Byron", "language": None} | traits)


def people(count: int) -> list[Member]:
    return [person(number) for number in range(count)]


def leaving(sink: MailchimpSink, *members: Member) -> list[Removal]:
    return [Removal(member.number, sink.reference(member)) for member in members]
