"""docs/syncs.md, tested against the hub: its story is run, its tables are the program's own."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.core.schedules import Schedule
from hub.core.store.tables import RunStatus, SyncMode

Run = Callable[..., Any]
PAGE = (Path(__file__).parents[2] / "docs" / "syncs.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_the_story_runs_and_shows_what_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    compared = 0
    for kind, title, text in BLOCKS:
        if kind == "csv":
            Path(title).write_text(text, encoding="utf-8")
            continue
        for step in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, shown = step.partition("\n")
            if command.startswith("export "):
                monkeypatch.setenv(*command.removeprefix("export ").split("=", 1))
                continue
            said = run(*shlex.split(command)[1:], code=1 if title == "fails" else 0)
            assert not shown or shown == (said.err if title == "fails" else said.out), command
            compared += bool(shown)
    assert compared >= 9


def rows_of(heading: str) -> list[str]:
    """The first cell of each row of the table with that heading."""
    (table,) = re.findall(rf"(?s)\| {heading} \|[^\n]+\n\|---[^\n]+\n(.*?)\n\n", PAGE)
    return re.findall(r"(?m)^\| (.+?) \|", table)


def test_every_mode_and_status_is_explained_and_nothing_else_is() -> None:
    assert rows_of("mode") == [f"`{mode}`" for mode in SyncMode]
    assert rows_of("status") == [f"`{status}`" for status in RunStatus]


def test_what_stands_as_a_schedule_is_one() -> None:
    schedules = [text for row in rows_of("schedule") for text in re.findall(r"`([^`-]+)`", row)]
    assert len(schedules) == 5
    for text in schedules:
        assert Schedule.parse(text)
