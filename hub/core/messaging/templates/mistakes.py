"""What is wrong with a wording, with its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Mistake:
    """Something that keeps a wording from being rendered, for everybody or for one customer."""

    part: str
    """subject, text or html."""
    line: int
    """Counted from 1; 0 where it is not known."""
    word: str
    """The word or expression, as it is written; empty where it is not known."""
    reason: str
    """One sentence without personal data."""
    column: int = 0
    """Counted from 1; 0 where it is not known."""
    exhausts: bool = False
    """Whether it took all the time or memory that it may."""

    def __str__(self) -> str:
        place = f"line {self.line} of the {self.part}" if self.line else f"the {self.part or 'message'}"
        return f"{place}: {self.reason}"


class Wrong(Exception):
    """Ends the work on a wording with a mistake."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


def mistake_at(source: str, part: str, line: int, word: str, reason: str) -> Mistake:
    """A mistake with its column, where the word stands on the line."""
    lines = source.split("\n")
    column = 0
    if word and 0 < line <= len(lines):
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", lines[line - 1]) or re.search(
            re.escape(word), lines[line - 1]
        )
        column = found.start() + 1 if found else 0
    return Mistake(part, line, word, reason, column)


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence's end that names the nearest known word; empty where none is near."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""
