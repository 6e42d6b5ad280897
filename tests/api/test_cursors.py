"""Cursors come back as what they were made of, and only to their own list."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.api.cursors import (
    LONGEST_CURSOR,
    read_moment,
    read_number,
    read_position,
    read_text,
    write_cursor,
    write_moment,
    write_position,
)
from hub.core.contracts.errors import InputError
from hub.core.segments.people.members import MemberOrder, Position


@settings(max_examples=50)
@given(st.integers(0, 2**31 - 1), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_cursor_comes_back(number: int, text: str) -> None:
    assert read_number("a", write_cursor("a", number)) == number
    assert read_text("a", write_cursor("a", text)) == text


def test_no_cursor_is_the_first_page() -> None:
    assert read_number("a", None) is None
    assert read_text("a", None) is None


@settings(max_examples=200)
@given(st.text(max_size=40) | st.binary(max_size=40).map(bytes.hex))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_number("a", text)
    with pytest.raises(InputError):
        read_text("a", text)


def test_a_cursor_of_another_list_or_kind_is_refused() -> None:
    for cursor in (
        write_cursor("b", 1),
        write_cursor("a", "1"),
        write_cursor("a", True),
        write_cursor("a", -1),
        write_cursor("a", 2**31),
    ):
        with pytest.raises(InputError):
            read_number("a", cursor)
    for cursor in (
        write_cursor("b", "x"),
        write_cursor("a", 1),
        write_cursor("a", "\0"),
        write_cursor("a", "\ud800"),
    ):
        with pytest.raises(InputError):
            read_text("a", cursor)


TEXT_ORDERS = st.sampled_from([MemberOrder.NAME, MemberOrder.EMAIL, MemberOrder.CITY])
NUMBER_ORDERS = st.sampled_from([MemberOrder.REGISTERED_AT, MemberOrder.ORDERS, MemberOrder.REVENUE])


@settings(max_examples=50)
@given(
    st.tuples(TEXT_ORDERS, st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
    | st.tuples(NUMBER_ORDERS, st.none() | st.integers(-(2**63) + 1, 2**63 - 1)),
    st.integers(0, 2**31 - 1),
)
def test_a_position_comes_back(sorted_by: tuple[MemberOrder, str | int | None], number: int) -> None:
    order, value = sorted_by
    position = Position(value, number)
    assert read_position("a", order, write_position("a", position)) == position
    with pytest.raises(InputError):
        read_position("b", order, write_position("a", position))


@settings(max_examples=50)
@given(st.datetimes().map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC)), st.integers(0, 2**31 - 1))
def test_a_moment_comes_back(moment: datetime, number: int) -> None:
    assert read_moment("a", write_moment("a", moment, number)) == (moment, number)


@pytest.mark.parametrize(
    ("order", "place"),
    [
        (MemberOrder.NAME, [1, 1]),
        (MemberOrder.NAME, ["a", 2**31]),
        (MemberOrder.NAME, ["a", True]),
        (MemberOrder.NAME, ["\0", 1]),
        (MemberOrder.NAME, ["\ud800", 1]),
        (MemberOrder.NAME, "a"),
        (MemberOrder.ORDERS, ["1", 1]),
        (MemberOrder.ORDERS, [2**63, 1]),
        (MemberOrder.ORDERS, [True, 1]),
        (MemberOrder.NUMBER, [None, 1]),
    ],
)
def test_a_position_that_no_list_has(order: MemberOrder, place: list[int | str | None]) -> None:
    with pytest.raises(InputError):
        read_position("a", order, write_cursor("a", place))


@pytest.mark.parametrize("place", [[10**20, 1], ["1", 1], [1], [1, -1], [1.5, 1], 1])
def test_a_moment_that_no_list_has(place: list[int | str | None]) -> None:
    with pytest.raises(InputError):
        read_moment("a", write_cursor("a", place))


def test_the_longest_position_fits() -> None:
    longest = Position("𝔸" * 200 + "\1" + "𝔸" * 200, 2**31 - 1)
    assert len(write_position("members 0123456789abcdef", longest) or "") < LONGEST_CURSOR
    email = Position("é" * 320, 2**31 - 1)
    assert len(write_position("members 0123456789abcdef", email) or "") < LONGEST_CURSOR
