"""Where something stands in a text, and how to show it with a caret below."""

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
    line = lines[error.place.line - 1] if error.place.line <= len(lines) else ""
    before = "".join("\t" if character == "\t" else " " for character in line[: error.place.column - 1])
    carets = "^" * max(1, min(error.place.length, len(line) - len(before)))
    where = f"line {error.place.line}: " if len(lines) > 1 else ""
    return f"{line}\n{before}{carets}\n{where}{said}"
