"""Personal data takes Meta's form before it is hashed; the hashes are Meta's own examples."""

import hashlib
import re
import unicodedata

import pytest
from hub_facebook import normalising
from hub_facebook.normalising import hashed
from hypothesis import given
from hypothesis import strategies as st

ADDRESS = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"
NUMBER = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"


@pytest.mark.parametrize(
    ("value", "digest"),
    [(normalising.email(" John_Smith@gmail.com "), ADDRESS), (normalising.phone("+1 (650) 555-1212"), NUMBER)],
)
def test_metas_own_examples(value: str, digest: str) -> None:
    assert hashed(value) == digest


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [("Mary", "6915771b", "9f4ec"), ("정", "8fa8cd9c", "1db14"), ("Valéry", "08e1996b", "7149c")],
)
def test_names_of_all_scripts_keep_their_letters(value: str, start: str, end: str) -> None:
    digest = hashed(normalising.name(value))
    assert digest.startswith(start)
    assert digest.endswith(end)
    assert hashed(normalising.name(unicodedata.normalize("NFD", value))) == digest


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (normalising.name("O'Brien-Smith Jr."), "obriensmithjr"),
        (normalising.name("Владимир"), "владимир"),
        (normalising.city("San José"), "sanjosé"),
        (normalising.region("North Carolina"), "northcarolina"),
        (normalising.postcode("NR9 5AL", "gb"), "nr95al"),
        (normalising.postcode("98 121-9431", "us"), "98121"),
        (normalising.postcode("94035-1234", "us"), "94035"),
        (normalising.postcode("1234-567", "pt"), "1234567"),
        (normalising.country("DE"), "de"),
        (normalising.country("Germany"), ""),
        (normalising.gender("female"), "f"),
        (normalising.gender("other"), ""),
        (normalising.phone("0049"), "49"),
        (normalising.phone("٣"), ""),
        (normalising.email(None), ""),
        (normalising.email(unicodedata.normalize("NFD", "José@example.com")), "josé@example.com"),
        (hashed(""), ""),
    ],
)
def test_forms(made: str, expected: str) -> None:
    assert made == expected


TEXTS = st.text(max_size=20) | st.text("aZ09 .-'+éßİ", max_size=12)


@given(TEXTS)
def test_short_cuts_lead_to_the_same(text: str) -> None:
    lower = unicodedata.normalize("NFC", text).lower()
    kept = "".join(one for one in lower if unicodedata.category(one)[0] in "LMN")
    assert normalising.name(text) == unicodedata.normalize("NFC", kept)
    assert normalising.email(text) == lower.strip()
    assert normalising.phone(text) == re.sub("[^0-9]", "", text).lstrip("0")
    assert hashed(text) == (hashlib.sha256(text.encode()).hexdigest() if text else "")


@given(TEXTS)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    for rule in (normalising.email, normalising.name, normalising.city, normalising.phone, normalising.country):
        assert rule(rule(text)) == rule(text)
        assert unicodedata.is_normalized("NFC", rule(text))
