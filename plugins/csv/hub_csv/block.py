"""Look at a block of whole lines at once and tell the plain ones from those that need a closer look."""

from typing import Any

import numpy as np
import numpy.typing as npt

from hub_csv.encoding import REPLACED
from hub_csv.rows import LONGEST_FIELD, Signs
from hub_csv.sql import WHITE

_Array = npt.NDArray[Any]


class Block:
    """Whole lines of a file, the last one with its line end.

    Attributes:
        text: the bytes.
        ends: position of each line's end sign.
        unreadable: why a line can't be read at all, by its index.
        suspects: indexes of the lines that are not plain, ascending.
        padded: whether there may be cells with white space at an end.
    """

    def __init__(self, text: bytes, signs: Signs, columns: int, *, transcoded: bool) -> None:
        self.text = text
        self._signs = signs
        self._bytes: _Array = np.frombuffer(text, dtype=np.uint8)
        self._keep: _Array | None = None
        places = self._marks()
        marks = self._bytes[places]
        newlines = np.flatnonzero(marks == signs.newline)
        self.ends: _Array = places[newlines]
        self.unreadable = self._unreadable(transcoded)
        suspect = self._unplain(marks, places, newlines, columns)
        suspect[list(self.unreadable)] = True
        self._look_at_line_ends(suspect)
        lengths = np.diff(self.ends, prepend=-1)
        suspect |= lengths > LONGEST_FIELD
        if columns == 1:
            suspect |= lengths <= 2  # blank, perhaps with a carriage return
        self.padded = self._has_white_ends()
        self.suspects: list[int] = np.flatnonzero(suspect).tolist()

    def start_of(self, line: int) -> int:
        """Position of a line's first byte."""
        return int(self.ends[line - 1]) + 1 if line else 0

    def line_at(self, position: int) -> int:
        """Index of the line that holds a position."""
        return int(np.searchsorted(self.ends, position))

    def plain(self, first: int, after: int) -> bytes | memoryview:
        """The lines from one up to another, all of them plain, each ending in a line feed alone."""
        start, end = self.start_of(first), self.start_of(after)
        if self._signs.newline == 13:
            return self.text[start:end].replace(b"\r", b"\n")
        if self._keep is None:
            return memoryview(self.text)[start:end]
        return self._bytes[start:end][self._keep[start:end]].tobytes()

    def _marks(self) -> _Array:
        """Positions of all delimiters, line ends and quotes."""
        found = self._bytes == self._signs.delimiter
        found |= self._bytes == self._signs.newline
        if self._signs.quote in self.text:
            found |= self._bytes == self._signs.quote
        return np.flatnonzero(found)

    def _has_white_ends(self) -> bool:
        """Whether white space stands beside a sign that can end a cell."""
        ends = np.zeros(256, dtype=bool)
        ends[[self._signs.delimiter, self._signs.quote, 10, 13]] = True
        for sign in WHITE.encode():
            if sign == self._signs.delimiter:
                if self._signs.quote in self.text:
                    return True  # within quotes it would be white space: too rare to look closer
                continue
            if bytes([sign]) not in self.text:
                continue
            white = np.flatnonzero(self._bytes == sign)
            after = self._bytes[white + 1]  # the block's last byte is a line end
            if white[0] == 0 or ends[after].any() or ends[self._bytes[white - 1]].any():
                return True
        return False

    def _unplain(self, marks: _Array, places: _Array, newlines: _Array, columns: int) -> _Array:
        """Lines with the wrong number of columns, or quotes that do not stand around whole fields."""
        widths = np.diff(newlines, prepend=-1)
        is_quote = marks == self._signs.quote
        if not is_quote.any():
            return np.asarray(widths != columns)
        nth = np.cumsum(is_quote, dtype=np.int32)
        before = np.concatenate(([0], nth[newlines[:-1]])).astype(np.int32)
        nth -= np.repeat(before, widths)  # from here on: how many quotes of the line came so far
        odd = (nth[newlines] & 1) == 1
        outside = ((marks == self._signs.delimiter) & ((nth & 1) == 0)).astype(np.int32)
        firsts = np.concatenate(([0], newlines[:-1] + 1))
        fields = np.add.reduceat(outside, firsts) + 1
        suspect = np.asarray(odd | (fields != columns))
        suspect[np.searchsorted(self.ends, self._misplaced(places[is_quote], nth[is_quote]))] = True
        return suspect

    def _misplaced(self, quotes: _Array, nth: _Array) -> _Array:
        """Quotes that open within a field, or close before its end."""
        signs = self._signs
        opens = (nth & 1) == 1
        previous = np.where(quotes == 0, signs.newline, self._bytes[quotes - 1])
        following = self._bytes[quotes + 1]  # the block's last byte is a line end
        opens_well = np.isin(previous, (signs.delimiter, signs.newline)) | ((previous == signs.quote) & (nth > 1))
        closes_well = np.isin(following, (signs.delimiter, signs.newline, signs.quote, 13))
        return quotes[~np.where(opens, opens_well, closes_well)]

    def _look_at_line_ends(self, suspect: _Array) -> None:
        """Mark lines with a stray sign of the other system's line end; drop that of CR LF."""
        if self._signs.newline == 13:
            strays = np.flatnonzero(self._bytes == 10) if b"\n" in self.text else np.empty(0, dtype=int)
        elif b"\r" in self.text:
            returns = np.flatnonzero(self._bytes == 13)
            before_feed = self._bytes[returns + 1] == 10
            self._keep = np.ones(len(self._bytes), dtype=bool)
            self._keep[returns[before_feed]] = False
            strays = returns[~before_feed]
        else:
            return
        suspect[np.searchsorted(self.ends, strays)] = True

    def _unreadable(self, transcoded: bool) -> dict[int, str]:
        reasons: dict[int, str] = {}
        if transcoded and REPLACED in self.text:
            for line in self._lines_with(REPLACED):
                reasons[line] = "the line holds bytes that mean nothing in the file's encoding"
        elif not transcoded and not _is_utf_8(self.text):
            wide = np.unique(np.searchsorted(self.ends, np.flatnonzero(self._bytes >= 128)))
            for line in wide.tolist():
                if not _is_utf_8(self.text[self.start_of(line) : int(self.ends[line])]):
                    reasons[line] = "the line holds bytes that are not UTF-8, as the rest of the file is"
        if b"\0" in self.text:
            for line in self._lines_with(b"\0"):
                reasons[line] = "the line holds a zero byte"
        return reasons

    def _lines_with(self, mark: bytes) -> list[int]:
        lines: list[int] = []
        position = self.text.find(mark)
        while position >= 0:
            lines.append(self.line_at(position))
            position = self.text.find(mark, int(self.ends[lines[-1]]))
        return lines


def _is_utf_8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
