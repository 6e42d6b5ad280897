"""Settings are checked where they enter, and the key shows nowhere."""

import base64
import logging
import traceback
from typing import get_args

import pytest
from hub_mailchimp import MailchimpSettings, MailchimpSink, hub_audience_sinks
from hub_mailchimp.contacts import language_code
from hub_mailchimp.settings import Trait, account_name, find_base_url
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub import MEMBER_TRAITS, HubError, SettingsError
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import MailchimpServer
from hub.testing.platforms.messages import PROBLEM, Reply

from .conftest import KEY, MakeSink, leaving, people


def settings(**values: object) -> MailchimpSettings:
    return MailchimpSettings.model_validate({"api_key": KEY, "list_id": "abc123"} | values)


def test_the_plugin_brings_its_sink() -> None:
    assert list(hub_audience_sinks()) == [MailchimpSink]


def test_traits_are_those_the_hub_offers() -> None:
    assert get_args(Trait) == (*MEMBER_TRAITS, "address")


def test_an_account_is_told_by_place_and_key_without_showing_the_key() -> None:
    name = account_name(settings())
    assert name.startswith("mailchimp us3.api.mailchimp.com ")
    assert KEY not in name
    assert account_name(settings(list_id="another", target="audience")) == name
    assert account_name(settings(api_key=f"other{KEY}")) != name
    assert account_name(settings(base_url="https://eu.example/3.0")) != name


def test_the_data_centre_is_in_the_key() -> None:
    assert find_base_url(settings()) == "https://us3.api.mailchimp.com/3.0"


@pytest.mark.parametrize(
    "key", ["nohyphen", "two-hyphens-us3", "-us3", "abc-", "abc-us3.evil.example/", "abc-US3", "abc-us3@x"]
)
def test_a_key_without_a_data_centre_is_a_wrong_setting(key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        find_base_url(settings(api_key=key))
    assert key not in str(caught.value).replace("such as -us3", "")
    assert find_base_url(settings(api_key=key, base_url="http://127.0.0.1:9/3.0/")) == "http://127.0.0.1:9/3.0"


@given(st.text(max_size=30))
def test_any_key_gives_a_mailchimp_host_or_an_error(key: str) -> None:
    try:
        url = find_base_url(settings(api_key=key))
    except SettingsError:
        return
    assert url.startswith("https://")
    assert url.endswith(".api.mailchimp.com/3.0")
    assert url.removeprefix("https://").removesuffix(".api.mailchimp.com/3.0").isalnum()


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "http://mail.example/3.0"},
        {"base_url": "https://user:word@mail.example/3.0"},
        {"base_url": "ftp://mail.example"},
        {"base_url": "mail.example"},
        {"list_id": "../../lists"},
        {"list_id": ""},
        {"target": "segment"},
        {"status_if_new": "unsubscribed"},
        {"on_erasure": "keep"},
        {"merge_fields": {"fname": "first_name"}},
        {"merge_fields": {"FNAME": "password"}},
        {"timeout": 0},
        {"api_key": None},
        {"api_key": 17},
        {"unknown": KEY},
    ],
)
def test_wrong_settings_are_refused_without_showing_any(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**wrong)
    assert KEY not in str(caught.value)
    assert "user:word" not in str(caught.value)


@pytest.mark.parametrize(
    ("language", "code"),
    [("de", "de"), ("de-AT", "de"), ("fr_CA", "fr_CA"), ("fr-FR", "fr"), ("pt-PT", "pt_PT"), ("pt-BR", "pt")],
)
def test_languages(language: str, code: str) -> None:
    assert language_code(language) == code


@pytest.mark.parametrize("target", ["tag", "audience"])
def test_the_key_shows_nowhere(
    make_sink: MakeSink, server: MailchimpServer, caplog: pytest.LogCaptureFixture, target: str
) -> None:
    basic = base64.b64encode(f"hub:{KEY}".encode()).decode()
    sink = make_sink(target=target, timeout=0.5)
    shown = [repr(sink), str(sink.settings), repr(sink.settings), repr(server.account), repr(vars(sink))]
    echo = {"title": f"key {KEY}", "detail": f"the key {KEY} ({basic}) is wrong", "status": 400}
    faults = [
        Fault(delay=30),
        Fault(reset="before"),
        Fault(truncate=True),
        *(Fault.problem(status) for status in (401, 403, 429, 500)),
        *(Fault.html(status) for status in (200, 302, 404, 503)),
        *(Fault(Reply.of(echo, status, PROBLEM)) for status in (400, 403, 404, 405, 422)),
    ]
    with caplog.at_level(logging.DEBUG):
        audience = sink.ensure_audience("Opera", None)
        for fault in faults:
            server.faults.add(fault, times=50)
            for call in (
                sink.check,
                lambda: sink.ensure_audience("Another", None),
                lambda: shown.append(repr(sink.add(audience, people(2)))),
                lambda: shown.append(repr(sink.remove(audience, leaving(sink, *people(2))))),
                lambda: shown.append(repr(sink.erase(audience, leaving(sink, *people(2))))),
                lambda: shown.append(repr(list(sink.departures(audience, None)))),
            ):
                try:
                    call()
                except HubError as error:
                    shown.append(every_word(error))
            server.faults.clear()
    shown += [caplog.text, repr(server.requests)]
    assert len(shown) > 2 * len(faults)
    for text in shown:
        assert KEY not in text
        assert basic not in text


def every_word(error: BaseException) -> str:
    """The error with all that hangs on it, local variables included."""
    text = ""
    seen: BaseException | None = error
    while seen is not None:
        capture = traceback.TracebackException.from_exception(seen, capture_locals=True)
        text += f"{seen!r} {seen.args} {vars(seen)}"
        text += "".join(line for line in capture.format() if "test_settings_and_secrets.py" not in line)
        seen = seen.__context__
    return text
