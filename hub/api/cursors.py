"""Marks the place in a list where its next page begins. A cursor says nothing to who holds it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from hub.core.contracts.errors import InputError

LARGEST_ID = 2**31 - 1
"""What an id column of PostgreSQL holds; it refuses to compare one with more."""


def write_cursor(of: str, place: int | str) -> str:
    """Make a cursor.

    Args:
        of: which list it belongs to.
        place: the key of the last thing on this page.
    """
    return urlsafe_b64encode(json.dumps([of, place]).encode()).rstrip(b"=").decode()


def read_number(of: str, cursor: str | None) -> int | None:
    """The number in a cursor that ``write_cursor`` made for the same list; None for none.

    Raises:
        InputError: it is no such cursor.
    """
    place = _read(of, cursor)
    # A boolean is an integer to Python.
    if place is not None and (type(place) is not int or not 0 <= place <= LARGEST_ID):
        raise _wrong()
    return place


def read_text(of: str, cursor: str | None) -> str | None:
    """The text in a cursor that ``write_cursor`` made for the same list; None for none.

    Raises:
        InputError: it is no such cursor.
    """
    place = _read(of, cursor)
    if place is not None and (not isinstance(place, str) or "\0" in place or not _is_whole(place)):
        raise _wrong()
    return place


def _read(of: str, cursor: str | None) -> object:
    if cursor is None:
        return None
    try:
        list_name, place = json.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError):
        raise _wrong() from None
    if list_name != of or place is None:
        raise _wrong()
    found: object = place
    return found


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character
        return False
    return True


def _wrong() -> InputError:
    return InputError("the cursor is none that this list gave; take next_cursor of the page before as it is")
