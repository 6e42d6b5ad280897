"""What a segment, or a view of one, may be called."""

import unicodedata

from hub.core.contracts.errors import UserError
from hub.core.store.texts import storable

LONGEST_NAME = 200
"""Most characters of a name."""
LONGEST_DESCRIPTION = 10_000
"""Most characters of a description."""

_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Kinds of characters that a line can't show or no database keeps: controls, half characters, ends of lines."""


def clean_name(name: str, what: str = "segment") -> str:
    """A name as it is kept: composed (NFC) and without surrounding space; any script will do.

    Args:
        name: as it was entered.
        what: the kind of thing that is named, for the error.

    Raises:
        UserError: it has no visible character, is too long, or has a character that no line can show.
    """
    if any(unicodedata.category(character) in _UNFIT for character in name.strip()):
        raise UserError(f"a {what}'s name is one line of text: leave out control characters and line ends")
    cleaned = unicodedata.normalize("NFC", name.strip())
    visible = any(unicodedata.category(character)[0] not in "ZC" for character in cleaned)
    if not visible or len(cleaned) > LONGEST_NAME:
        raise UserError(f"a {what}'s name has 1 to {LONGEST_NAME} characters")
    return cleaned


def clean_description(description: str) -> str:
    """A description as it is kept; it may have several lines.

    Raises:
        UserError: it is too long, or has a character that no database keeps.
    """
    if len(description) > LONGEST_DESCRIPTION:
        raise UserError(f"a description has at most {LONGEST_DESCRIPTION:,} characters")
    if not storable(description):
        raise UserError("a description is text: leave out half characters and the character with code 0")
    return unicodedata.normalize("NFC", description)
