"""The plugin in docs/plugins.md is real: it is taken out of the page, loaded and run."""

import hashlib
import hmac
import json
import logging
import re
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

import hub
from hub import Calendar, Context, Message, Question
from hub.core.contracts import channel_abilities, hookspecs
from hub.core.contracts.relations import COLUMNS
from hub.core.http import client
from hub.core.registry import PluginState, Registry
from hub.core.segments.definition import CriterionNode
from hub.core.segments.language import Language
from hub.testing.criteria import relation_tables

PAGE = Path(__file__).parents[2] / "docs" / "plugins.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The example, written as a package."""
    folder = tmp_path_factory.mktemp("example")
    for name, text in re.findall(r"(?ms)^```\w+ (\S+)\n(.*?)^```$", PAGE.read_text()):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    for module in [name for name in sys.modules if name.split(".")[0] == "hub_playhouse"]:
        del sys.modules[module]


@pytest.fixture(scope="module")
def registry(folder: Path) -> Registry:
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return Registry.load(EntryPoint(name, value, "hub") for name, value in project["entry-points"]["hub"].items())


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with client(repeatable=False, sleep=lambda _: None) as http:
        yield Context(
            http,
            lambda: datetime.now(UTC),
            logging.getLogger(),
            ZoneInfo("Europe/Copenhagen"),
            "DKK",
            "DK",
            tmp_path,
        )


def test_the_example_is_loaded_and_implements_every_hook(registry: Registry) -> None:
    (report,) = registry.plugins()
    assert report.state is PluginState.LOADED, report.reason
    assert set(report.hooks) == {name for name in vars(hookspecs) if name.startswith("hub_")}


def test_every_hook_and_error_for_plugins_is_on_the_page() -> None:
    text = PAGE.read_text()
    hooks = {name for name in vars(hookspecs) if name.startswith("hub_")}
    errors = {"SettingsError", "NotAuthorised", "TryAgain", "Rejected", "FateUnknown", "InputError", "NotFound"}
    assert {name for name in hooks if f"| `{name}` |" not in text} == set()
    assert {name for name in errors if f"| `hub.{name}` |" not in text} == set()
    assert {name for name in re.findall(r"\bhub\.([A-Z]\w+)", text) if name not in hub.__all__} == set()


def test_every_part_of_the_context_is_on_the_page() -> None:
    assert {name for name in Context.__dataclass_fields__ if f"`{name}`" not in PAGE.read_text()} == set()


def test_the_source(registry: Registry, context: Context, tmp_path: Path) -> None:
    book = tmp_path / "guests.jsonl"
    lines = [
        {"id": "1", "email": "ada@example.com"},
        {"id": "2", "shoe_size": 41},
        {"id": "3", "first_name": "Grace"},
    ]
    book.write_text("".join(json.dumps(line) + "\n" for line in lines) + "not json\n")
    source = registry.make(registry.data_source("guest_book"), {"file": "guests.jsonl"}, context)
    (batch,) = source.read(None)
    assert batch.tables["customers"].column("id").to_pylist() == ["1", "3"]
    assert [row.line for row in batch.rejected] == [2, 4]
    assert batch.cursor == "4"
    with book.open("a") as file:
        file.write('{"id": "5"}\n')
    (batch,) = source.read(batch.cursor)
    assert batch.tables["customers"].column("id").to_pylist() == ["5"]
    assert list(source.read(batch.cursor)) == []
    missing = registry.make(registry.data_source("guest_book"), {"file": "nowhere"}, context)
    with pytest.raises(hub.SettingsError, match="correct 'file'"):
        missing.check()


def test_the_criterion(registry: Registry) -> None:
    metadata, relations = relation_tables()
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    bought = [
        (1, 1, "opera", 5), (1, 1, "opera", 3), (2, 1, "opera", 5), (2, 2, "dance", 5), (3, None, None, 50),
        (4, 2, "dance", 8),
    ]  # fmt: skip
    criterion = registry.criterion("group_booker")
    model = criterion.parameters_model
    any_category, opera = model(), model.model_validate({"category": "opera"})
    question = Question(relations, Calendar(date(2026, 3, 1), ZoneInfo("UTC")), 2)
    with engine.begin() as connection:
        for number in range(1, 6):
            connection.execute(metadata.tables["traits"].insert(), {"number": number})
        for row in bought:
            line = dict(zip(("customer", "event", "category", "quantity"), row, strict=True))
            connection.execute(metadata.tables["lines"].insert(), line)
        for parameters, expected in ((any_category, [1, 4]), (opera, [1])):
            matching = sa.select(relations.traits.c.number).where(criterion.expression(parameters, question))
            assert sorted(connection.scalars(matching)) == expected
        for parameters, spread in ((any_category, {3: 1, 5: 2, 8: 1}), (opera, {3: 1, 5: 2})):
            shape = criterion.distribution(parameters, question)
            assert shape is not None
            counting = sa.select(shape.value, sa.func.count(shape.owner.distinct())).where(*shape.conditions)
            assert dict(map(tuple, connection.execute(counting.group_by(shape.value)))) == spread
    engine.dispose()
    assert criterion.distribution_key(opera) == "opera"
    assert criterion.distribution_key(any_category) is criterion.distribution_key(
        model.model_validate({"tickets": 2})
    )
    assert criterion.describe(any_category) == "bought at least 8 tickets for one event"
    assert criterion.changes_with_time(any_category) is False


def test_the_criterion_is_said_as_the_page_says(registry: Registry) -> None:
    (said,) = re.findall(r"here `(group_booker .*)`\.", PAGE.read_text())
    node = Language([registry.criterion("group_booker")]).parse(said)
    assert isinstance(node, CriterionNode)
    assert node.parameters == {"category": "opera"}, "8 is the default"


def test_every_relation_and_column_is_on_the_page() -> None:
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \| [^|`]+ \| (`.+) \|$", PAGE.read_text()))
    told = {name: re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", text)) for name, text in rows.items()}
    assert told == {name: list(columns) for name, columns in COLUMNS.items()}


def test_every_suite_is_on_the_page() -> None:
    suites = re.findall(r"(?m)^\| `hub\.testing\.(\w+)\.(\w+Conformance)` \|", PAGE.read_text())
    assert len(suites) == len([name for name in vars(hookspecs) if name.startswith("hub_")])
    assert [name for module, name in suites if not hasattr(import_module(f"hub.testing.{module}"), name)] == []


def test_the_criterion_and_the_sink_pass_their_suites(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", str(folder / "tests")],
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"\b(2[5-9]|3\d) passed", done.stdout), done.stdout


@pytest.fixture
def gateway() -> Iterator[Any]:
    """Answers each request with the next status; 0 breaks the connection."""
    listening = socket.create_server(("127.0.0.1", 0))
    seen = SimpleNamespace(port=listening.getsockname()[1], statuses=[], requests=[])

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                seen.requests.append(_request(connection))
                status = seen.statuses.pop(0)
                body = b'{"reference": "r-1"}'
                head = f"HTTP/1.1 {status} X\r\nRetry-After: 9\r\nContent-Length: {len(body)}\r\n"
                if status:
                    connection.sendall(f"{head}Connection: close\r\n\r\n".encode() + body)

    thread = threading.Thread(target=serve)
    thread.start()
    yield seen
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def _request(connection: socket.socket) -> bytes:
    """A whole request: to close a connection with something unread would lose the answer too."""
    with connection.makefile("rb") as lines:
        head = b"".join(iter(lines.readline, b"\r\n"))
        length = re.search(rb"(?i)content-length: (\d+)", head)
        return head + lines.read(int(length[1]) if length else 0)


def test_the_channel(registry: Registry, context: Context, gateway: Any) -> None:
    settings = {"address": f"http://127.0.0.1:{gateway.port}", "key": "hunter2"}
    channel = registry.make(registry.message_channel("text_gateway"), settings, context)
    message = Message(id="m-1", to="+4520123456", text="Hello")
    gateway.statuses = [200, 200]
    channel.check()
    assert channel.send(message).reference == "r-1"
    assert b"Bearer hunter2" in gateway.requests[1]
    expected = [
        (401, hub.NotAuthorised),
        (429, hub.TryAgain),
        (422, hub.Rejected),
        (500, hub.FateUnknown),
        (0, hub.FateUnknown),
    ]
    for status, error in expected:
        gateway.statuses = [status]
        with pytest.raises(error) as caught:
            channel.send(message)
        assert "hunter2" not in str(caught.value)
    gateway.statuses = [410]
    with pytest.raises(hub.Rejected) as gone:
        channel.send(message)
    assert gone.value.refusal is hub.Refusal.ADDRESS
    with pytest.raises(hub.Rejected):
        channel.send(message.model_copy(update={"text": "x" * 161}))
    assert len(gateway.requests) == 3 + len(expected), "nothing was sent twice"
    gateway.statuses = [0]
    with pytest.raises(hub.TryAgain):
        channel.check()


def test_the_channel_that_listens(registry: Registry, context: Context) -> None:
    settings = {"address": "https://gateway.example.com", "key": "hunter2"}
    channel: Any = registry.make(registry.message_channel("listening_gateway"), settings, context)
    told = [
        {"kind": "delivered", "reference": "r-1", "at": 1_770_000_000},
        {"kind": "no_such_number", "reference": "r-2", "at": 1_770_000_000},
        {"kind": "answer", "from": "+4520123456", "text": " stop ", "at": 1_770_000_000},
        {"kind": "answer", "from": "+4520123456", "text": "Thanks", "at": 1_770_000_000},
        {"kind": "weather", "at": 1_770_000_000},
    ]
    body = json.dumps(told).encode()
    signature = hmac.new(b"hunter2", body, hashlib.sha256).hexdigest()
    url = "https://hub.example.com/hooks/1"
    answer = channel.receive(hub.WebhookRequest("POST", url, {"x-signature": signature}, body))
    kinds = [hub.FateReport, hub.FateReport, hub.StopRequest, hub.Heard]
    assert [type(event) for event in answer.events] == kinds
    assert answer.events[1].for_good
    for wrong in ("", "ä", signature[:-1]):
        with pytest.raises(hub.Rejected):
            channel.receive(hub.WebhookRequest("POST", url, {"x-signature": wrong}, body))
    assert channel.measure("Hello") == hub.TextMeasure("Unicode", 5, 1, 155)


def test_every_ability_of_a_channel_is_on_the_page() -> None:
    text = PAGE.read_text()
    abilities = [name for name in vars(channel_abilities) if name.endswith("Channel") and name in hub.__all__]
    assert len(abilities) == 6
    assert [name for name in abilities if f"| `hub.{name}` |" not in text] == []
