"""docs/segments.md, tested against the hub: its story is run, its tables and limits are the program's own."""

import re
import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from hub import Calendar, DateTest
from hub.core.contracts.parameters import dates, texts
from hub.core.criteria import hub_criteria
from hub.core.segments.dashboard.distributions import MOST_CHOICES
from hub.core.segments.definition import DEEPEST, MOST_NODES
from hub.core.segments.language import Language
from hub.core.segments.references.graph import DEEPEST_THROUGH_SEGMENTS, MOST_IN_A_ROW
from hub.core.segments.references.naming import LONGEST_DESCRIPTION, LONGEST_NAME
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
            said = run(*shlex.split(command)[1:], code=1 if title == "fails" else 0)
            assert not shown or shown == (said.err if title == "fails" else said.out), command
            compared += bool(shown)
    assert compared >= 6


def test_every_cause_is_explained_and_nothing_else_is() -> None:
    (table,) = re.findall(r"(?s)\| cause \| meaning \|\n\|---\|---\|\n(.*?)\n\n", PAGE)
    assert re.findall(r"(?m)^\| `(\w+)` \|", table) == list(ResultCause)


@pytest.mark.parametrize(
    ("form", "row", "first", "last"),
    [
        ("within_days", "| `within 7 days` | 14 to 21 March,", 14, 21),
        ("exactly_days_ago", "| `exactly 7 days ago` | 14 March |", 14, 14),
        ("not_within_days", "| `not within 7 days`, `more than 7 days ago` | up to 13 March |", 1, 13),
        ("more_than_days_ago", "| `not within 7 days`, `more than 7 days ago` | up to 13 March |", 1, 13),
    ],
)
def test_relative_days_are_those_of_the_table(form: str, row: str, first: int, last: int) -> None:
    assert row in PAGE
    calendar = Calendar(date(2026, 3, 21), ZoneInfo("Europe/Berlin"))
    test = DateTest.model_validate({form: 7})
    march = {day: sa.literal(calendar.starts_at(date(2026, 3, day)), sa.BigInteger) for day in range(1, 32)}
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        asked = sa.select(*(test.matches(moment, calendar) for moment in march.values()))
        passes = connection.execute(asked).one()
    engine.dispose()
    assert [day for day, passed in zip(march, passes, strict=True) if passed] == list(range(first, last + 1))


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
