"""Marks the place in a list where its next page begins. A cursor says nothing to who holds it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeGuard

from hub.core.contracts.errors import InputError
from hub.core.segments.people.members import MemberOrder, Position

MOST_ITEMS = 1_000
"""Most entries of one page."""
LARGEST_ID = 2**31 - 1
"""What an id column of PostgreSQL holds; it refuses to compare one with more."""

LONGEST_CURSOR = 8_000
"""Characters; two names of 200 characters in any script take a good half of that."""
_LARGEST_VALUE = 2**63 - 1
_BY_TEXT = frozenset({MemberOrder.NAME, MemberOrder.EMAIL, MemberOrder.CITY})


def write_cursor(of: str, place: int | str | Sequence[int | str | None]) -> str:
    """Make a cursor.

    Args:
        of: which list it belongs to.
        place: the key of the last thing on this page.
    """
    written = json.dumps([of, place], ensure_ascii=False).encode(errors="surrogatepass")
    return urlsafe_b64encode(written).rstrip(b"=").decode()


def write_position(of: str, position: Position | None) -> str | None:
    """Make a cursor of where a page of members ended; None on the last page."""
    return write_cursor(of, (position.value, position.number)) if position else None


def read_position(of: str, order: MemberOrder, cursor: str | None) -> Position | None:
    """Where the page before ended, out of a cursor that ``write_position`` made; None for none.

    Args:
        of: which list it belongs to.
        order: what the list is sorted by.
        cursor: the cursor.

    Raises:
        InputError: it is no such cursor.
    """
    place = _read(of, cursor)
    if place is None:
        return None
    match place:
        case [value, number] if type(number) is int and 0 <= number <= LARGEST_ID and _fits(value, order):
            return Position(value, number)
    raise _wrong()


def write_moment(of: str, moment: datetime, number: int) -> str:
    """Make a cursor for a list that is sorted by time, and by id among equals."""
    return write_cursor(of, (int(moment.timestamp()), number))


def read_moment(of: str, cursor: str | None) -> tuple[datetime, int] | None:
    """The time and the id in a cursor that ``write_moment`` made for the same list; None for none.

    Raises:
        InputError: it is no such cursor.
    """
    place = _read(of, cursor)
    if place is None:
        return None
    match place:
        case [seconds, number] if type(seconds) is int and type(number) is int and 0 <= number <= LARGEST_ID:
            try:
                return datetime.fromtimestamp(seconds, UTC), number
            except (ValueError, OverflowError, OSError):
                raise _wrong() from None
    raise _wrong()


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


def read_place(of: str, cursor: str | None) -> tuple[int, int] | None:
    """The number and the count in a cursor that ``write_cursor`` made of both for the same list; None for none.

    Raises:
        InputError: it is no such cursor.
    """
    place = _read(of, cursor)
    if place is None:
        return None
    match place:
        case [int(number), int(count)] if _is_up_to(LARGEST_ID, number) and _is_up_to(MOST_ITEMS, count):
            return number, count
    raise _wrong()


def read_text(of: str, cursor: str | None) -> str | None:
    """The text in a cursor that ``write_cursor`` made for the same list; None for none.

    Raises:
        InputError: it is no such cursor.
    """
    place = _read(of, cursor)
    if place is None:
        return None
    if not isinstance(place, str) or not _is_storable(place):
        raise _wrong()
    return place


def _is_up_to(largest: int, value: int) -> bool:
    return type(value) is int and 0 <= value <= largest  # a boolean is an integer to Python


def _fits(value: object, order: MemberOrder) -> TypeGuard[str | int | None]:
    """Whether members can have this value of what they are sorted by."""
    if value is None:
        return order is not MemberOrder.NUMBER
    if order in _BY_TEXT:
        return isinstance(value, str) and _is_storable(value)
    return type(value) is int and abs(value) <= _LARGEST_VALUE


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


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character
        return False
    return "\0" not in text


def _wrong() -> InputError:
    return InputError("the cursor is none that this list gave; take next_cursor of the page before as it is")
