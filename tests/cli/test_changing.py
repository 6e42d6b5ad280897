"""Changing segments: what a change reaches is told first, and nothing happens unasked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_preview_tells_who_moves_and_changes_nothing(run: Run, home: Path) -> None:
    run("segment", "create", "Again", 'segment "Buyers" and orders >= 2')
    told = run("segment", "preview", "Buyers", "orders >= 2", "--json").data
    assert (told["size_before"], told["size_after"], told["entering"], told["leaving"]) == (3, 1, 0, 2)
    assert [(use["kind"], use["name"]) for use in told["uses"]] == [("segment", "Again")]
    assert run("segment", "count", "Buyers").out == "3\n"
    assert "Nothing uses it." in run("segment", "preview", "Regulars", "everyone").out


def test_an_edit_asks_before_members_change(run: Run, home: Path) -> None:
    declined = run("segment", "edit", "Buyers", "--text", "orders >= 2", code=1, stdin="n\n")
    assert "0 enter, 2 leave" in declined.err
    assert declined.err.endswith("Error: nothing was changed\n")
    unanswered = run("segment", "edit", "Buyers", "--text", "orders >= 2", "--json", code=1, stdin="")
    assert "--yes goes ahead without asking" in unanswered.err
    assert run("segment", "count", "Buyers").out == "3\n"
    assert run("segment", "edit", "Buyers", "--text", "orders >= 2", stdin="y\n").out.endswith(": 1 customers.\n")


def test_an_edit_that_changes_no_members_asks_nothing(run: Run, home: Path) -> None:
    run("segment", "create", "Again", 'segment "Buyers"')
    run("segment", "edit", "buyers", "--name", "Käufer 買い手", "--description", "All of them")
    shown = run("segment", "show", "KÄUFER 買い手", "--json").data
    assert (shown["description"], shown["size"]) == ("All of them", 3)
    assert run("segment", "show", "Again", "--json").data["text"] == 'segment "Käufer 買い手"'
    assert [use["name"] for use in run("segment", "uses", "Käufer 買い手", "--json").data] == ["Again"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["edit", "Buyers"], 2, "--description"),
        (["edit", "Buyers", "--text", 'segment "buyers"', "--yes"], 1, "refer to itself"),
        (["edit", "Buyers", "--text", "orders >=", "--yes"], 1, "can't be understood"),
        (["edit", "Buyers", "--name", "regulars"], 1, "choose another name"),
        (["edit", "Buyers", "--name", "a\nb"], 1, "one line of text"),
        (["preview", "Buyers", "zodiac lion"], 1, "there is no criterion `zodiac`"),
        (["delete", "Buyers", "--yes"], 1, "remove it before"),
        (["create", "X"], 2, "--manual"),
        (["create", "X", "everyone", "--manual"], 2, "--manual"),
        (["create", "X", "everyone", "--set", "days=3"], 2, "--set"),
        (["create", "X", "--recipe", "Souffle"], 1, "there is no recipe 'Souffle'"),
        (["create", "X", "--recipe", "lapsed", "--set", "days=long"], 1, "whole number"),
        (["create", "X", "--recipe", "lapsed", "--set", "weeks=3"], 1, "has no blank 'weeks'"),
    ],
)
def test_a_change_that_can_not_be_is_told(run: Run, home: Path, words: list[str], code: int, said: str) -> None:
    assert said in run("segment", *words, code=code).err


def test_a_segment_in_use_stays_and_one_that_was_removed_can_be_deleted(run: Run, home: Path) -> None:
    run("segment", "create", "Again", 'segment "Buyers"')
    assert "the segment 'Again'" in run("segment", "remove", "Buyers", code=1).err
    run("segment", "remove", "Again")
    assert run("segment", "delete", "Again", code=1, stdin="n\n").err.endswith("nothing was changed\n")
    assert run("segment", "delete", "Again", stdin="y\n").out.endswith("Deleted the segment 'Again'.\n")
    assert "there is no segment 'Again'" in run("segment", "restore", "Again", code=1).err
    run("segment", "remove", "Buyers")


def test_a_recipe_makes_a_segment(run: Run, home: Path) -> None:
    words = ("--recipe", "lapsed", "--set", "days=100", "--set", "orders=1")
    made = run("segment", "create", "Asleep", *words, "--json").data
    assert (made["text"], made["size"]) == ("orders >= 1 and last_purchase more than 100 days ago", 3)
    shown = run("recipe", "show", "LAPSED", "--set", "days=100", "--json").data
    assert (shown["text"], shown["size"]) == ("orders >= 2 and last_purchase more than 100 days ago", 1)
    assert "Lapsed" in [one["name"] for one in run("recipe", "list", "--json").data]
