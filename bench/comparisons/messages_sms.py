"""A newsletter by SMS to providers in another process, beside bare httpx posting the same requests."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import httpx

from bench.comparison import Comparison, Work
from bench.readers import SMS, Route, newsletter_over, readers, sent
from bench.world import World
from hub import ConsentChannel
from hub.core.messaging.templates.contents import Wording

_KEY, _ACCOUNT = "inventedtoken0123456789", "AC" + "0" * 32
_BATCH = 500
"""Messages of one request, as the hub sends them."""
_WORDING = Wording(ConsentChannel.SMS, "", "", SMS, "")

Posts = Sequence[tuple[str, bytes, str]]
"""Paths, bodies and their content types."""


@dataclass(frozen=True)
class _Provider:
    name: str
    sender: str
    credentials: Mapping[str, str]
    login: tuple[str, str]
    posts: Callable[[Sequence[Mapping[str, Any]]], Posts]
    """The requests that bring it messages, which are as its server keeps them."""


def _in_batches(messages: Sequence[Mapping[str, Any]]) -> Posts:
    told = [
        {
            "message": one["text"], "sender": one["sender"], "recipients": [{"msisdn": int(one["to"][1:])}],
            "userref": one["own_reference"], "encoding": "UTF8",
        }
        for one in messages
    ]  # fmt: skip
    pieces = (told[start : start + _BATCH] for start in range(0, len(told), _BATCH))
    return [("/rest/mtsms", json.dumps(piece).encode(), "application/json") for piece in pieces]


def _one_by_one(messages: Sequence[Mapping[str, Any]]) -> Posts:
    path, form = f"/2010-04-01/Accounts/{_ACCOUNT}/Messages.json", "application/x-www-form-urlencoded"
    return [
        (path, urlencode({"To": one["to"], "Body": one["text"], "From": one["sender"]}).encode(), form)
        for one in messages
    ]


_GATEWAYAPI = _Provider("gatewayapi", "Theater", {"api_key": _KEY}, (_KEY, ""), _in_batches)
_TWILIO = _Provider(
    "twilio", "+15005550006", {"account_sid": _ACCOUNT, "auth_token": _KEY}, (_ACCOUNT, _KEY), _one_by_one
)


def comparisons() -> Sequence[Comparison]:
    """Sending by SMS, in batches and one by one."""
    return [
        Comparison(
            f"message.{name}",
            partial(_send, provider),
            partial(_post, provider),
            f"a newsletter by SMS, {how}",
            "bare httpx posts the same requests, on one connection",
            needs_home=False,
            counted="messages",
        )
        for name, provider, how in (
            ("sms-batches", _GATEWAYAPI, "500 in a request"),
            ("sms-single", _TWILIO, "one in a request"),
        )
    ]


@contextmanager
def _send(provider: _Provider, world: World) -> Iterator[Work]:
    """Send it through the hub."""
    with server(provider) as url, readers(world, world.messages, ConsentChannel.SMS) as hub:
        newsletter = newsletter_over(hub, _route(provider, url), _WORDING)

        def work() -> int:
            recipients = sent(hub, newsletter)
            assert len(_taken(url)) == recipients
            return recipients

        yield work


@contextmanager
def _post(provider: _Provider, world: World) -> Iterator[Work]:
    """Send what the hub sent to one server to another that is just like it."""
    with server(provider) as url, readers(world, world.messages, ConsentChannel.SMS) as hub:
        sent(hub, newsletter_over(hub, _route(provider, url), _WORDING))
        posts = provider.posts(_taken(url))
    with (
        server(provider) as url,
        httpx.Client(base_url=url, auth=provider.login, timeout=120, trust_env=False) as http,
    ):

        def work() -> int:
            for path, body, kind in posts:
                http.post(path, content=body, headers={"Content-Type": kind}).raise_for_status()
            return len(_taken(url))

        yield work


@contextmanager
def server(provider: _Provider) -> Iterator[str]:
    """The base URL of an account that was just made."""
    command = [sys.executable, "-m", "hub.testing.platforms.sms", provider.name, "--key", _KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield running.stdout.readline().strip()
        finally:
            running.terminate()


def _taken(url: str) -> Sequence[Mapping[str, Any]]:
    """The messages that a server keeps."""
    found: Sequence[Mapping[str, Any]] = httpx.get(f"{url}/__messages", timeout=120, trust_env=False).json()
    return found


def _route(provider: _Provider, url: str) -> Route:
    return Route(
        "sms", {"provider": provider.name, "sender": provider.sender, "base_url": url, **provider.credentials}
    )
