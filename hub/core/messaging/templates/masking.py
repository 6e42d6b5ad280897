"""Turns MJML with places for data into HTML with places for data, each of which knows its line in the MJML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import mjml
from jinja2 import Environment

from hub.core.messaging.templates.mistakes import Mistake, Wrong, mistake_at
from hub.core.messaging.templates.mjml_elements import first_fault

_OPENING = re.compile(r"(\{[{%][-+]?)")
_RAW = re.compile(r"\{%[-+]?\s*(end)?raw\b")
_INLINE = "a|abbr|b|bdi|bdo|cite|code|del|em|font|i|img|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u|var"
_LINE_END_BETWEEN = re.compile(
    rf"(</(?:{_INLINE})\s*>|<(?:img|br)\b[^<>]*>)(?=\s*\n\s*<(?:{_INLINE})\b)", re.IGNORECASE
)
"""Where only a line end parts two words. The compiler drops it (jdrouet/mrml, issue 439)."""
_SPACE = "&#32;"
_POSITION = re.compile(r"position (\d+):(\d+)")


@dataclass(frozen=True)
class Compiled:
    """HTML with places for data."""

    html: str
    lines: Sequence[int]
    """For each of its lines the one in the MJML that its place for data comes from; 0 where it has none."""


def is_mjml(html: str) -> bool:
    """Whether a text is MJML and not HTML."""
    return html.lstrip("\ufeff \t\r\n").startswith("<mjml")


def compile_mjml(source: str, environment: Environment) -> Compiled:
    """Compile MJML once for all customers.

    Its compiler would stumble over quotes and signs in places for data, so words stand in for them meanwhile.

    Args:
        source: the MJML.
        environment: knows what a place for data looks like.

    Raises:
        Wrong: it is no MJML, or has a place for data where nothing is shown.
        TemplateSyntaxError: a place for data is not closed.
    """
    places = list(_places(source, environment))
    marker = _free_marker(source)
    masked = "".join(text if line is None else _word(marker, number) for number, (text, line) in enumerate(places))
    fault = first_fault(masked)
    if fault is not None:
        raise Wrong(mistake_at(source, "html", _unmasked(fault.line, places), fault.word, fault.reason))
    try:
        html = mjml.mjml2html(
            _LINE_END_BETWEEN.sub(rf"\1{_SPACE}", masked), fonts={}
        )  # no mail program is sent elsewhere for letters
    except ValueError as error:
        raise Wrong(_of_the_compiler(error, source, masked, places)) from error
    return _put_back(html, marker, source, places)


def _places(source: str, environment: Environment) -> Iterator[tuple[str, int | None]]:
    """Pieces of a text: such as stands there, with None, and places for data with their line. Comments go."""
    held, began = "", 0
    for line, kind, value in environment.lexer.tokeniter(source, None):
        if kind in ("raw_begin", "raw_end"):
            yield value, line
        elif kind.endswith("_begin"):
            held, began = value, line
        elif kind.endswith("_end"):
            yield ("\n" * held.count("\n"), None) if kind == "comment_end" else (held + value, began)
            held = ""
        elif held:
            held += value
        else:
            yield value, None


def _free_marker(source: str) -> str:
    marker = "place"
    while marker in source:
        marker += "x"
    return marker


def _word(marker: str, number: int) -> str:
    return f"{marker}{number}q"


def _unmasked(line: int, places: Sequence[tuple[str, int | None]]) -> int:
    """A line of the masked text as one of the source: places for data may have had several lines."""
    masked = own = 1
    for text, place in places:
        breaks = text.count("\n")
        if place is None:
            if masked + breaks >= line:
                break
            masked += breaks
        own += breaks
    return own + line - masked


def _of_the_compiler(
    error: ValueError, source: str, masked: str, places: Sequence[tuple[str, int | None]]
) -> Mistake:
    found = _POSITION.search(str(error))
    line = masked.encode()[: int(found[1])].count(b"\n") + 1 if found else 0
    if "include" in str(error):
        return mistake_at(source, "html", _unmasked(line, places), "mj-include", "other files can't be included")
    said = str(error).partition(" in root template")[0]
    where = _unmasked(line, places) if line else 0
    return mistake_at(source, "html", where, "", f"this is no MJML: {said}")


def _put_back(html: str, marker: str, source: str, places: Sequence[tuple[str, int | None]]) -> Compiled:
    pieces = re.split(rf"{marker}(\d+)q", html)
    seen = {int(number) for number in pieces[1::2]}
    for number, (text, line) in enumerate(places):
        if line is not None and number not in seen:
            reason = "nothing is shown at this place of the MJML; put it into <mj-text> or <mj-raw>"
            raise Wrong(mistake_at(source, "html", line, text.splitlines()[0], reason))
    written: list[str] = []
    lines = [0]
    for position, piece in enumerate(pieces):
        if position % 2 == 0:
            written.append(piece)
            lines += [0] * piece.count("\n")
            continue
        text, line = places[int(piece)]
        assert line is not None
        # Each place begins on a line of its own, which nobody sees: the break stands within its braces.
        if not _RAW.match(text):
            text = _OPENING.sub(r"\1\n", text, count=1)
            lines += [line + later for later in range(text.count("\n"))]
        else:
            lines += [0] * text.count("\n")
        written.append(text)
    return Compiled("".join(written), lines)
