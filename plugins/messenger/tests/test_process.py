"""The loopback Messenger as a process of its own, and how strict it is."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hub import NotAuthorised, TryAgain
from hub.testing.platforms.messenger import MessengerServer

from .conftest import ADA, PAGE, SECRET, TOKEN, MakeChannel, message


@pytest.fixture
def url() -> Iterator[str]:
    command = [sys.executable, "-m", "hub.testing.platforms.messenger", "--page", PAGE, "--token", TOKEN]
    command += ["--secret", SECRET, "--customer", ADA]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
        running.terminate()


def test_it_serves_and_shows_its_state(url: str, make_channel: MakeChannel) -> None:
    channel = make_channel(base_url=url)
    httpx.post(f"{url}/__faults", json={"status": 503, "page": "<h1>Busy</h1>", "on": "messages"}, timeout=5)
    with pytest.raises(TryAgain, match="503"):
        channel.send(message())
    channel.send(message())
    state = httpx.get(f"{url}/__state", timeout=5).json()
    assert state["messages"] == [{"receiver": ADA, "text": "Text 1", "tag": ""}]
    assert httpx.post(f"{url}/__page", json={"is_expired": True, "heard": ["5"]}, timeout=5).status_code == 204
    with pytest.raises(NotAuthorised, match="expired"):
        channel.send(message())
    assert httpx.post(f"{url}/__page", json={"token": "another"}, timeout=5).status_code == 400


GOOD = {"recipient": {"id": ADA}, "messaging_type": "RESPONSE", "message": {"text": "Hello"}}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"recipient": None}, 100),
        ({"recipient": {"id": "Ada"}}, 100),
        ({"message": {}}, 100),
        ({"message": {"text": "x" * 2001}}, 100),
        ({"messaging_type": "MARKETING"}, 100),
        ({"messaging_type": "MESSAGE_TAG"}, 100),
        ({"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}, 100),
        ({"tag": "HUMAN_AGENT"}, 100),
        ({"strange": 1}, 100),
        ({"appsecret_proof": "wrong"}, 100),
        ({"recipient": {"id": "7"}}, 100),
        ({}, 0),
    ],
)
def test_it_is_strict(server: MessengerServer, changed: dict[str, Any], expected: int) -> None:
    answer = httpx.post(
        f"{server.url}/v25.0/{PAGE}/messages",
        json={**GOOD, **changed},
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=5,
        trust_env=False,
    )
    assert answer.json().get("error", {"code": 0})["code"] == expected
    assert len(server.page.messages) == (0 if expected else 1)


def test_tokens_and_paths(server: MessengerServer) -> None:
    def code(method: str, path: str, token: str = TOKEN) -> int:
        answer = httpx.request(
            method,
            f"{server.url}{path}",
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=5,
            trust_env=False,
        )
        found: int = answer.json().get("error", {"code": 0})["code"]
        return found

    assert code("GET", "/v25.0/me") == 0
    assert code("GET", "/v25.0/me", token="") == 190
    assert code("GET", "/v25.0/me", token="another") == 190
    assert code("GET", "/v25.0/999") == 100
    assert code("GET", f"/v25.0/{PAGE}/messages") == 100
    assert code("GET", "/me") == 2500
