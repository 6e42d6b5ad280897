"""A workbook of members: what its cells are, read from the file's own markup."""

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pytest
from hypothesis import given, settings

from hub.core.exports.workbook import Look, as_workbook
from hub.core.segments.people.members import MEMBER_COLUMNS
from tests.exports.invented import TEXTS, maybe

BERLIN = Look("EUR", "Europe/Berlin")
_SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def member(number: int, **more: Any) -> dict[str, Any]:
    row = dict.fromkeys(("number", *MEMBER_COLUMNS, "orders", "tickets", "revenue"))
    return (
        row | {"number": number, "external_id": f"C-{number}", "orders": 1, "tickets": 2, "revenue": 1250} | more
    )


def table(*rows: dict[str, Any]) -> pa.Table:
    whole = ("number", "born_on", "registered_at", "orders", "tickets", "revenue")
    names = ("number", *MEMBER_COLUMNS, "orders", "tickets", "revenue")
    schema = pa.schema([(name, pa.int64() if name in whole else pa.string()) for name in names])
    return pa.Table.from_pylist(list(rows), schema=schema)


def sheets(written: bytes) -> list[list[dict[str, tuple[str, str, str]]]]:
    """The rows of each sheet, a cell's kind, text and style by its column; none has a formula or a link."""
    found = []
    with zipfile.ZipFile(io.BytesIO(written)) as book:
        assert book.testzip() is None
        names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        for name in names:
            sheet = ElementTree.fromstring(book.read(name))
            assert not list(sheet.iter(f"{_SHEETS}f")) + list(sheet.iter(f"{_SHEETS}hyperlink"))
            assert sheet.find(f"{_SHEETS}autoFilter") is not None
            pane = next(sheet.iter(f"{_SHEETS}pane"))
            assert pane.get("state") == "frozen"
            found.append([_cells(row) for row in sheet.iter(f"{_SHEETS}row")])
    return found


def _cells(row: ElementTree.Element) -> dict[str, tuple[str, str, str]]:
    return {
        (cell.get("r") or "").rstrip("0123456789"): (
            cell.get("t", "n"), "".join(cell.itertext()), cell.get("s", "0"),
        )
        for cell in row
    }  # fmt: skip


def written(*pieces: pa.Table, look: Look = BERLIN) -> list[list[dict[str, tuple[str, str, str]]]]:
    return sheets(b"".join(as_workbook(pieces, look)))


def named(rows: list[dict[str, tuple[str, str, str]]]) -> list[dict[str, tuple[str, str, str]]]:
    """Rows with columns by their headings."""
    headings = {column: text for column, (_, text, _) in rows[0].items()}
    return [{headings[column]: cell for column, cell in row.items()} for row in rows[1:]]


def test_texts_are_texts_and_numbers_days_moments_and_amounts_are_such() -> None:
    (rows,) = written(
        table(member(1, first_name="=1+1", postcode="01067", phone="+49", city="https://example.com"),
              member(2, born_on=20_000, registered_at=1_709_287_200, revenue=None)),
    )  # fmt: skip
    one, two = named(rows)
    assert list(named(rows)[0])[:2] == ["number", "external_id"]
    assert one["first_name"][:2] == ("inlineStr", "=1+1")
    assert one["postcode"][:2] == ("inlineStr", "01067")
    assert one["phone"][:2] == ("inlineStr", "+49")
    assert one["city"][:2] == ("inlineStr", "https://example.com")
    assert one["revenue"][:2] == ("n", "12.5")
    assert one["revenue"][2] != "0", "an amount has a format"
    assert two["born_on"][:2] == ("n", "45569"), "2024-10-04"
    assert float(two["registered_at"][1]) == pytest.approx(45_352 + 11 / 24), "10:00 in UTC is 11:00 in Berlin"
    assert "revenue" not in two
    assert "email" not in two


def test_a_day_that_excel_does_not_know_is_a_text() -> None:
    (rows,) = written(table(member(1, born_on=-25_600), member(2, born_on=61 - 25_569)))
    one, two = named(rows)
    assert one["born_on"][:2] == ("inlineStr", "1899-11-29")
    assert two["born_on"][:2] == ("n", "61")


def test_a_currency_without_decimals() -> None:
    (rows,) = written(table(member(1, revenue=1500)), look=Look("JPY", "Asia/Tokyo"))
    assert named(rows)[0]["revenue"][1] == "1500"


def test_what_does_not_fit_on_a_sheet_goes_on_the_next() -> None:
    pieces = [table(*(member(number) for number in range(start, start + 4))) for start in (1, 5, 9)]
    found = written(*pieces, look=Look("EUR", "Europe/Berlin", rows_a_sheet=5))
    assert [[int(row["number"][1]) for row in named(rows)] for rows in found] == [
        [1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12],
    ]  # fmt: skip
    full = written(*pieces[:1], look=Look("EUR", "Europe/Berlin", rows_a_sheet=4))
    assert len(full) == 1
    (none,) = written(table())
    assert len(none) == 1, "a header alone"


@settings(max_examples=25, deadline=None)
@given(maybe(TEXTS))
def test_every_text_is_a_whole_workbook_again(text: str | None) -> None:
    (rows,) = written(table(member(1, first_name=text)))
    cell = named(rows)[0].get("first_name")
    if text is None:
        assert cell is None
    else:
        assert cell is not None
        assert cell[0] == "inlineStr"
        if text.isprintable() and "_x" not in text:
            assert cell[1] == text


def test_a_text_is_never_markup_and_is_cut_where_it_is_too_long() -> None:
    (rows,) = written(table(member(1, first_name="<r><t>x</t></r>", last_name="ä" * 40_000, city="a\x01\ufffeb")))
    (one,) = named(rows)
    assert one["first_name"][1] == "<r><t>x</t></r>"
    assert len(one["last_name"][1]) == 32_767
    assert one["city"][1] == "ab"


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pieces = as_workbook([table(member(1))], BERLIN)
    assert next(pieces)
    assert list(tmp_path.iterdir()) == [], "gone before it is handed over"

    def broken() -> Any:
        yield table(member(1))
        raise OSError("the store broke off")

    with pytest.raises(OSError, match="broke off"):
        list(as_workbook(broken(), BERLIN))
    assert list(tmp_path.iterdir()) == []
