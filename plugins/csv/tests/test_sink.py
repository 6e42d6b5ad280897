"""What the sink's files look like, and that they are always whole."""

import csv
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hub_csv import CsvSink, CsvSinkSettings
from hub_csv.file_names import is_file_name, safe_stem
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub import Context, IdentifierKind, Member, NotFound, Removal, SettingsError


def _member(number: int, **traits: str | int | None) -> Member:
    return Member(number, {IdentifierKind.CUSTOMER: str(number)}, traits)


def _rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.fixture
def sink(context: Context) -> CsvSink:
    return CsvSink(CsvSinkSettings(folder="out"), context)


def test_a_row_holds_what_is_known(sink: CsvSink) -> None:
    audience = sink.ensure_audience("Opera", None)
    sink.add(
        audience, [_member(7, email="a@example.com", city='Kö"ln,\nRhein', orders=3, revenue=123405, phone=None)]
    )
    (row,) = _rows(sink.folder / audience)
    assert list(row) == ["customer", *CsvSink.traits]
    assert (row["customer"], row["email"], row["city"]) == ("7", "a@example.com", 'Kö"ln,\nRhein')
    assert (row["orders"], row["revenue"], row["phone"]) == ("3", "1234.05", "")


def test_columns_and_delimiter_are_chosen(context: Context) -> None:
    sink = CsvSink(CsvSinkSettings(delimiter=";", columns=("city", "email")), context)
    audience = sink.ensure_audience("Opera", None)
    sink.add(audience, [_member(7, email="a@example.com", city="Köln")])
    assert (context.folder / "audiences" / audience).read_text(
        "utf-8"
    ) == "customer;city;email\n7;Köln;a@example.com\n"


@pytest.mark.parametrize(
    "wrong", [{"columns": ["nickname"]}, {"columns": ["city", "city"]}, {"delimiter": "ab"}, {"delimiter": "1"}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CsvSinkSettings.model_validate(wrong)


def test_an_update_replaces_the_row(sink: CsvSink) -> None:
    audience = sink.ensure_audience("Opera", None)
    sink.add(audience, [_member(1, city="Köln"), _member(2, city="Bonn")])
    sink.add(audience, [_member(1, city="Ulm")])
    assert [(row["customer"], row["city"]) for row in _rows(sink.folder / audience)] == [
        ("1", "Ulm"),
        ("2", "Bonn"),
    ]


def test_other_columns_have_all_members_sent_again(context: Context) -> None:
    before, after = (
        CsvSink(CsvSinkSettings(columns=columns), context) for columns in (("city",), ("city", "email"))
    )
    assert before.form != after.form


def test_replacing_writes_the_file_once(sink: CsvSink, monkeypatch: pytest.MonkeyPatch) -> None:
    audience = sink.ensure_audience("Opera", None)
    sink.add(audience, [_member(1, city="Köln")])
    written: list[int] = []
    monkeypatch.setattr(os, "fsync", written.append)
    assert list(sink.replace(audience, ([_member(one, city="Ulm")] for one in range(2, 30)), 28)) == []
    assert [row["customer"] for row in _rows(sink.folder / audience)] == [str(one) for one in range(2, 30)]
    assert len(written) == 2  # the file and its folder


def test_other_columns_later_keep_the_members(context: Context) -> None:
    before = CsvSink(CsvSinkSettings(columns=("city", "email")), context)
    audience = before.ensure_audience("Opera", None)
    before.add(audience, [_member(1, city="Köln", email="a@example.com")])
    after = CsvSink(CsvSinkSettings(columns=("email", "phone")), context)
    after.add(audience, [_member(2, email="b@example.com")])
    rows = _rows(after.folder / audience)
    assert [list(row.values()) for row in rows] == [["1", "a@example.com", ""], ["2", "b@example.com", ""]]


@pytest.mark.parametrize("text", ["=1+1", "+4915112345678", "-1", "@cmd", "\tx", "\rx"])
def test_formulas_are_made_harmless_once(sink: CsvSink, text: str) -> None:
    audience = sink.ensure_audience("Opera", None)
    sink.add(audience, [_member(1, first_name=text, phone=text)])
    for number in (2, 3):
        sink.add(audience, [_member(number)])
    row = _rows(sink.folder / audience)[0]
    assert (row["first_name"], row["phone"]) == (f"'{text}", f"'{text}")


def test_two_audiences_of_one_name_have_their_own_files(sink: CsvSink) -> None:
    assert sink.ensure_audience("Opera", None) == "Opera.csv"
    assert sink.ensure_audience("Opera", None) == "Opera-2.csv"
    assert sink.ensure_audience("a/b", None) == "a_b.csv"
    assert sink.ensure_audience("a:b", None) == "a_b-2.csv"


def test_a_file_that_is_already_there_is_left_alone(sink: CsvSink) -> None:
    sink.folder.mkdir()
    (sink.folder / "Opera.csv").write_text("mine")
    assert sink.ensure_audience("Opera", None) == "Opera-2.csv"
    assert (sink.folder / "Opera.csv").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Друзья оперы", "Друзья оперы"),
        ("オペラの友", "オペラの友"),
        ("हिन्दी", "हिन्दी"),
        ("../../etc/passwd", "______etc_passwd"),
        ("..", "audience"),
        ("///", "audience"),
        ("CON", "CON_"),
        (" a\0b\n ", "a_b_"),
        ("x" * 500, "x" * 180),
    ],
)
def test_names_in_any_script_become_safe(name: str, expected: str) -> None:
    assert safe_stem(name) == expected


@given(st.text(max_size=300))
def test_any_name_makes_a_file_name(name: str) -> None:
    stem = safe_stem(name)
    assert is_file_name(f"{stem}.csv")
    assert Path(stem).name == stem
    assert len(f"{stem}-1000000.csv".encode()) <= 255


@pytest.mark.parametrize("audience", ["../x.csv", "/etc/passwd", "a/b.csv", "x", ".csv", ""])
def test_an_id_is_never_a_path(sink: CsvSink, audience: str) -> None:
    for call in (
        lambda: sink.ensure_audience("x", audience),
        lambda: sink.add(audience, [_member(1)]),
        lambda: sink.remove(audience, [Removal(1, "1")]),
    ):
        with pytest.raises(NotFound):
            call()


def test_a_removed_file_is_reported(sink: CsvSink) -> None:
    audience = sink.ensure_audience("Opera", None)
    (sink.folder / audience).unlink()
    for call in (
        lambda: sink.ensure_audience("Opera", audience),
        lambda: sink.add(audience, [_member(1)]),
        lambda: sink.remove(audience, [Removal(1, "1")]),
    ):
        with pytest.raises(NotFound, match="was removed"):
            call()


@pytest.mark.parametrize("body", [b"", b"name\nx\n", b"customer,email\n\xff,\n", b'customer\n"' + b"x" * 200_000])
def test_a_file_that_someone_else_changed_is_reported(sink: CsvSink, body: bytes) -> None:
    audience = sink.ensure_audience("Opera", None)
    (sink.folder / audience).write_bytes(body)
    with pytest.raises(SettingsError, match="remove it"):
        sink.add(audience, [_member(1)])


def test_a_folder_that_can_not_be_is_refused(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    sink = CsvSink(CsvSinkSettings(folder="file/below"), context)
    with pytest.raises(SettingsError, match="is a file"):
        sink.check()
    with pytest.raises(SettingsError, match="choose another folder"):
        sink.ensure_audience("x", None)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    with pytest.raises(SettingsError, match="may not be written"):
        CsvSink(CsvSinkSettings(folder="new"), context).check()
    assert not (tmp_path / "new").exists()


def test_currencies_without_decimals(context: Context) -> None:
    sink = CsvSink(CsvSinkSettings(columns=("revenue",)), replace(context, currency="JPY"))
    audience = sink.ensure_audience("x", None)
    sink.add(audience, [_member(1, revenue=1200), _member(2, revenue=None), _member(3, revenue=0)])
    assert [row["revenue"] for row in _rows(sink.folder / audience)] == ["1200", "", "0"]


_WRITER = """
import logging, sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo
import httpx
from hub import Context, IdentifierKind, Member
from hub_csv import CsvSink, CsvSinkSettings
context = Context(
    httpx.Client(), lambda: datetime.now(UTC), logging.getLogger(), ZoneInfo("UTC"), "EUR", "DE", Path(sys.argv[1])
)
sink = CsvSink(CsvSinkSettings(folder="out"), context)
print("ready", flush=True)
round = 0
while True:
    round += 1
    members = [Member(n, {IdentifierKind.CUSTOMER: str(n)}, {"city": str(round)}) for n in range(2000)]
    sink.add(sys.argv[2], members)
    print(round, flush=True)
"""


def test_killed_at_any_moment_the_file_is_whole(sink: CsvSink, tmp_path: Path) -> None:
    audience = sink.ensure_audience("Opera", None)
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path), audience], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        for _ in range(4):
            assert writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        rows = _rows(sink.folder / audience)
        assert len(rows) == 2000
        assert len({row["city"] for row in rows}) == 1
    sink.add(audience, [_member(1, city="after")])
    assert _rows(sink.folder / audience)[1]["city"] == "after"
