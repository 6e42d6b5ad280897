"""docs/templates.md names what there is, and nothing else; its examples show what it says."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.core.messaging.templates import contents
from hub.core.messaging.templates.filters import OWN_FILTERS
from hub.core.messaging.templates.invented import full
from hub.core.messaging.templates.protocol import Limits
from hub.core.messaging.templates.sandbox import BORROWED_FILTERS
from hub.core.messaging.templates.vocabulary import VARIABLES

PAGE = (Path(__file__).parents[3] / "docs" / "templates.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The cells of the rows below a heading."""
    (rows,) = re.findall(rf"(?s){re.escape(heading)}\n\|[-|]+\|\n(.*?)\n\n", PAGE)
    return [re.split(r"(?<!\\)\|", row)[1:-1] for row in rows.splitlines()]


EXAMPLES = [
    (cells[0].strip().strip("`").replace("\\|", "|"), cells[1].strip().strip("`"))
    for cells in table("| template | shown |")
]


def test_every_variable_is_on_the_page_and_nothing_else() -> None:
    rows = [tuple(cell.strip() for cell in cells) for cells in table("| variable | what it is | may be missing |")]
    assert rows == [(f"`{one.path}`", one.help, "yes" if one.may_be_missing else "no") for one in VARIABLES]


def test_every_filter_is_on_the_page_and_nothing_else() -> None:
    named = [name for cells in table("| filter | what it does |") for name in re.findall(r"`(\w+)`", cells[0])]
    assert len(named) == len(set(named))
    assert set(named) == {*OWN_FILTERS, *BORROWED_FILTERS}


def test_every_limit_is_on_the_page() -> None:
    limits = Limits()
    told = [re.sub(r"\D", "", cells[1]) for cells in table("| what | at most |")]
    assert told == [
        str(number)
        for number in (
            contents.LONGEST_SUBJECT,
            limits.longest_subject,
            contents.LONGEST_TEXT,
            contents.LONGEST_HTML,
            limits.longest_result,
            int(limits.seconds),
            limits.memory // 1024**2,
        )
    ]
    assert f"{limits.wall_seconds:g} seconds" in PAGE


@pytest.mark.parametrize(("template", "shown"), EXAMPLES)
def test_every_example_shows_what_the_page_says(text: Callable[..., str], template: str, shown: str) -> None:
    somebody = full({}, "EUR")
    somebody["customer"]["fields"] = {"Seat": None}
    assert text(template, **somebody).strip() == shown


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 7
