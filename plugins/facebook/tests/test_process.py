"""The loopback Facebook as a process of its own, as kill tests use it."""

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from hub_facebook.normalising import hashed

from hub import NotAuthorised, NotFound, TryAgain
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
    httpx.post(f"{url}/__faults", json={"status": 503, "page": "<h1>Busy</h1>", "on": "users"}, timeout=5)
    with pytest.raises(TryAgain, match="503"):
        sink.add(audience, people(2))
    sink.add(audience, people(2))
    answer = httpx.get(f"{url}/__state", timeout=5)
    assert len(answer.json()["audiences"][audience]["people"]) == 2
    assert TOKEN not in answer.text


def test_it_changes_its_ways_on_demand(url: str, make_sink: MakeSink) -> None:
    sink = make_sink(base_url=url, app_secret=None)
    audience = sink.ensure_audience("Opera", None)

    def change(**values: object) -> int:
        return httpx.post(f"{url}/__account", json=values, timeout=5).status_code

    assert change(refused=[hashed("person1@example.com")]) == 204
    assert [one.number for one in sink.add(audience, people(3))] == [1]
    assert change(is_expired=True) == 204
    with pytest.raises(NotAuthorised):
        sink.add(audience, people(1))
    assert change(is_expired=False, deleted=audience) == 204
    with pytest.raises(NotFound):
        sink.add(audience, people(1))
    assert change(text="another") == 400


def test_a_closed_server_is_gone(make_sink: MakeSink) -> None:
    with FacebookServer(TOKEN, ACCOUNT) as short_lived:
        sink = make_sink(base_url=short_lived.url)
        sink.check()
    with pytest.raises(TryAgain):
        sink.check()
