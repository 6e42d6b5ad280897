"""Writes results to standard output, as text or as JSON; remarks go to standard error."""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import typer
from rich.cells import cell_len

from hub.cli.options import options_of

_WIDEST = 60
"""Characters of the widest column in a table but the last; what is longer is cut, and shown whole by --json."""


def show(context: typer.Context, data: object, text: str) -> None:
    """Write a command's result.

    Args:
        context: the command's.
        data: the result for programs: plain values, dates and times.
        text: the result for people.
    """
    typer.echo(json_text(data) if options_of(context).as_json else text)


def remark(context: typer.Context, text: str) -> None:
    """Tell people something beside the result; programs are left alone."""
    if not options_of(context).as_json:
        typer.echo(safe(text), err=True)


def json_text(data: object) -> str:
    """A value as JSON that any terminal can show."""
    return json.dumps(data, indent=2, ensure_ascii=True, default=_plain)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns side by side, numbers to the right; without any row, a sentence."""
    cells = [[*(_cut(_cell(value)) for value in row[:-1]), _cell(row[-1])] for row in rows]
    if not cells:
        return "There are none."
    numeric = [all(_is_number(row[place]) for row in cells) for place in range(len(headings))]
    lines = [list(headings), *cells]
    widths = [max(cell_len(line[place]) for line in lines) for place in range(len(headings))]
    return "\n".join(
        "  ".join(
            _padded(cell, width, right=right) for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )


def moment(value: datetime | None, zone: str) -> str:
    """A moment as people there read it, to the minute; a dash for none."""
    return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if value else "-"


def safe(text: str) -> str:
    """A text in which nothing steers the terminal, but for tabs and ends of lines: data may come from anywhere."""
    return "".join("\ufffd" if _steers(character) else character for character in text)


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return safe(" ".join(str(value).split()))


def _steers(character: str) -> bool:
    return character not in "\t\n" and unicodedata.category(character) in ("Cc", "Cf")


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _is_number(text: str) -> bool:
    return text == "-" or text.replace(",", "").replace(".", "").removeprefix("-").isdigit()


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def _plain(value: object) -> str:
    if isinstance(value, date):  # a datetime, too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
