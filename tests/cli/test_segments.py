"""``hub segment``: every verb, its text and its JSON, and what may go wrong."""

import csv
import io
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_count_prints_the_number_alone(run: Run, home: Path) -> None:
    assert run("segment", "count", "orders >= 2").out == "1\n"
    assert run("segment", "count", "everyone").err == ""


def test_count_takes_the_name_of_a_segment_first(run: Run, home: Path) -> None:
    assert run("segment", "count", "  rEGULARS ").out == "1\n"
    run("segment", "create", "nobody", "everyone")
    assert run("segment", "count", "nobody").out == "4\n"


def test_count_as_of_a_day(run: Run, home: Path) -> None:
    counts = [
        run("segment", "count", text, "--as-of", day, "--json").data
        for text, day in (("orders >= 1", "2024-01-02"), ("orders >= 1", "2024-01-03"), ("Buyers", "2024-02-17"))
    ]
    assert [(one["count"], one["as_of"]) for one in counts] == [
        (0, "2024-01-02"),
        (1, "2024-01-03"),
        (2, "2024-02-17"),
    ]
    assert counts[1]["criteria"] == [{"text": "orders >= 1", "count": 1}]
    assert run("segment", "count", "last_purchase exactly 10 days ago", "--as-of", "2024-07-01").out == "2\n"


def test_counting_the_past_leaves_no_trace_in_the_history(run: Run, home: Path) -> None:
    before = run("segment", "history", "Buyers", "--json").data
    run("segment", "count", "Buyers", "--as-of", "2024-01-03")
    assert run("segment", "history", "Buyers", "--json").data == before
    assert [(one["size"], one["entered"], one["left"]) for one in before] == [(3, 3, 0)]


@pytest.mark.parametrize("day", ["yesterday", "2024-02-30", "20240101", "2024-W01-1", "", "01.02.2024"])
def test_a_bad_day_is_wrong_usage(run: Run, home: Path, day: str) -> None:
    said = run("segment", "count", "everyone", "--as-of", day, code=2)
    assert "--as-of" in said.err
    assert "2024-01-31" in said.err
    assert run("segment", "count", "everyone", "--as-of", day, "--json", code=2).error["type"] == "UsageError"


def test_a_bad_text_is_shown_with_its_place(run: Run, home: Path) -> None:
    said = run("segment", "count", "orders >= 1 and\nticketz = 2", code=1).err.splitlines()
    assert said[:3] == ["Error: the segment's text can't be understood.", "ticketz = 2", "^^^^^^^"]
    assert said[3].startswith("line 2: there is no criterion `ticketz`")
    assert said[4] == "did you mean `tickets`?; nor is there a segment of that name"
    error = run("segment", "create", "Bad", "orders >=", "--json", code=1).error
    assert error["type"] == "DefinitionError"
    assert error["place"] == {"line": 1, "column": 10, "length": 1}
    assert "Bad" not in run("segment", "list").out


def test_a_new_segment_is_counted_and_described(run: Run, home: Path) -> None:
    said = run("segment", "create", "Größen", 'city in ("Berlin")', "--description", "The capital")
    assert said.out == "Made the segment 'Größen': 2 customers.\n"
    shown = run("segment", "show", "größen", "--json").data
    assert shown["sentence"].startswith("customers who ")
    assert "Berlin" in shown["sentence"]
    assert (shown["name"], shown["description"], shown["size"]) == ("Größen", "The capital", 2)
    assert (shown["text"], shown["synced_to"]) == ('city in ("Berlin")', [])
    assert "The capital" in run("segment", "show", "größen").out


def test_a_taken_name_is_told(run: Run, home: Path) -> None:
    assert "already; choose another name" in run("segment", "create", "BUYERS", "everyone", code=1).err


def test_list_shows_all_by_name(run: Run, home: Path) -> None:
    listed = run("segment", "list", "--json").data
    assert [(one["name"], one["size"], one["text"]) for one in listed] == [
        ("Buyers", 3, "orders >= 1"),
        ("Regulars", 1, "orders >= 2"),
    ]
    assert run("segment", "list").out.splitlines()[1].split()[:2] == ["Buyers", "3"]


def test_a_segment_whose_criterion_is_gone_is_listed_with_the_reason(run: Run, home: Path) -> None:
    with sqlite3.connect(home / "hub.sqlite") as store:
        store.execute(
            "UPDATE segments SET definition = replace(definition, 'orders', 'zodiac') WHERE name = 'Buyers'"
        )
    store.close()
    buyers, regulars = run("segment", "list", "--json").data
    assert "zodiac" in buyers["problem"]
    assert (buyers["text"], regulars["problem"]) == ("", "")
    assert "zodiac" in run("segment", "list").out
    assert "zodiac" in run("segment", "show", "Buyers", code=1).err


def test_members_are_paged_by_number(run: Run, home: Path) -> None:
    first = run("segment", "members", "Buyers", "--limit", "2", "--json").data
    assert [member["external_id"] for member in first["members"]] == ["1", "2"]
    assert (first["size"], first["next"]) == (3, str(first["members"][1]["number"]))
    last = run("segment", "members", "Buyers", "--limit", "2", "--after", first["next"], "--json").data
    assert ([member["external_id"] for member in last["members"]], last["next"]) == (["3"], None)
    whole = run("segment", "members", "Buyers", "--limit", "3", "--json").data
    assert whole["next"] is None
    ada = whole["members"][0]
    assert (ada["born_on"], ada["revenue"], ada["orders"], ada["phone"]) == (
        "1980-02-29",
        "186.50",
        3,
        "+4915100000001",
    )


def test_members_as_a_table(run: Run, home: Path) -> None:
    said = run("segment", "members", "Buyers", "--limit", "1")
    assert said.out.splitlines()[0].split()[:3] == ["number", "external_id", "email"]
    assert said.out.splitlines()[1].split()[:3] == ["1", "1", "ada@example.com"]
    assert said.err == "There are 3 in all; go on with --after 1\n"


def test_what_steers_a_terminal_is_not_let_through(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "evil.csv").write_text("id,first_name\n9,\x1b]0;owned\x07Eve\u202e\n", encoding="utf-8")
    run("import", "csv", tmp_path / "evil.csv", "--kind", "customers")
    run("segment", "create", "All", "everyone")
    said = run("segment", "members", "All").out
    assert "Eve" in said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)


def test_export_writes_all_members_harmlessly(run: Run, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    assert run("segment", "export", "Buyers", file).out == f"Wrote 3 members to {file}.\n"
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert [row["external_id"] for row in rows] == ["1", "2", "3"]
    ada, _, cleo = rows
    assert (ada["last_name"], ada["phone"], ada["born_on"]) == ("'=Albers", "'+4915100000001", "1980-02-29")
    assert (cleo["first_name"], cleo["last_name"], cleo["phone"]) == ("Cléo, C", "'@Conrad", "")
    assert [row["revenue"] for row in rows] == ["186.50", "168.00", "84.00"]
    assert [row["tickets"] for row in rows] == ["3", "1", "1"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob(".out.csv*")) == []


def test_export_to_standard_output_is_the_same(run: Run, home: Path, tmp_path: Path) -> None:
    run("segment", "export", "Buyers", tmp_path / "out.csv")
    assert run("segment", "export", "Buyers", "-").out == (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_an_empty_segment_is_exported_as_its_header(run: Run, home: Path) -> None:
    run("segment", "create", "None", "nobody")
    assert run("segment", "export", "None", "-").out.startswith("number,external_id,")
    assert run("segment", "members", "None").out == "There are none.\n"


def test_export_says_why_a_file_can_not_be_written(run: Run, home: Path, tmp_path: Path) -> None:
    assert "No such file or directory" in run("segment", "export", "Buyers", tmp_path / "no" / "x.csv", code=1).err


def test_remove_and_restore(run: Run, home: Path) -> None:
    run("segment", "remove", "Buyers")
    assert [one["name"] for one in run("segment", "list", "--json").data] == ["Regulars"]
    assert [one["name"] for one in run("segment", "list", "--removed", "--json").data] == ["Buyers"]
    assert "was removed; restore it" in run("segment", "count", "buyers", code=1).err
    assert "was removed; restore it" in run("segment", "show", "buyers", code=1).err
    run("segment", "restore", "buyers")
    assert run("segment", "count", "buyers").out == "3\n"
    assert "was not removed" in run("segment", "restore", "buyers", code=1).err


@pytest.mark.parametrize("verb", ["show", "members", "history", "remove", "restore"])
def test_an_unknown_segment_is_told(run: Run, home: Path, verb: str) -> None:
    assert "there is no segment 'Nope'" in run("segment", verb, "Nope", code=1).err
