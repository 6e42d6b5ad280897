"""Read a single record by hand: the slow and lenient way for the few rows that are not plain."""

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_FIELD = 100_000
"""Characters a field may have. Anything longer is a mistake in the file, not a text about someone."""
LONGEST_ROW = 1_000_000
"""Bytes a row may have, the lines within its quotes included."""


@dataclass(frozen=True)
class Signs:
    """The bytes that give a file its structure."""

    delimiter: int
    quote: int
    newline: int
    """10, or 13 for a file of the old Macintosh kind, whose lines end in a carriage return alone."""


@dataclass(frozen=True)
class Parsed:
    """One record: its fields without their quotes, and where it ends."""

    fields: tuple[bytes, ...]
    end: int
    """Position after the record's line end."""
    problem: str = ""
    """What is wrong; the fields are then incomplete and ``end`` is not to be trusted."""
    open: bool = False
    """The text ended within quotes: more text may complete the record."""


def parse(text: bytes, start: int, signs: Signs) -> Parsed:
    """Read the record that starts at a position.

    A quote means something only at the start of a field; anywhere else it is an ordinary sign, as
    in ``5" pipe``.
    """
    fields: list[bytes] = []
    position = start
    while True:
        if position < len(text) and text[position] == signs.quote:
            field, after = _quoted(text, position + 1, signs.quote)
            if after < 0:
                return Parsed((), len(text), "a quote is opened and never closed", open=True)
            fields.append(field)
        else:
            after = _plain_end(text, position, signs)
            fields.append(_without_line_end(text[position:after], text, after, signs))
        after_mark = after + 1
        if after >= len(text) or text[after] == signs.newline:
            return Parsed(tuple(fields), min(after_mark, len(text)))
        if text[after] == 13 and text[after_mark : after_mark + 1] in (b"", b"\n"):
            return Parsed(tuple(fields), min(after_mark + 1, len(text)))
        if text[after] != signs.delimiter:
            return Parsed((), after, "a quote is opened, and the text goes on after it is closed")
        position = after_mark


def _quoted(text: bytes, position: int, quote: int) -> tuple[bytes, int]:
    """The field from after its opening quote, and the position after the closing one; -1 without one."""
    mark = bytes([quote])
    begin = position
    while True:
        close = text.find(mark, position)
        if close < 0:
            return b"", -1
        if text[close + 1 : close + 2] != mark:
            return text[begin:close].replace(mark + mark, mark), close + 1
        position = close + 2


def _plain_end(text: bytes, position: int, signs: Signs) -> int:
    line_end = text.find(bytes([signs.newline]), position)
    line_end = len(text) if line_end < 0 else line_end
    end = text.find(bytes([signs.delimiter]), position, line_end)
    return line_end if end < 0 else end


def _without_line_end(field: bytes, text: bytes, after: int, signs: Signs) -> bytes:
    ends_line = after >= len(text) or text[after] == signs.newline
    return field.removesuffix(b"\r") if ends_line and signs.newline == 10 else field


def write(fields: Sequence[bytes], signs: Signs) -> bytes:
    """Put a record down again, with every field in quotes, so that nothing in it can be mistaken."""
    mark = bytes([signs.quote])
    quoted = (mark + field.replace(mark, mark + mark) + mark for field in fields)
    return bytes([signs.delimiter]).join(quoted) + b"\n"
