"""The loopback Facebook as a process of its own, as kill tests use it."""

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from hub import TryAgain
from hub.testing.platforms.facebook import FacebookServer

from .conftest import ACCOUNT, TOKEN, MakeSink, people


@pytest.fixture
def url() -> Iterator[str]:
    command = [sys.executable, "-m", "hub.testing.platforms.facebook", "--token", TOKEN, "--account", ACCOUNT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
        running.terminate()


def test_it_serves_and_shows_its_state(url: str, make_sink: MakeSink) -> None:
    sink = make_sink(base_url=url, app_secret=None)
    audience = sink.ensure_audience("Opera", None)
    httpx.post(f"{url}/__faults", json={"status": 502, "on": "users", "skip": 0}, timeout=5)
    with pytest.raises(TryAgain):
        sink.add(audience, people(2))
    sink.add(audience, people(2))
    answer = httpx.get(f"{url}/__state", timeout=5)
    assert len(answer.json()["audiences"][audience]["people"]) == 2
    assert TOKEN not in answer.text


def test_a_closed_server_is_gone(make_sink: MakeSink) -> None:
    with FacebookServer(TOKEN, ACCOUNT) as short_lived:
        sink = make_sink(base_url=short_lived.url)
        sink.check()
    with pytest.raises(TryAgain):
        sink.check()
