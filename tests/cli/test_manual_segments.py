"""``hub segment add`` and ``drop``: lists of customers of every kind, and a report of those who can't be found."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def guests(run: Run, home: Path) -> str:
    """The name of a manual segment without members."""
    run("segment", "create", "Guests of honour", "--manual")
    return "Guests of honour"


def test_members_are_added_by_any_id_and_the_unknown_reported(run: Run, guests: str, tmp_path: Path) -> None:
    (tmp_path / "friends.txt").write_text("\ufeffADA@example.com\n\nnobody@example.com\n", encoding="utf-8")
    words = (
        "--email",
        f"@{tmp_path / 'friends.txt'}",
        "--number",
        "2",
        "--number",
        "0",
        "--id",
        "3",
        "--id",
        "77",
    )
    report = run("segment", "add", guests, *words, "--json").data
    assert (report["changed"], report["unchanged"]) == (3, 0)
    assert [one["id"] for one in report["unknown"]] == ["nobody@example.com", "0", "77"]
    assert run("segment", "count", guests).out == "3\n"
    again = run("segment", "add", guests, "--number", "-", stdin="1\n4\n").out
    assert again == "Added to 'Guests of honour': 1; 1 were members already; 0 unknown\n"


def test_why_tells_who_was_added_by_hand(run: Run, guests: str) -> None:
    run("segment", "add", guests, "--number", "1")
    assert run("segment", "why", guests, "1").out.startswith("yes  was added by hand on ")
    assert run("segment", "why", f'segment "{guests}"', "2").out.endswith("\n  no   was not added by hand\n")


def test_members_are_taken_out(run: Run, guests: str) -> None:
    run("segment", "add", guests, "--number", "1", "--number", "2")
    assert run("segment", "drop", guests, "--id", "1", "--id", "4", "--json").data["changed"] == 1
    assert run("segment", "members", guests, "--json").data["members"][0]["number"] == 2
    history = run("segment", "history", guests, "--json").data
    assert [(one["cause"], one["entered"], one["left"]) for one in history] == [
        ("by_hand", 0, 1),
        ("first_evaluation", 2, 0),
    ]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--email"),
        (("--number", "99"), 1, ""),
        (("--id", "1", "--source", "shop"), 1, "shop"),
        (("--email", "@missing.txt"), 1, "'missing.txt' can't be read"),
    ],
)
def test_what_can_not_be_is_told(run: Run, guests: str, words: tuple[str, ...], code: int, said: str) -> None:
    assert said in run("segment", "add", guests, *words, code=code).err


def test_only_a_manual_segment_takes_members(run: Run, guests: str) -> None:
    assert "'Buyers'" in run("segment", "add", "Buyers", "--number", "1", code=1).err
    assert "is manual" in run("segment", "edit", guests, "--text", "everyone", "--yes", code=1).err
