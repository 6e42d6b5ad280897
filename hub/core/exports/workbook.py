"""Writes members as an Excel workbook: texts as texts, days and moments as such, revenue as an amount."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from babel.numbers import get_currency_precision
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from hub.core.exports.values import days, instants
from hub.core.store.tables import Organisation

ROWS_A_SHEET = 1_048_575
"""Rows of a sheet beneath its header: more than that Excel does not open."""

_LONGEST = 32_767
"""Characters of a cell."""
_FORBIDDEN = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"
"""What an XML file may not hold."""
_EPOCH_DAY = 25_569
"""The day 1970-01-01 as Excel counts days."""
_FIRST_DAY = 61 - _EPOCH_DAY
"""1900-03-01, in days since 1970. Before it Excel is a day wrong, or has no days at all."""
_SECONDS_A_DAY = 86_400
_PIECE = 1 << 18
_SAMPLE = 200
_NARROWEST, _WIDEST = 9, 42


@dataclass(frozen=True)
class Look:
    """What the cells of a workbook need to know of an organisation."""

    currency: str
    """ISO 4217 code."""
    time_zone: str
    """IANA name: Excel knows no time zones, so moments are shown as they are on its clocks."""
    rows_a_sheet: int = ROWS_A_SHEET

    @classmethod
    def of(cls, organisation: Organisation) -> "Look":
        """That of an organisation."""
        return cls(organisation.currency, organisation.time_zone)


def as_workbook(pieces: Iterable[pa.Table], look: Look) -> Iterator[bytes]:
    """Write members as a workbook of one sheet or more, each with a header, and hand it over piece by piece.

    It is made in a temporary folder that only this user can read and that is gone before the first piece is
    handed over. A text of more than 32,767 characters is cut; signs that XML forbids are left out.

    Args:
        pieces: as ``Exports.members`` returns them, one at least.
        look: how amounts and moments are shown.
    """
    with tempfile.TemporaryFile() as whole:
        with tempfile.TemporaryDirectory(prefix="hub-export-") as folder:
            _write(pieces, look, whole, Path(folder))
        whole.seek(0)
        while piece := whole.read(_PIECE):
            yield piece


class _Sheet(Worksheet):  # type: ignore[misc]  # the library ships no types
    """A sheet whose texts are never markup: the library takes one that begins with <r> for rich text."""

    def _xml_rich_inline_string(self, string: str, attributes: Any) -> None:
        self._xml_inline_string(string, False, attributes)

    def let_go(self) -> None:
        """Close the file its rows are kept in meanwhile, which the library does for a finished workbook alone."""
        self.row_data_fh.close()


@dataclass(frozen=True)
class _Column:
    name: str
    numbers: Sequence[float | None]
    texts: Sequence[str | None]
    """What stands there instead where there is no number."""
    format: Format | None


def _write(pieces: Iterable[pa.Table], look: Look, to: IO[bytes], folder: Path) -> None:
    book = xlsxwriter.Workbook(to, {"constant_memory": True, "tmpdir": str(folder)})
    writing = _Writing(book, look)
    try:
        for piece in pieces:
            writing.add(piece)
        writing.end_sheet()
        book.close()
    finally:
        for sheet in book.worksheets():
            sheet.let_go()


class _Writing:
    """A workbook that grows by a piece at a time."""

    def __init__(self, book: xlsxwriter.Workbook, look: Look) -> None:
        self._book = book
        self._look = look
        digits = get_currency_precision(look.currency)
        decimals = f".{'0' * digits}" if digits else ""
        self._digits = digits
        self._header = book.add_format({"bold": True, "bottom": 1})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._money = book.add_format({"num_format": f'#,##0{decimals} "{look.currency}"'})
        self._sheet: Worksheet | None = None
        self._row = 0
        self._width = 0

    def add(self, piece: pa.Table) -> None:
        """Add rows, on further sheets where one is full."""
        position = 0
        while position < piece.num_rows or self._sheet is None:
            columns = [self._column(name, piece[name].slice(position)) for name in piece.column_names]
            if self._sheet is None:
                self._begin_sheet(columns)
            room = self._look.rows_a_sheet - self._row
            taken = min(room, piece.num_rows - position)
            self._write_rows(columns, taken)
            position += taken
            if self._row == self._look.rows_a_sheet and position < piece.num_rows:
                self.end_sheet()

    def end_sheet(self) -> None:
        """Set the filter over all rows of the sheet."""
        if self._sheet is not None:
            self._sheet.autofilter(0, 0, max(self._row, 1), self._width - 1)
        self._sheet = None
        self._row = 0

    def _begin_sheet(self, columns: Sequence[_Column]) -> None:
        self._sheet = self._book.add_worksheet(worksheet_class=_Sheet)
        self._width = len(columns)
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            self._sheet.set_column(place, place, self._wide(column))
            self._sheet.write_string(0, place, column.name, self._header)

    def _wide(self, column: _Column) -> float:
        """Wide enough for the heading with its button, and for what stands in the first rows."""
        shown = {self._moment: 19, self._day: 11, self._money: 16}.get(column.format, 0) if column.format else 0
        texts = max((len(text) for text in column.texts[:_SAMPLE] if text), default=0)
        return min(max(_NARROWEST, len(column.name) + 4, shown, texts + 1), _WIDEST)

    def _write_rows(self, columns: Sequence[_Column], count: int) -> None:
        sheet = self._sheet
        assert sheet is not None
        for place in range(count):
            self._row += 1
            for number, column in enumerate(columns):
                if (value := column.numbers[place]) is not None:
                    sheet.write_number(self._row, number, value, column.format)
                elif (text := column.texts[place]) is not None:
                    sheet.write_string(self._row, number, text)

    def _column(self, name: str, values: pa.ChunkedArray) -> _Column:
        none = [None] * len(values)
        if pa.types.is_string(values.type):
            return _Column(name, none, pc.utf8_slice_codeunits(_allowed(values), 0, _LONGEST).to_pylist(), None)
        if name == "born_on":
            countable = pc.greater_equal(values, _FIRST_DAY)
            numbers = pc.if_else(countable, pc.add(values, _EPOCH_DAY), None)
            return _Column(name, numbers.to_pylist(), days(values).to_pylist(), self._day)
        if name == "registered_at":
            local = self._on_clocks(values)
            countable = pc.greater_equal(local, _FIRST_DAY * _SECONDS_A_DAY)
            serial = pc.add(pc.divide(pc.cast(local, pa.float64()), _SECONDS_A_DAY), _EPOCH_DAY)
            numbers = pc.if_else(countable, serial, None)
            return _Column(name, numbers.to_pylist(), instants(values).to_pylist(), self._moment)
        if name == "revenue":
            major = pc.divide(pc.cast(values, pa.float64()), 10**self._digits)
            return _Column(name, major.to_pylist(), none, self._money)
        return _Column(name, values.to_pylist(), none, None)

    def _on_clocks(self, seconds: pa.ChunkedArray) -> pa.ChunkedArray:
        moments = pc.cast(seconds, pa.timestamp("s", tz=self._look.time_zone))
        return pc.cast(pc.local_timestamp(moments), pa.int64())


def _allowed(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    found = pc.match_substring_regex(texts, _FORBIDDEN)
    return pc.replace_substring_regex(texts, _FORBIDDEN, "") if pc.any(found).as_py() else texts
