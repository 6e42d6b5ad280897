"""Places in lists of members: given back as they were, and nothing else is taken for one."""

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from hub.cli.positions import as_word, position_of
from hub.core.segments.people.members import MemberOrder, Position

NUMBERS = st.integers(1, 2**31 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)
TEXT_ORDERS = {MemberOrder.NAME, MemberOrder.EMAIL, MemberOrder.CITY}


@given(st.sampled_from(MemberOrder), NUMBERS, st.integers(-(2**62), 2**62), TEXTS, st.booleans())
def test_a_place_is_read_back_as_it_was(
    order: MemberOrder, number: int, figure: int, text: str, nothing: bool
) -> None:
    value = number if order is MemberOrder.NUMBER else text if order in TEXT_ORDERS else figure
    place = Position(None if nothing and order is not MemberOrder.NUMBER else value, number)
    assert position_of(as_word(place, order), order) == place


@given(st.sampled_from(MemberOrder), st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{1,60}", fullmatch=True))
def test_anything_else_is_wrong_usage(order: MemberOrder, word: str) -> None:
    if order is MemberOrder.NUMBER and word.isascii() and word.isdigit() and len(word) <= 10:
        assert position_of(word, order).number == int(word)
        return
    with pytest.raises(typer.BadParameter) as caught:
        position_of(word, order)
    assert caught.value.param_hint == "--after"
