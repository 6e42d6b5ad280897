"""The page names every setting, provider and word."""

from pathlib import Path

from hub_sms.settings import LONGEST_TEXT, Provider, SignatureMethod, SmsSettings
from hub_sms.stopping import asks_to_stop

PAGE = (Path(__file__).parents[1] / "README.md").read_text()


def test_every_setting_is_on_the_page() -> None:
    names = [*SmsSettings.model_fields, *Provider, *SignatureMethod]
    assert [name for name in names if f"`{name}`" not in PAGE] == []
    assert f"{LONGEST_TEXT:,}" in PAGE


def test_the_words_on_the_page_are_understood() -> None:
    words = PAGE.split("wants no more messages: ")[1].split(", in capitals")[0]
    found = [word.strip() for word in words.replace("\n", " ").split(",")]
    assert len(found) == 13
    assert all(asks_to_stop(word) for word in found)
