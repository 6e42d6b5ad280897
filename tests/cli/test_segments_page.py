"""docs/segments.md, tested against the hub: its story is run, its tables and limits are the program's own."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.core.contracts.parameters import dates, texts
from hub.core.criteria import hub_criteria
from hub.core.segments.definition import DEEPEST, MOST_NODES
from hub.core.segments.distributions import MOST_CHOICES
from hub.core.segments.graph import DEEPEST_THROUGH_SEGMENTS, MOST_IN_A_ROW
from hub.core.segments.language import Language
from hub.core.segments.naming import LONGEST_DESCRIPTION, LONGEST_NAME
from hub.core.store.tables import ResultCause

Run = Callable[..., Any]
PAGE = (Path(__file__).parents[2] / "docs" / "segments.md").read_text(encoding="utf-8")
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
            said = run(*shlex.split(command)[1:])
            assert not shown or said.out == shown, command
            compared += bool(shown)
    assert compared >= 4


def test_every_cause_is_explained_and_nothing_else_is() -> None:
    (table,) = re.findall(r"(?s)\| cause \| meaning \|\n\|---\|---\|\n(.*?)\n\n", PAGE)
    assert re.findall(r"(?m)^\| `(\w+)` \|", table) == list(ResultCause)


def test_the_limits_are_those_of_the_program() -> None:
    limits = dict(re.findall(r"(?m)^\| ([^|]+) \| ([^|]+) \|$", PAGE.partition("## Limits")[2]))
    assert limits.pop("what") == "at most"
    found = {what: [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", limits[what])]
             for what in limits}  # fmt: skip
    assert list(found.values()) == [
        [DEEPEST, DEEPEST_THROUGH_SEGMENTS],
        [MOST_NODES],
        [texts.MOST, texts.LONGEST],
        [MOST_IN_A_ROW],
        [dates.LONGEST],
        [LONGEST_NAME, LONGEST_DESCRIPTION, 200],
    ]
    assert f"At most {MOST_IN_A_ROW} segments" in PAGE
    assert f"up to {MOST_CHOICES} values" in PAGE


def test_what_stands_as_a_definition_is_one() -> None:
    language = Language([criterion() for criterion in hub_criteria()])
    definitions = re.findall(r"`((?:orders|revenue|bought|segment) [^`…]+)`", PAGE)
    assert len(set(definitions)) >= 6
    for text in definitions:
        assert language.parse(text), text
