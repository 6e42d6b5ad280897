"""docs/api.md names every operation, and its examples are run in their order and answered as it says."""

import json
import re
import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.api import problems
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.channels import Channels
from hub.core.messaging.guarded_channel import GuardedChannel
from hub.core.registry.reports import Kind
from hub.core.store.tables import Connection
from hub.testing.memory_channel import MemoryEmail, MemorySettings, Postbox

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
TEXT = PAGE.read_text()

CHANGING = {
    "evaluated_at", "created_at", "changed_at", "started_at", "ended_at", "day", "as_of", "revision",
    "next_cursor", "version", "components",
    "duration_seconds", "sent_at", "rotated_at", "revoked_at", "last_read_at", "at", "agent",
    "csv_address", "json_address", "published_at",
}  # fmt: skip
"""Fields whose values differ from day to day, or grow with the hub: only their kind is compared."""


class LetterChannels(Channels):
    """One connection, to a mail server in memory."""

    hub: Hub

    def channel_of(self, connection: Connection) -> ConsentChannel | None:
        return ConsentChannel.EMAIL

    def open(self, connection_id: int) -> GuardedChannel:
        channel = MemoryEmail(MemorySettings(), self.hub.context("memory", False), Postbox())
        return GuardedChannel(channel, "memory")


@pytest.fixture(scope="module")
def hub(open_theatre: Callable[..., Hub]) -> Hub:
    """A hub that customers can reach, and that can send email."""
    hub = open_theatre()
    hub.settings = hub.settings.model_copy(update={"public_url": "https://hub.example.com"})
    assert hub.organisation.id is not None
    mail = Connection(
        organisation_id=hub.organisation.id,
        name="mail",
        kind=Kind.MESSAGE_CHANNEL.value,
        component="memory_email",
        settings="{}",
        created_at=hub.clock(),
        changed_at=hub.clock(),
    )
    with hub.database.session(write=True) as session:
        session.add(mail)
    channels = LetterChannels(hub.database, hub.organisation, hub.registry, hub.connections.component)
    channels.hub = hub
    hub.__dict__["channels"] = channels
    return hub


def examples() -> Iterator[tuple[str, int | None, Any]]:
    """Each block of commands with the status and the answer it promises, if any."""
    blocks = r"(?ms)^```sh\n(.*?)^```\n(?:```json (\d+)\n(.*?)^```$)?"
    for commands, status, answer in re.findall(blocks, TEXT):
        if "curl" in commands:
            yield commands, int(status) if status else None, json.loads(answer) if status else None


def sent(client: httpx.Client, command: str, token: str) -> httpx.Response:
    """Send what a curl command would."""
    words = shlex.split(command.replace("\\\n", " ").replace("$HUB_URL", "/api/v1").replace("$HUB_TOKEN", token))
    assert words[:2] == ["curl", "-s"]
    method, path, body = "", "", None
    headers: dict[str, str] = {}
    rest = iter(words[2:])
    for word in rest:
        match word:
            case "-X":
                method = next(rest)
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            case "-d":
                body = next(rest)
            case _:
                assert word.startswith("/api/v1"), word
                path = word
    return client.request(method or ("GET" if body is None else "POST"), path, headers=headers, content=body)


def differences(promised: Any, found: Any, place: str, *, loosely: bool) -> Iterator[str]:
    """Where an answer is not what the page says."""
    if isinstance(promised, dict) and isinstance(found, dict):
        if promised.keys() != found.keys():
            yield f"{place}: fields {sorted(promised.keys() ^ found.keys())}"
        for name in promised.keys() & found.keys():
            loose = loosely or name in CHANGING
            yield from differences(promised[name], found[name], f"{place}.{name}", loosely=loose)
    elif isinstance(promised, list) and isinstance(found, list):
        if len(promised) != len(found) and not loosely:
            yield f"{place}: {len(found)} entries"
        for position, (one, other) in enumerate(zip(promised, found, strict=False)):
            yield from differences(one, other, f"{place}[{position}]", loosely=loosely)
    elif loosely:
        if None not in (promised, found) and type(promised) is not type(found):
            yield f"{place}: {found!r}"
    elif promised != found:
        yield f"{place}: {found!r}, not {promised!r}"


def test_the_examples_are_answered_as_the_page_says(stranger: httpx.Client, hub: Hub) -> None:
    token = hub.tokens.create("documentation", list(Scope))
    used = 0
    for commands, status, promised in examples():
        for command in re.findall(r"(?ms)^curl .*?(?<!\\)(?<!,)$", commands):
            answer = sent(stranger, command, token)
            used += 1
            if status is None:
                assert answer.is_success, command
        if status is not None:
            assert answer.status_code == status, (commands, answer.text)
            # What goes on in the background stands where it stands.
            wrong = [*differences(promised, answer.json(), "answer", loosely=status == 202)]
            assert wrong == [], commands
        _wait_for_runs(hub)
    assert used >= 55


def _wait_for_runs(hub: Hub) -> None:
    while any(run.status == "running" for sync in hub.syncs.all() for run in hub.syncs.history(sync)):
        time.sleep(0.01)
    while any(run.status == "running" for source in hub.sources.all() for run in hub.sources.history(source)):
        time.sleep(0.01)
    while any(one.status in ("scheduled", "sending") and one.send_at is None for one in hub.newsletters.all()):
        time.sleep(0.01)


def test_every_operation_is_on_the_page_with_its_scope(stranger: httpx.Client) -> None:
    sections = dict(re.findall(r"(?ms)^### `([A-Z]+ \S+)`\n(.*?)(?=^##|\Z)", TEXT))
    document = stranger.get("/api/v1/openapi.json").json()
    operations = {
        f"{method.upper()} {path.removeprefix('/api/v1')}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(sections) == set(operations)
    for name, operation in operations.items():
        scopes = [scope for one in operation.get("security", []) for scope in one["token"]]
        needed = re.findall(r"Needs\s`([a-z:]+)`", sections[name])
        assert needed == scopes, name
        assert scopes or "Needs no" in sections[name], name


def test_every_scope_and_every_problem_is_on_the_page() -> None:
    assert set(re.findall(r"(?m)^\| `(\w+:\w+)` \|", TEXT)) == {scope.value for scope in Scope}
    kinds = {(one.status, one.name) for one in vars(problems).values() if isinstance(one, problems.Kind)}
    told = {(int(status), name) for status, name in re.findall(r"(?m)^\| (\d{3}) \| `([a-z-]+)` \|", TEXT)}
    assert told == kinds
