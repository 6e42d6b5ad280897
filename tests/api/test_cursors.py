"""Cursors come back as what they were made of, and only to their own list."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.api.cursors import read_number, read_text, write_cursor
from hub.core.contracts.errors import InputError


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
