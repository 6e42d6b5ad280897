"""Where something stands in a text, and how to show it with a caret below."""

import unicodedata

from hub.core.contracts.errors import DefinitionError, Place


def place_of(text: str, start: int, end: int) -> Place:
    """The place of ``text[start:end]``; a start at the end of the text is the place behind its last character."""
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    return Place(line, column, max(1, end - start))


def render_error(text: str, error: DefinitionError) -> str:
    """Show a mistake for a terminal: the line it is in, carets below the word, the sentence and the hint."""
    said = f"{error}" + (f"\n{error.hint}" if error.hint else "")
    if error.place is None:
        return said
    lines = text.split("\n")
    line = lines[error.place.line - 1].removesuffix("\r") if error.place.line <= len(lines) else ""
    start = error.place.column - 1
    before = "".join("\t" if character == "\t" else " " * _columns(character) for character in line[:start])
    carets = "^" * max(1, sum(map(_columns, line[start : start + error.place.length])))
    where = f"line {error.place.line}: " if len(lines) > 1 else ""
    return f"{''.join(map(_shown, line))}\n{before}{carets}\n{where}{said}"


def _columns(character: str) -> int:
    """How many columns of a terminal a character takes: none, if it stands on the one before; two in East Asia."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _shown(character: str) -> str:
    """The character; a replacement for what could steer a terminal, or can't be encoded for one."""
    return "\ufffd" if unicodedata.category(character) in ("Cc", "Cf", "Cs") and character != "\t" else character
