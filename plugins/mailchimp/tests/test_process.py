"""The loopback Mailchimp as a process of its own, as kill tests use it."""

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from hub_mailchimp import MailchimpSink

from hub import TryAgain
from hub.testing.platforms.mailchimp import MailchimpServer

from .conftest import KEY, MakeSink, people


@pytest.fixture
def process() -> Iterator[tuple[str, str]]:
    """The base URL and the list's id."""
    command = [sys.executable, "-m", "hub.testing.platforms.mailchimp", "--key", KEY, "--list", "Friends"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        list_id = running.stdout.readline().split("\t")[0]
        yield url, list_id
        running.terminate()


def test_it_serves_and_shows_its_state(process: tuple[str, str], make_sink: MakeSink) -> None:
    url, list_id = process
    root = url.removesuffix("/3.0")
    sink: MailchimpSink = make_sink(base_url=url, list_id=list_id)
    tag = sink.ensure_audience("Opera", None)
    httpx.post(f"{root}/__faults", json={"status": 500, "on": "segments", "skip": 0}, timeout=5)
    with pytest.raises(TryAgain):
        sink.add(tag, people(2))
    sink.add(tag, people(2))
    state = httpx.get(f"{root}/__state", timeout=5).json()
    members = state["lists"][list_id]["members"]
    assert {name: one["tags"] for name, one in members.items()} == {
        "person0@example.com": ["Opera"],
        "person1@example.com": ["Opera"],
    }
    assert state["requests"] > 3
    assert KEY not in httpx.get(f"{root}/__state", timeout=5).text


def test_a_closed_server_is_gone(make_sink: MakeSink) -> None:
    with MailchimpServer(KEY) as short_lived:
        sink = make_sink(base_url=short_lived.url, list_id=short_lived.add_list("Friends"))
        sink.check()
    with pytest.raises(TryAgain):
        sink.check()


def test_a_mistake_of_the_server_does_not_pass_for_a_fault(make_sink: MakeSink) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a mistake")

    faulty = MailchimpServer(KEY).__enter__()
    faulty.respond = broken  # type: ignore[method-assign,assignment]  # breaks it on purpose
    with pytest.raises(TryAgain):
        make_sink(base_url=faulty.url).check()
    with pytest.raises(KeyError, match="a mistake"):
        faulty.__exit__(None, None, None)
