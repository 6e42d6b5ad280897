"""Wordings: which one somebody gets, and which can't be kept."""

from dataclasses import replace

import pytest

from hub import UserError
from hub.core.contracts.vocabularies import ConsentChannel
from hub.core.messaging.templates.contents import Contents, Wording, clean_language, clean_wording
from tests.messaging.templates.conftest import wording


@pytest.mark.parametrize(
    ("language", "found"),
    [
        ("de", "de"), ("de-AT", "de-AT"), ("de_at", "de-AT"), ("de-CH", "de"), ("DE", "de"), ("da", ""),
        (None, ""), ("", ""), (" de ", "de"),
    ],
)  # fmt: skip
def test_everybody_gets_the_nearest_language(language: str | None, found: str) -> None:
    contents = Contents(tuple(wording("x", one) for one in ("de", "de-AT", "")))
    assert contents.wording(ConsentChannel.SMS, language).language == found


def test_without_one_for_everybody_it_is_the_first() -> None:
    contents = Contents((wording("x", "da"), wording("x", "de")))
    assert contents.wording(ConsentChannel.SMS, "en").language == "da"
    with pytest.raises(UserError, match="no wording for email; write one"):
        contents.wording(ConsentChannel.EMAIL, "de")


def test_contents_are_kept_as_json() -> None:
    contents = Contents((wording("x", "da"), wording("t", html="<p>", subject="s")))
    assert Contents.from_json(contents.to_json()) == contents


EMAIL = Wording(ConsentChannel.EMAIL, "", "s", "t", "<p>h</p>")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(EMAIL, subject=""), "has no subject; write one"),
        (replace(EMAIL, text="", html=" "), "neither text nor HTML"),
        (replace(EMAIL, subject="a\nb"), "more than one line"),
        (replace(EMAIL, subject="a" * 2_001), "2,001 characters; 2,000 are the most"),
        (replace(EMAIL, subject="a" * 1_000_000), "1,000,000 characters; 2,000 are the most"),
        (
            replace(EMAIL, text="a" * 1_000_000),
            "the text of the wording for email has 1,000,000 characters; 100,000",
        ),
        (replace(EMAIL, html="a" * 500_001), "500,000 are the most"),
        (replace(EMAIL, text="a\0"), "character with code 0"),
        (replace(EMAIL, language="german"), "'german' is no language's code"),
        (replace(EMAIL, channel=ConsentChannel.SMS), "which only email carries"),
        (wording(" "), "the wording for sms has no text; write one"),
    ],
)
def test_what_can_not_be_kept_is_told(wrong: Wording, said: str) -> None:
    with pytest.raises(UserError, match=said):
        clean_wording(wrong)


def test_a_wording_is_kept_tidy() -> None:
    kept = clean_wording(replace(EMAIL, language="DE_at", subject=" s ", text="a\r\nb"))
    assert (kept.language, kept.subject, kept.text) == ("de-AT", "s", "a\nb")
    assert clean_language("") == ""
