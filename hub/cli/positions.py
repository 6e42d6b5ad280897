"""Says where a page of members ended, as a word to be given back with --after."""

import base64
import json
from typing import Any

import typer

from hub.core.segments.people.members import MemberOrder, Position
from hub.core.store.texts import storable

_TEXTS = (MemberOrder.NAME, MemberOrder.EMAIL, MemberOrder.CITY)
"""Orders whose values are texts; those of the others are whole numbers."""


def as_word(position: Position, order: MemberOrder) -> str:
    """A position as a word: the number alone where members are sorted by it."""
    if order is MemberOrder.NUMBER:
        return str(position.number)
    said = json.dumps([order.value, position.value, position.number], ensure_ascii=False)
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def position_of(word: str, order: MemberOrder) -> Position:
    """The position that a word stands for.

    Raises:
        BadParameter: it stands for none in this order.
    """
    if word.isascii() and word.isdigit() and len(word) <= 10:
        if order is MemberOrder.NUMBER:
            return Position(int(word), int(word))
    else:
        match _decoded(word):
            case [order.value, value, int(number)] if _fits(value, order) and 0 < number < 2**32:
                return Position(value, number)
    raise typer.BadParameter(f"{word!r} is no place in a list that is sorted by {order}", param_hint="--after")


def _decoded(word: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except (ValueError, RecursionError):
        return None


def _fits(value: object, order: MemberOrder) -> bool:
    if order in _TEXTS:
        return value is None or (isinstance(value, str) and storable(value))
    return value is None or (isinstance(value, int) and abs(value) < 2**63)
