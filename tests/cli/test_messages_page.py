"""docs/messages.md, tested against the hub: its story is run, its tables are the program's own."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from hub.cli.app import app
from hub.core.messaging.newsletters.recipients import LeftOut
from hub.core.store.tables import NewsletterStatus
from hub.testing.platforms.sms import GatewayApiServer
from tests.letterbox import Letterbox

Run = Callable[..., Any]
PAGE = (Path(__file__).parents[2] / "docs" / "messages.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def elsewhere() -> Iterator[dict[str, str]]:
    """What the page names that is not on this machine, with what stands in for it."""
    with Letterbox() as letterbox, GatewayApiServer("invented") as account:
        yield {
            "host=localhost": "host=127.0.0.1",
            "port=2525": f"port={letterbox.port}",
            "api_key=invented": f"api_key=invented --set base_url={account.url}",
        }


def test_the_story_runs_and_shows_what_is_written(
    run: Run, elsewhere: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    compared = 0
    for kind, title, text in BLOCKS:
        if kind == "csv":
            Path(title).write_text(text, encoding="utf-8")
        if kind == "toml":
            settings = Path(title)
            settings.write_text(settings.read_text(encoding="utf-8") + text, encoding="utf-8")
        if kind != "console":
            continue
        for step in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, shown = step.partition("\n")
            if command.startswith("export "):
                monkeypatch.setenv(*command.removeprefix("export ").split("=", 1))
                continue
            for there, here in elsewhere.items():
                command = command.replace(there, here)
            said = run(*shlex.split(command)[1:], code=1 if title == "fails" else 0)
            told = said.err if title == "fails" else said.out
            pattern = ".*".join(re.escape(part) for part in shown.strip().split("…"))
            assert re.fullmatch(pattern, told.strip(), re.DOTALL) or not shown, (command, told)
            compared += bool(shown)
    assert compared >= 12


def rows_of(heading: str) -> list[str]:
    """The first cell of each row of the table with that heading."""
    (table,) = re.findall(rf"(?s)\| {heading} \|[^\n]+\n\|---[^\n]+\n(.*?)\n\n", PAGE)
    return re.findall(r"(?m)^\| (.+?) \|", table)


def test_every_status_and_reason_is_explained_and_nothing_else_is() -> None:
    assert rows_of("status") == [f"`{status}`" for status in NewsletterStatus]
    assert rows_of("reason") == [f"`{reason}`" for reason in LeftOut]


def test_every_command_about_messages_is_named() -> None:
    nouns: Any = get_command(app)
    for noun in ("newsletter", "message"):
        for name in nouns.commands[noun].commands:
            assert f"hub {noun} {name}" in PAGE or name in ("list", "remove", "rules"), (noun, name)


def test_what_stands_as_an_operation_is_one(tmp_path: Path) -> None:
    from hub.api.application import make_application
    from hub.core.app import make_home, open_hub
    from hub.core.store.tables import Organisation

    make_home(
        tmp_path / "home", Organisation(name="Theater am Ufer", time_zone="UTC", currency="EUR", country="DE")
    )
    hub = open_hub(tmp_path / "home")
    paths = make_application(hub).openapi()["paths"]
    hub.close()
    named = {
        (method, path)
        for row in rows_of("operation")
        for said in re.findall(r"`([^`]*)`", row.replace("`GET`, `PATCH`, `DELETE /", "`GET,PATCH,DELETE /"))
        for methods, path in [said.split(" ")]
        for method in methods.lower().split(",")
    }
    there = {
        (method, path.removeprefix("/api/v1"))
        for path, methods in paths.items()
        for method, operation in methods.items()
        if operation["tags"][0] in ("newsletters", "messages")
    }
    assert named == there
