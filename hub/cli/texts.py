"""Reads what is too long for a command line from a file or from standard input."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from hub.core.contracts.errors import InputError


def is_elsewhere(said: str) -> bool:
    """Whether a word only names where the text is: ``@FILE``, or ``-`` for standard input."""
    return said == "-" or (said.startswith("@") and not said.startswith("@@"))


def text_of(said: str) -> str:
    """The text itself: as said, of the file after ``@``, of standard input for ``-``; ``@@…`` stands for ``@…``.

    Raises:
        InputError: the file, or standard input, can't be read as text.
    """
    if not is_elsewhere(said):
        return said[1:] if said.startswith("@@") else said
    try:
        content = sys.stdin.buffer.read() if said == "-" else Path(said[1:]).read_bytes()
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not written in UTF-8"
        place = "standard input" if said == "-" else f"the file {said[1:]!r}"
        raise InputError(f"{place} can't be read: {reason}") from error


def lines_of(said: Iterable[str]) -> Sequence[str]:
    """All texts of a list: each as said, or the lines of a file or of standard input that are not empty.

    Raises:
        InputError: as for ``text_of``.
    """
    found: list[str] = []
    for one in said:
        text = text_of(one)
        found += [line for line in text.splitlines() if line.strip()] if is_elsewhere(one) else [text]
    return found
