"""The Mailchimp sink against its server in another process, beside bare httpx sending the same requests."""

import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import httpx
from hub_mailchimp import MailchimpSettings, MailchimpSink

from bench.comparison import Comparison, Work
from bench.world import World, clock
from hub import Context, IdentifierKind, Member
from hub.core.http import client

_KEY = "0123456789abcdef-us3"
_TAG = "Opera"


def comparisons() -> Sequence[Comparison]:
    """Sending members to a list's tag."""
    return [
        Comparison(
            "mailchimp.add",
            send,
            repeat_requests,
            "members sent to a Mailchimp tag",
            "bare httpx sending the same requests",
            needs_home=False,
        )
    ]


@contextmanager
def send(world: World) -> Iterator[Work]:
    """Send members through the sink."""
    with _server() as (url, list_id), client(repeatable=True) as http:
        yield lambda: _send(world, http, url, list_id)


@contextmanager
def repeat_requests(world: World) -> Iterator[Work]:
    """Send what the sink sent to one server to another that is just like it."""
    recorded: list[_Sent] = []

    def record(request: httpx.Request) -> None:
        path = request.url.raw_path.decode().removeprefix("/3.0")
        recorded.append(_Sent(request.method, path, request.read(), request.headers))

    with _server() as (url, list_id), client(repeatable=True) as http:
        http.event_hooks = {"request": [record]}
        _send(world, http, url, list_id)
    with _server() as (url, _), httpx.Client(timeout=120, trust_env=False) as bare:

        def work() -> int:
            for one in recorded:
                headers = {
                    name: one.headers[name] for name in ("authorization", "content-type") if name in one.headers
                }
                bare.request(one.method, url + one.path, content=one.body, headers=headers).raise_for_status()
            return _held(url)

        yield work


@dataclass(frozen=True)
class _Sent:
    method: str
    path: str
    body: bytes
    headers: httpx.Headers


def _send(world: World, http: httpx.Client, url: str, list_id: str) -> int:
    """Make the tag and send everyone; return how many the server holds then."""
    settings = MailchimpSettings.model_validate({"api_key": _KEY, "list_id": list_id, "base_url": url})
    log = logging.getLogger("bench.mailchimp")
    sink = MailchimpSink(settings, Context(http, clock, log, ZoneInfo("Europe/Berlin"), "EUR", "DE", world.folder))
    audience = sink.ensure_audience(_TAG, None)
    for start in range(0, world.members, sink.largest_batch):
        numbers = range(start, min(start + sink.largest_batch, world.members))
        assert not sink.add(audience, [_member(number) for number in numbers])
    return _held(url)


def _member(number: int) -> Member:
    identifiers = {IdentifierKind.EMAIL: f"person{number}@example.com"}
    return Member(number, identifiers, {"first_name": "Ada", "last_name": "Byron", "language": "de"})


def _held(url: str) -> int:
    """How many contacts all lists of a server hold."""
    state = httpx.get(url.removesuffix("/3.0") + "/__state", timeout=60, trust_env=False).json()
    return sum(len(one["members"]) for one in state["lists"].values())


@contextmanager
def _server() -> Iterator[tuple[str, str]]:
    """The base URL and the list's id of an account that was just made."""
    command = [sys.executable, "-m", "hub.testing.platforms.mailchimp", "--key", _KEY, "--list", "Friends"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        try:
            yield url, running.stdout.readline().split("\t")[0]
        finally:
            running.terminate()
