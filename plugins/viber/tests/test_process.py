"""The loopback Viber as a process of its own, and how strict it is."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hub import NotAuthorised, TryAgain
from hub.testing.platforms.viber import ViberServer

from .conftest import ADA, TOKEN, Clock, MakeChannel, message


@pytest.fixture
def url() -> Iterator[str]:
    command = [sys.executable, "-m", "hub.testing.platforms.viber", "--token", TOKEN, "--follower", ADA]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
        running.terminate()


def test_it_serves_and_shows_its_state(url: str, make_channel: MakeChannel) -> None:
    channel = make_channel(base_url=url)
    root = url.removesuffix("/pa")
    httpx.post(f"{root}/__faults", json={"status": 503, "page": "<h1>Busy</h1>", "on": "send"}, timeout=5)
    with pytest.raises(TryAgain, match="503"):
        channel.send(message())
    channel.send(message())
    assert httpx.get(f"{root}/__state", timeout=5).json()["messages"] == [{"receiver": ADA, "text": "Text 1"}]
    assert httpx.post(f"{root}/__bot", json={"status": 9}, timeout=5).status_code == 204
    with pytest.raises(NotAuthorised, match="suspended"):
        channel.send(message())
    assert httpx.post(f"{root}/__bot", json={"token": "another"}, timeout=5).status_code == 400


def status(server: ViberServer, method: str, **body: Any) -> int:
    answer = httpx.post(
        f"{server.url}/{method}", json=body, headers={"X-Viber-Auth-Token": TOKEN}, timeout=5, trust_env=False
    )
    assert answer.status_code == 200
    found: int = answer.json()["status"]
    return found


GOOD = {"type": "text", "text": "Hello", "sender": {"name": "Theatre"}, "receiver": ADA}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, 0),
        ({"receiver": None}, 4),
        ({"sender": {}}, 4),
        ({"sender": {"name": "x" * 29}}, 3),
        ({"text": "x" * 7001}, 3),
        ({"text": ""}, 3),
        ({"tracking_data": "x" * 4001}, 3),
        ({"type": "picture"}, 3),
        ({"receiver": "unknownAAAAAAA="}, 6),
    ],
)
def test_it_is_strict(server: ViberServer, changed: dict[str, Any], expected: int) -> None:
    assert status(server, "send_message", **{**GOOD, **changed}) == expected


def test_it_is_strict_with_broadcasts(server: ViberServer, clock: Clock) -> None:
    body = {name: value for name, value in GOOD.items() if name != "receiver"}
    assert status(server, "broadcast_message", **body) == 4
    assert status(server, "broadcast_message", **body, broadcast_list=[f"{n}" for n in range(301)]) == 3
    assert status(server, "broadcast_message", **body, broadcast_list=[ADA]) == 0
    for _ in range(499):
        assert server.bot.may_begin_broadcast()
    assert status(server, "broadcast_message", **body, broadcast_list=[ADA]) == 12
    clock.now += timedelta(seconds=10)
    assert status(server, "broadcast_message", **body, broadcast_list=[ADA]) == 0


def test_webhooks_must_be_safe(server: ViberServer) -> None:
    assert status(server, "set_webhook", url="http://hub.example/viber") == 1
    assert status(server, "set_webhook", url="https://hub.example/viber") == 0
    assert status(server, "set_webhook", url="") == 0
    assert status(server, "send_message", **GOOD) == 10
