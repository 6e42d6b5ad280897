"""Find out a file's delimiter, quote and line ends, and read its header."""

import re
from dataclasses import dataclass
from pathlib import Path

from hub import InputError
from hub_csv.rows import Signs, parse

DELIMITERS = ",;\t|"
"""The delimiters looked for, in the order of preference when a file speaks for several."""

_HEAD = 1 << 18
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SAMPLE_ROWS = 200


@dataclass(frozen=True)
class Dialect:
    """How a file is laid out, and its header."""

    signs: Signs
    header: tuple[str, ...]
    """The column names, trimmed; an empty text for a column without one."""
    body: int
    """Position of the first byte after the header."""
    lines: int
    """Lines the header takes, with any blank ones before it."""


def find_dialect(path: Path, delimiter: str | None, quote: str | None) -> Dialect:
    """Read the beginning of a UTF-8 file.

    Args:
        path: the file.
        delimiter: known already, or None.
        quote: known already, or None.

    Raises:
        InputError: there is no header, or two columns have the same name.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        whole = len(head) < _HEAD
    mark = len(_BYTE_ORDER_MARK) if head.startswith(_BYTE_ORDER_MARK) else 0
    start = len(head) - len(head[mark:].lstrip(b"\r\n"))
    if not head[start:].strip():
        raise InputError(f"{path} is empty: the first line must hold the names of the columns")
    quote_byte = ord(quote or _find_quote(head[start:]))
    newline = _find_newline(head[start:], quote_byte)
    signs = Signs(ord(delimiter or _find_delimiter(head[start:], quote_byte, newline, whole)), quote_byte, newline)
    record = parse(head, start, signs)
    if record.problem or (record.end == len(head) and not whole):
        raise InputError(f"the header of {path} can't be read: {record.problem or 'it is too long'}")
    header = tuple(field.decode("utf-8", "replace").strip() for field in record.fields)
    _refuse_duplicates(path, header)
    return Dialect(signs, header, record.end, head[: record.end].count(bytes([newline])))


def _find_quote(head: bytes) -> str:
    """The sign the header begins with; else the one that more fields begin and end with, in doubt the double."""
    if head[:1] in (b'"', b"'"):
        return head[:1].decode()
    double = len(re.findall(rb'(?:^|[,;\t|])"|"(?:[,;\t|]|\r?$)', head, re.MULTILINE))
    single = len(re.findall(rb"(?:^|[,;\t|])'|'(?:[,;\t|]|\r?$)", head, re.MULTILINE))
    return "'" if single > double else '"'


def _find_newline(head: bytes, quote: int) -> int:
    mark = re.escape(bytes([quote]))
    unquoted = re.sub(mark + b"[^" + mark + b"]*" + mark, b"", head)
    return 13 if b"\r" in unquoted and b"\n" not in unquoted else 10


def _find_delimiter(head: bytes, quote: int, newline: int, whole: bool) -> str:
    """The delimiter that cuts the header into several columns and most rows into as many."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = _widths(head, Signs(ord(delimiter), quote, newline), whole)
        if not widths or widths[0] < 2:
            continue
        fitting = sum(width == widths[0] for width in widths) / len(widths)
        if (score := (round(fitting, 1), widths[0])) > best_score:
            best, best_score = delimiter, score
    return best


def _widths(head: bytes, signs: Signs, whole: bool) -> list[int]:
    widths: list[int] = []
    position = 0
    while position < len(head) and len(widths) < _SAMPLE_ROWS:
        record = parse(head, position, signs)
        if record.problem:
            line_end = head.find(bytes([signs.newline]), position)
            position = len(head) if line_end < 0 else line_end + 1
            widths.append(0)
            continue
        position = record.end
        if record.fields != (b"",) and (whole or position < len(head)):
            widths.append(len(record.fields))
    return widths


def _refuse_duplicates(path: Path, header: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for name in header:
        if name and name in seen:
            raise InputError(f"{path} has two columns named {name!r}: rename one of them")
        seen.add(name)
