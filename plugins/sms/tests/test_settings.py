"""What can be set, and what is refused with which words."""

from typing import Any

import pytest
from hub_sms.settings import SmsSettings
from pydantic import ValidationError

from hub.core.connections import _from_texts

from .conftest import PROVIDERS, SECRET, TOKEN, settings_of


@pytest.mark.parametrize("name", PROVIDERS)
def test_settings_come_from_a_command_line_as_texts(name: str) -> None:
    texts = {field: str(value) for field, value in settings_of(name, most_parts=4, rate="2.5").items()}
    made = SmsSettings.model_validate(_from_texts(SmsSettings, texts))
    assert (made.provider, made.most_parts, made.rate) == (name, 4, 2.5)
    assert made.address.startswith("https://")


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("twilio", {"account_sid": None}, "account_sid is missing: twilio asks for it"),
        ("twilio", {"auth_token": None}, "auth_token is missing"),
        ("twilio", {"api_key": "x"}, "api_key means nothing to twilio"),
        ("twilio", {"webhook_secret": "x"}, "Twilio signs with auth_token"),
        ("gatewayapi", {"api_key": None}, "api_key is missing: gatewayapi asks for it"),
        ("gatewayapi", {"api_secret": "x"}, "api_secret means nothing to gatewayapi"),
        ("gatewayapi", {"sender": "MG" + "0" * 32}, "only Twilio has"),
        ("seven", {"keyword": "foo"}, "keyword means something to gatewayapi alone"),
        ("seven", {"signature_method": "md5"}, "signature_method means something to vonage alone"),
        ("vonage", {"api_secret": None}, "api_secret is missing: vonage asks for it"),
        ("vonage", {"api_key": "key\n12345"}, "must be one word"),
        ("vonage", {"webhook_token": "short"}, "at least 16"),
        ("vonage", {"sender": None}, "Field required"),
        ("vonage", {"sender": "A name too long"}, "sender"),
        ("vonage", {"sender": "+49 151"}, "sender"),
        ("vonage", {"base_url": "http://example.com"}, "must begin with https://"),
        ("vonage", {"webhook_url": "https://example.com/x?y=1"}, "an address alone"),
        ("vonage", {"base_url": "https://example.com:99999999"}, "base_url"),
        ("vonage", {"base_url": "https://exa\nmple.com"}, "base_url"),
        ("vonage", {"most_parts": 11}, "most_parts"),
        ("pigeon", {}, "provider"),
    ],
)
def test_what_does_not_fit_is_named(name: str, changed: dict[str, Any], said: str) -> None:
    known = name if name in PROVIDERS else "seven"
    with pytest.raises(ValidationError) as caught:
        SmsSettings.model_validate(settings_of(known, **({"provider": name} | changed)))
    assert said in str(caught.value)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("name", PROVIDERS)
def test_secrets_are_masked(name: str) -> None:
    made = SmsSettings.model_validate(settings_of(name))
    assert TOKEN not in repr(made) + made.model_dump_json()
    assert SECRET not in repr(made) + made.model_dump_json()
