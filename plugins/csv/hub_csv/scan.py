"""Go through a file's bytes and keep what is well formed, so that one bad row stays one bad row.

Nearly all rows are plain and only looked at by array operations. The few that are not are read by
hand (``rows``): put right where their meaning is clear, else left out and reported by line.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from hub import RejectedRow
from hub_csv.block import Block
from hub_csv.dialect import Dialect
from hub_csv.lines import LineMap
from hub_csv.rows import LONGEST_FIELD, LONGEST_ROW, Parsed, parse, write

_BLOCK = 4 << 20


@dataclass
class Scan:
    """What a scan found: the number of rows in the clean file, their lines, and what was left out."""

    lines: LineMap
    rows: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    padded: bool = False
    """Whether there may be cells with white space at an end."""


def scan(source: Path, dialect: Dialect, target: Path, *, transcoded: bool) -> Scan:
    """Write the well-formed rows of a UTF-8 file, without the header, to a clean file.

    Each row there has as many fields as the header and ends in a single line feed.

    Args:
        source: the file.
        dialect: how it is laid out.
        target: the clean file, made here.
        transcoded: whether ``source`` came out of another encoding.
    """
    with source.open("rb") as file, target.open("wb") as out:
        file.seek(dialect.body)
        return _Scanner(dialect, out, transcoded=transcoded).run(file)


class _Scanner:
    def __init__(self, dialect: Dialect, out: BinaryIO, *, transcoded: bool) -> None:
        self._signs = dialect.signs
        self._header = dialect.header
        self._out = out
        self._transcoded = transcoded
        self._line = dialect.lines + 1  # number of the block's first line
        self._found = Scan(lines=LineMap(self._line))

    def run(self, file: BinaryIO) -> Scan:
        newline = bytes([self._signs.newline])
        rest = b""
        while True:
            more = file.read(_BLOCK)
            text = rest + more
            if not more and text and not text.endswith(newline):
                text += newline
            end = text.rfind(newline) + 1
            # A line that goes on and on is refused anyway: its beginning is enough to say so.
            rest = text[end:] if end else text[: LONGEST_ROW + 1]
            if end:
                whole = text[:end] if rest else text
                rest = whole[self._take(whole, last=not more) :] + rest
            if not more:
                return self._found

    def _take(self, text: bytes, *, last: bool) -> int:
        """Take the rows of a block of whole lines; return how many bytes are done with.

        A row whose quotes are still open at the end is left for the next block.
        """
        block = Block(text, self._signs, len(self._header), transcoded=self._transcoded)
        self._found.padded |= block.padded
        done = 0
        for line in block.suspects:
            if line < done:
                continue
            self._keep(block, done, line)
            start = block.start_of(line)
            row = parse(text, start, self._signs)
            if row.open and not last and len(text) - start <= LONGEST_ROW and line not in block.unreadable:
                self._line += line
                return start
            done = line + self._judge(block, line, row)
        self._keep(block, done, len(block.ends))
        self._line += len(block.ends)
        return len(text)

    def _keep(self, block: Block, first: int, after: int) -> None:
        if after > first:
            self._out.write(block.plain(first, after))
            self._found.rows += after - first

    def _judge(self, block: Block, line: int, row: Parsed) -> int:
        """Take or refuse the row that begins on a line; return how many lines that settles."""
        settled = 1 if row.problem else block.line_at(row.end - 1) - line + 1
        start, end = block.start_of(line), int(block.ends[line])
        if line not in block.unreadable and not block.text[start:end].strip(b"\r\n"):
            self._found.lines.shift(self._found.rows, 1)  # a blank line is no row, and no mistake
            return 1
        if end - start > LONGEST_ROW:
            reason, settled = self._too_long(row) or f"the row has more than {LONGEST_ROW:,} bytes", 1
        elif line in block.unreadable:
            reason, settled = block.unreadable[line], 1
        elif row.problem:
            reason = row.problem
        elif len(row.fields) != len(self._header):
            # Only its first line is given up: an open quote must not take good rows along.
            reason, settled = f"the row has {_columns(row)}, the header has {len(self._header)}", 1
        elif row.end - start > LONGEST_ROW:
            reason, settled = f"a quote is opened and not closed within {LONGEST_ROW:,} bytes", 1
        elif damage := [why for at, why in block.unreadable.items() if line < at < line + settled]:
            reason = damage[0]
        else:
            reason = self._too_long(row)
        return self._settle(line, settled, reason, row)

    def _settle(self, line: int, settled: int, reason: str, row: Parsed) -> int:
        if reason:
            self._found.rejected.append(RejectedRow(self._line + line, reason))
            self._found.lines.shift(self._found.rows, settled)
            return settled
        self._out.write(write(row.fields, self._signs))
        self._found.rows += 1
        if settled > 1:
            self._found.lines.shift(self._found.rows, settled - 1)
        return settled

    def _too_long(self, row: Parsed) -> str:
        for name, value in zip(self._header, row.fields, strict=False):
            if len(value) > LONGEST_FIELD and len(value.decode("utf-8", "replace")) > LONGEST_FIELD:
                return f"column {name!r} has more than {LONGEST_FIELD:,} characters"
        return ""


def _columns(row: Parsed) -> str:
    count = len(row.fields)
    return f"{count} column" if count == 1 else f"{count} columns"
