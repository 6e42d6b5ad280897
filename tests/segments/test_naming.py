"""Names of segments: any script, no control characters, half characters or emptiness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.contracts.errors import UserError
from hub.core.segments.references.naming import LONGEST_NAME, clean_description, clean_name


@pytest.mark.parametrize(
    "name", ["Größe", "常連客", "المشتركون", "Ты & я", "50+ 🎭", "👨‍👩‍👧", "x" * LONGEST_NAME, "a/b\\c \"d\" 'e'"]
)
def test_names_of_any_script_are_kept(name: str) -> None:
    assert clean_name(f"  {name} ") == name


@pytest.mark.parametrize(
    "name",
    ["", "   ", "\u00a0", "\u200d", "\u2060 ", "x" * (LONGEST_NAME + 1), "a\nb", "a\0b", "\x1b[31m", "\ud83d"],
)
def test_names_that_show_nothing_or_too_much_are_refused(name: str) -> None:
    with pytest.raises(UserError, match="a segment's name"):
        clean_name(name)


def test_a_name_is_kept_composed() -> None:
    assert clean_name("Gro\u0308ße") == "Größe"


@given(st.text())
def test_what_is_kept_stays_as_it_is(text: str) -> None:
    try:
        name = clean_name(text)
    except UserError:
        return
    assert clean_name(name) == name
    assert name.encode()


def test_a_description_may_have_lines_but_no_half_characters() -> None:
    assert clean_description("one\ntwo") == "one\ntwo"
    for bad in ("\ud83d", "a\0b", "x" * 10_001):
        with pytest.raises(UserError, match="description"):
            clean_description(bad)
