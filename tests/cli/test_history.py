"""``hub segment evaluate``, ``history`` and ``changes``: who entered and left, when and why."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_history_tells_the_reasons_and_changes_the_customers(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("id,customer,ordered_at,total\nf,4,2024-07-01 10:00,10.00\n")
    run("import", "csv", tmp_path / "more.csv", "--kind", "orders")
    changed = run("segment", "evaluate", "--all", "--json").data
    assert changed["changes"] == [{"name": "Buyers", "cause": "facts_changed", "entered": 1, "left": 0}]
    assert run("segment", "evaluate", "--all").out == "Nothing changed.\n"
    newest, first = run("segment", "history", "Buyers", "--json").data
    assert (newest["size"], newest["entered"], newest["left"], newest["cause"]) == (4, 1, 0, "facts_changed")
    assert [(one["text"], one["entered_matching"]) for one in newest["reasons"]] == [("orders >= 1", 1)]
    assert run("segment", "history", "Buyers", "--before", newest["id"], "--json").data == [first]
    assert "facts changed: orders >= 1 now matches 1" in run("segment", "history", "Buyers").out
    who = run("segment", "changes", "Buyers", newest["id"], "--entered", "--json").data
    assert [(one["email"], one["reasons"]) for one in who["customers"]] == [
        ("dora@example.com", ["orders >= 1 now matches"])
    ]
    assert run("segment", "changes", "Buyers", newest["id"], "--left").out == "There are none.\n"


def test_changes_come_in_pages(run: Run, home: Path) -> None:
    (first,) = run("segment", "history", "Buyers", "--json").data
    words = ("segment", "changes", "Buyers", first["id"], "--entered")
    page = run(*words, "--limit", "2", "--json").data
    assert ([one["number"] for one in page["customers"]], page["next"]) == ([1, 2], 2)
    rest = run(*words, "--after", "2", "--json").data
    assert ([one["number"] for one in rest["customers"]], rest["next"]) == ([3], None)


def test_sizes_are_told_by_day(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("id,customer,ordered_at,total\nf,4,2024-07-01 10:00,10.00\n")
    run("import", "csv", tmp_path / "more.csv", "--kind", "orders")
    with sqlite3.connect(home / "hub.sqlite") as store:  # as if it had been made a week ago
        store.execute("UPDATE segment_results SET day = day - 7")
    store.close()
    run("segment", "evaluate", "Buyers")
    earlier, later = run("segment", "sizes", "Buyers", "--json").data
    assert [(one["size"], one["entered"]) for one in (earlier, later)] == [(3, 3), (4, 1)]
    assert run("segment", "sizes", "Buyers").out.splitlines() == [
        f"{earlier['day']}  3  {'#' * 30}",
        f"{later['day']}  4  {'#' * 40}",
    ]
    assert run("segment", "sizes", "Buyers", "--since", later["day"], "--json").data == [earlier, later]


def test_chosen_segments_are_evaluated(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("id,customer,ordered_at,total\nf,2,2024-07-01 10:00,10.00\n")
    run("import", "csv", tmp_path / "more.csv", "--kind", "orders")
    said = run("segment", "evaluate", "Buyers", "regulars").out.splitlines()[1:]
    assert [line.split() for line in said] == [["Regulars", "1", "0", "facts", "changed"]]


def test_a_segment_that_can_not_be_answered_keeps_no_other_back(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("id,customer,ordered_at,total\nf,2,2024-07-01 10:00,10.00\n")
    run("import", "csv", tmp_path / "more.csv", "--kind", "orders")
    with sqlite3.connect(home / "hub.sqlite") as store:
        store.execute("UPDATE segments SET definition = replace(definition, 'orders', 'zodiac') WHERE id = 2")
    store.close()
    told = run("segment", "evaluate", "--all", "--json").data
    assert [one["name"] for one in told["changes"]] == ["Regulars"]
    ((name, problem),) = [(one["name"], one["problem"]) for one in told["problems"]]
    assert (name, "zodiac" in problem) == ("Buyers", True)


def test_what_can_not_be_is_told(run: Run, home: Path) -> None:
    (result,) = run("segment", "history", "Regulars", "--json").data
    for words, code, said in (
        (("changes", "Buyers", result["id"], "--left"), 1, "has no result"),
        (("changes", "Buyers", "1"), 2, "--entered"),
        (("changes", "Buyers", "1", "--left", "--entered"), 2, "--entered"),
        (("changes", "Buyers", "99999999999999999999", "--left"), 2, "RESULT"),
        (("evaluate",), 2, "--all"),
        (("evaluate", "Buyers", "--all"), 2, "--all"),
    ):
        assert said in run("segment", *words, code=code).err
