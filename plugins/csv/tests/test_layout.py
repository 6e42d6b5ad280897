"""Delimiters, quotes, line ends, empty files: how a file is laid out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hub_csv import CsvSource, CsvSourceSettings
from hub_csv.table import connect
from pydantic import ValidationError

from hub import Context, InputError, SettingsError, TryAgain

Read = Callable[..., Any]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found_out(read: Read, delimiter: str, line_end: str) -> None:
    lines = ["id,city,email", "1,Köln,a@example.com", "2,Bonn,b@example.com"]
    result = read(line_end.join(lines).replace(",", delimiter))
    assert result.column("customers", "city") == ["Köln", "Bonn"]
    assert result.column("customers", "line") == [2, 3]
    assert result.rejected == []


def test_a_comma_in_semicolon_fields_is_no_delimiter(read: Read) -> None:
    result = read("id;city\n1;Köln, am Rhein\n2;Bonn, auch\n")
    assert result.column("customers", "city") == ["Köln, am Rhein", "Bonn, auch"]


def test_single_quotes_are_found_out(read: Read) -> None:
    result = read("'id','city'\n'1','A, B'\n'2','it''s'\n")
    assert result.column("customers", "city") == ["A, B", "it's"]


def test_quoted_fields_hold_anything(read: Read) -> None:
    body = 'id,city,street\n1,"Köln\nam Rhein","a ""b"" c"\n2,"x,y",""\n3,Ulm,"two\r\nlines"\n'
    result = read(body)
    assert result.column("customers", "city") == ["Köln\nam Rhein", "x,y", "Ulm"]
    assert result.column("customers", "street") == ['a "b" c', None, "two\r\nlines"]
    assert result.column("customers", "line") == [2, 4, 5]


def test_mixed_line_ends(read: Read) -> None:
    result = read("id,city\r\n1,Köln\n2,Bonn\r\n3,Ulm")
    assert result.column("customers", "city") == ["Köln", "Bonn", "Ulm"]
    assert result.rejected == []


def test_a_stray_carriage_return_is_part_of_its_field(read: Read) -> None:
    result = read("id,city\n1,Kö\rln\n2,Bonn\n")
    assert result.column("customers", "city") == ["Kö\rln", "Bonn"]


def test_a_header_over_two_lines_moves_the_line_numbers(read: Read) -> None:
    result = read('id,"the\ncity"\n1,Köln\n', mapping={"city": "the\ncity"})
    assert result.column("customers", "line") == [3]


def test_blank_lines_are_neither_rows_nor_mistakes(read: Read) -> None:
    result = read("\n\nid,city\n\n1,Köln\n\r\n\n2,Bonn\n\n\n")
    assert result.column("customers", "line") == [5, 8]
    assert result.rejected == []


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_single_column(read: Read, line_end: str) -> None:
    result = read(line_end.join(["id", "1", "", "2", ""]))
    assert result.column("customers", "id") == ["1", "2"]
    assert result.column("customers", "line") == [2, 4]


def test_white_space_around_cells_is_no_part_of_them(read: Read) -> None:
    result = read("id, city ,born_on,gender\n 1 , Köln ,1990-01-02 , female\n2,\t, 1990-01-03,\n")
    assert result.column("customers", "id") == ["1", "2"]
    assert result.column("customers", "city") == ["Köln", None]
    assert [day.day for day in result.column("customers", "born_on")] == [2, 3]
    assert result.column("customers", "gender") == ["female", None]


def test_a_header_alone_is_a_file_without_rows(read: Read) -> None:
    result = read("id,city\n")
    assert result.rows == {}
    assert result.rejected == []
    assert read("id,city", "customers").rows == {}


@pytest.mark.parametrize("body", [b"", b"\xef\xbb\xbf", b"\n\n \n", b"\xff\xfe"])
def test_an_empty_file_is_refused(read: Read, body: bytes) -> None:
    with pytest.raises(InputError, match="empty"):
        read(body)


def test_two_columns_of_one_name_are_refused(read: Read) -> None:
    with pytest.raises(InputError, match="two columns named 'city'"):
        read("id,city,city\n1,a,b\n")


def test_columns_without_a_name_are_ignored(read: Read) -> None:
    assert read("id,city,,\n1,Köln,,\n").column("customers", "city") == ["Köln"]


@pytest.mark.parametrize(("path", "words"), [("missing.csv", "no file"), (".", "is a folder")])
def test_what_is_no_file_is_refused(context: Context, path: str, words: str) -> None:
    source = CsvSource(CsvSourceSettings(path=path, kind="customers"), context)
    with pytest.raises(InputError, match=words):
        list(source.read(None))
    with pytest.raises(SettingsError, match=words):
        source.check()


def test_a_file_that_may_not_be_read_is_refused(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file.csv").write_text("id\n1\n")

    def refuse(*_args: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything, so modes would not do
    with pytest.raises(InputError, match="can't be read: Permission denied"):
        list(CsvSource(CsvSourceSettings(path="file.csv", kind="customers"), context).read(None))


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "elephants"},
        {"delimiter": ""},
        {"delimiter": "ab"},
        {"delimiter": '"'},
        {"quote": "x"},
        {"batch_rows": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CsvSourceSettings.model_validate({"path": "x", "kind": "customers", **settings})


def test_nothing_is_left_behind(
    source: Callable[..., CsvSource], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(work))
    reading = source("id,city\n" + "1,Köln\n" * 50, batch_rows=10, encoding="cp1252").read(None)
    next(reading)
    assert list(work.iterdir())
    reading.close()  # type: ignore[attr-defined]  # a generator, as the contract allows
    assert list(work.iterdir()) == []


def test_batches_are_as_small_as_asked(read: Read) -> None:
    result = read("id\n" + "".join(f"{n}\n" for n in range(5000)), batch_rows=1000)
    assert result.batches == 5
    assert result.column("customers", "id") == [str(n) for n in range(5000)]
    assert result.column("customers", "line") == list(range(2, 5002))


def test_what_was_detected_can_be_shown(source: Callable[..., CsvSource]) -> None:
    shown = source(
        "Nr;Wann;Betrag;Rest\n1;31.12.2024;1.234,50;x\n",
        "orders",
        mapping={"customer": "Nr", "ordered_at": "wann", "total": "Betrag"},
    ).detected()
    assert shown["delimiter"] == ";"
    assert shown["encoding"] == "utf-8"
    assert shown["mapping"] == "customer=Nr, ordered_at=Wann, total=Betrag"
    assert shown["unused"] == "Rest"
    assert shown["decimal"] == ","
    assert shown["dates"] == "Wann: 31.12.2024"
    assert shown["rows"] == "1"


def test_no_room_to_work_in_is_tried_again(
    source: Callable[..., CsvSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub_csv.table._MEMORY", "1MB")
    monkeypatch.setattr("hub_csv.source.connect", lambda folder: connect(folder / "nowhere" / "\0"))
    reading = source("id,city\n" + f"1,{'x' * 90}\n" * 50_000).read(None)
    with pytest.raises(TryAgain, match="no room"):
        list(reading)
