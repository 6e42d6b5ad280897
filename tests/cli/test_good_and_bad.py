"""What people really type, good and bad: each ends as an answer, or as a sentence with its exit code."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zodiac lion", "there is no criterion `zodiac`"),
        ('field "shoe size" number >= 40 roman', "roman"),
        ('orders >= "three"', "three"),
        ("orders >= 3.5.1", "3.5.1"),
        ("revenue between 500 and 100", "the range is reversed: write between 100 and 500"),
        ("last_purchase between 2024-12-31 and 2024-01-01", "reversed"),
        ("last_purchase on 2024-02-30", "2024-02-30"),
        ("orders >= 9999999999999999999999999999999", "number"),
        ("(" * 500 + "orders >= 1" + ")" * 500, "nested too deeply: 100 levels are the most"),
        ("orders >= 1 " + "and tickets >= 1 " * 1001, "1,000"),
        ('tag "unclosed', "quote"),
        ("", "the text is empty"),
    ],
)
def test_a_mistake_is_a_sentence_with_its_place(run: Run, home: Path, text: str, said: str) -> None:
    error = run("segment", "create", "Bad", text, "--json", code=1).error
    assert error["type"] == "DefinitionError"
    assert said in f"{error['message']} {error['hint']}"
    assert error["place"] is not None
    assert [one["name"] for one in run("segment", "list", "--json").data] == ["Buyers", "Regulars"]


def test_ten_thousand_tags_come_from_a_file(run: Run, home: Path, tmp_path: Path) -> None:
    tags = ", ".join(f'"tag {number}"' for number in range(9_999))
    (tmp_path / "tags.txt").write_text(f'tag any of ({tags}, "premiere")\n', encoding="utf-8")
    run("segment", "tag", "Buyers", "premiere")
    said = run("segment", "create", "Tagged", f"@{tmp_path / 'tags.txt'}")
    assert said.out == "Made the segment 'Tagged': 3 customers.\n"
    assert run("segment", "count", "-", stdin='tag "premiere" and orders >= 2').out == "1\n"
    (tmp_path / "tags.txt").write_text(f'tag any of ({tags}, "a", "b")', encoding="utf-8")
    assert "10,000" in run("segment", "edit", "Tagged", "--text", f"@{tmp_path / 'tags.txt'}", code=1).err
    assert "can't be read" in run("segment", "count", "@nowhere.txt", code=1).err
    (tmp_path / "latin.txt").write_bytes(b'city = "K\xf6ln"')
    assert "not written in UTF-8" in run("segment", "count", f"@{tmp_path / 'latin.txt'}", code=1).err


@pytest.mark.parametrize("name", ["Stammgäste", "Постоянные", "常連客", "زبائن", "🎭 fans", "@home", "a'b\"c"])
def test_a_name_may_be_of_any_script(run: Run, home: Path, name: str) -> None:
    run("segment", "create", name, "orders >= 1")
    said = f"@{name}" if name.startswith("@") else name  # one @ alone would name a file
    assert run("segment", "count", said).out == "3\n"
    assert name in [one["name"] for one in run("segment", "list", "--json").data]


def test_a_segment_of_a_plugin_that_is_gone_is_listed_and_can_be_mended(run: Run, home: Path) -> None:
    run("segment", "create", "Within", 'segment "Buyers" and orders >= 2')
    with sqlite3.connect(home / "hub.sqlite") as store:
        store.execute(
            "UPDATE segments SET definition = replace(definition, 'orders', 'zodiac') WHERE name = 'Buyers'"
        )
    store.close()
    problems = {one["name"]: one["problem"] for one in run("segment", "list", "--json").data}
    assert "there is no criterion `zodiac`" in problems["Buyers"]
    assert "zodiac" in problems["Within"]
    assert problems["Regulars"] == ""
    for verb in (("count", "Buyers"), ("members", "Within"), ("dashboard", "Buyers"), ("why", "Within", "1")):
        assert "zodiac" in run("segment", *verb, code=1).err
    assert [one["name"] for one in run("customer", "show", "1", "--json").data["segments"]] == [
        "Buyers",
        "Regulars",
        "Within",
    ]
    changed = run("segment", "edit", "Buyers", "--text", "orders >= 1", "--yes", "--json").data
    assert (changed["problem"], changed["change"]["size_before"], changed["size"]) == ("", 3, 3)
    assert run("segment", "count", "Within").out == "1\n"
