"""Cuts a text into words, numbers, dates, quoted texts and signs, each knowing its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.core.contracts.errors import DefinitionError
from hub.core.segments.language.places import place_of

LONGEST_TEXT = 8_000_000
"""Most characters of a text: room for 10,000 long values."""
_LONGEST_NUMBER = 30

_SIGNS = {">=": ">=", "≥": ">=", "=>": ">=", "<=": "<=", "≤": "<=", "=<": "<=", "!=": "!=", "<>": "!=", "≠": "!=",
          ">": ">", "<": "<", "==": "=", "=": "=", "(": "(", ")": ")", ",": ","}  # fmt: skip

_PIECE = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<word>[^\W\d]\w*(?:\.\w+)*)"
    r"|(?P<number>-?[0-9](?:[\w.]|-(?=\w))*)"
    r"""|(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    r"|(?P<sign>" + "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True)) + ")"
)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_CURLED = "“”„‟«»‘’‚"


class TokenKind(StrEnum):
    """What a piece of text is."""

    WORD = "WORD"
    NUMBER = "NUMBER"
    DATE = "DATE"
    TEXT = "TEXT"
    SIGN = "SIGN"


@dataclass(frozen=True)
class SourceToken:
    """A piece of text. ``value`` is a word in lower case, a text without quotes, or a sign as we write it."""

    kind: TokenKind
    value: str
    start: int
    end: int


def tokens_of(text: str) -> Iterator[SourceToken]:
    """Cut a text into pieces; spaces and line ends only separate.

    Raises:
        DefinitionError: at a quote that is not closed, a date that does not exist, or a stray character.
    """
    if len(text) > LONGEST_TEXT:
        place = place_of(text, LONGEST_TEXT, len(text))
        raise DefinitionError(f"the text is too long: {LONGEST_TEXT:,} characters are the most", place)
    position = 0
    while position < len(text):
        piece = _PIECE.match(text, position)
        if piece is None:
            raise _stray(text, position)
        position = piece.end()
        match piece.lastgroup:
            case "word":
                yield SourceToken(TokenKind.WORD, piece[0].lower(), *piece.span())
            case "number":
                yield _number(text, piece)
            case "text":
                yield _quoted(text, piece)
            case "sign":
                yield SourceToken(TokenKind.SIGN, _SIGNS[piece[0]], *piece.span())


def quoted(value: str) -> str:
    """Write a text in quotes, so that it reads back as it was."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def _number(text: str, piece: re.Match[str]) -> SourceToken:
    run = piece[0]
    place = place_of(text, *piece.span())
    if _DATE.fullmatch(run):
        try:
            date.fromisoformat(run)
        except ValueError:
            raise DefinitionError(f"there is no day {run}", place, "dates are written 2024-01-31") from None
        return SourceToken(TokenKind.DATE, run, *piece.span())
    if not _NUMBER.fullmatch(run):
        form = "a date is written 2024-01-31" if "-" in run[1:] else "a number is written 1000 or 19.99"
        raise DefinitionError(f"`{run[:40]}` is neither a number nor a date: {form}", place)
    if len(run) > _LONGEST_NUMBER:
        raise DefinitionError("this number is too long", place, "the largest number is 1000000000000")
    return SourceToken(TokenKind.NUMBER, run, *piece.span())


def _quoted(text: str, piece: re.Match[str]) -> SourceToken:
    def unescape(escape: re.Match[str]) -> str:
        if escape[1] not in _ESCAPED:
            start = piece.start() + 1 + escape.start()
            raise DefinitionError(
                f"`{escape[0]}` has no meaning inside quotes",
                place_of(text, start, start + 2),
                "write a backslash as \\\\",
            )
        return _ESCAPED[escape[1]]

    return SourceToken(TokenKind.TEXT, _ESCAPE.sub(unescape, piece[0][1:-1]), *piece.span())


def _stray(text: str, position: int) -> DefinitionError:
    character = text[position]
    place = place_of(text, position, position + 1)
    if character in "\"'":
        return DefinitionError("this quote is never closed", place, "end the text with the same quote")
    if character in _CURLED:
        return DefinitionError("curled quotes are not understood", place, 'write straight quotes: "…"')
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return DefinitionError(f"`{shown}` has no meaning here", place)
