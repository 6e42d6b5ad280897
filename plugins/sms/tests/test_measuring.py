"""How long a text is, against an independent reading of the same rules."""

import pytest
from hub_sms.alphabets import BASIC, EXTENSION, GSM, UCS, measure
from hypothesis import example, given
from hypothesis import strategies as st

from hub.testing.platforms.sms import counting

GSM_TEXTS = st.text(alphabet=sorted((set(BASIC) - {"\x1b"}) | set(EXTENSION)), max_size=500)
TEXTS = GSM_TEXTS | st.text(max_size=300) | st.text(alphabet="a€🎟你", max_size=300)


@given(TEXTS)
@example("x" * 160)
@example("x" * 161)
@example("€" * 80)
@example("x" * 152 + "€" * 5)
@example("你" * 70)
@example("你" * 66 + "🎟" * 3)
def test_parts_agree_with_an_independent_reading(text: str) -> None:
    found = measure(text)
    assert (found.alphabet == GSM) == counting.is_gsm(text)
    if text:
        assert found.parts == counting.parts(text, unicode=not counting.is_gsm(text))
    else:
        assert found.parts == 0


@given(TEXTS.filter(bool), st.sampled_from("a你"))
def test_what_is_left_can_be_added_and_no_more(text: str, letter: str) -> None:
    found = measure(text)
    if found.alphabet == GSM:
        letter = "a"
    assert measure(text + letter * found.left).parts == found.parts
    assert measure(text + letter * (found.left + 1)).parts > found.parts


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts", "left"),
    [
        ("", GSM, 0, 0, 160),
        ("Hello", GSM, 5, 1, 155),
        ("x" * 160, GSM, 160, 1, 0),
        ("x" * 161, GSM, 161, 2, 145),
        ("x" * 306, GSM, 306, 2, 0),
        ("x" * 307, GSM, 307, 3, 152),
        ("€" * 80, GSM, 160, 1, 0),
        ("€" * 81, GSM, 162, 2, 143),  # 76 of them fill 152 of 153 units: the next is not cut in two
        ("x" * 152 + "€" * 5, GSM, 162, 2, 143),
        ("你" * 70, UCS, 70, 1, 0),
        ("你" * 71, UCS, 71, 2, 63),
        ("🎟" * 35, UCS, 70, 1, 0),
        ("你" * 66 + "🎟" * 3, UCS, 72, 2, 61),
        ("x" * 70 + "ç", UCS, 71, 2, 63),
    ],
)
def test_known_lengths(text: str, alphabet: str, units: int, parts: int, left: int) -> None:
    found = measure(text)
    assert (found.alphabet, found.units, found.parts, found.left) == (alphabet, units, parts, left)


def test_the_alphabet_has_each_letter_at_its_code() -> None:
    assert len(BASIC) == len(set(BASIC)) == 128
    codes = {
        0x00: "@", 0x0A: "\n", 0x0D: "\r", 0x10: "Δ", 0x1A: "Ξ", 0x1B: "\x1b", 0x1F: "É", 0x20: " ", 0x24: "¤",
        0x30: "0", 0x40: "¡", 0x41: "A", 0x5A: "Z", 0x5B: "Ä", 0x5F: "§", 0x60: "¿", 0x61: "a", 0x7B: "ä",
        0x7F: "à",
    }  # fmt: skip
    assert {code: BASIC[code] for code in codes} == codes


@pytest.mark.parametrize("letter", "çÁÍÓÚáíóúêßẞ„“–’\t`")
def test_letters_that_look_western_and_are_not_in_it(letter: str) -> None:
    assert (measure(letter).alphabet == GSM) == (letter == "ß")


@pytest.mark.parametrize("letter", "Çàéñüßøå_@£\n\r")
def test_letters_that_are_in_it(letter: str) -> None:
    assert measure(letter).units == 1
    assert measure(letter).alphabet == GSM
