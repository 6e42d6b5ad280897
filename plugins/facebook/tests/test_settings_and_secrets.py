"""Settings are checked where they enter, and the token shows nowhere."""

import hashlib
import hmac
import logging
import sys
import traceback
from collections.abc import Callable

import pytest
from facebook_business.api import FacebookAdsApi
from hub_facebook import FacebookSettings, FacebookSink, hub_audience_sinks
from pydantic import ValidationError

from hub import MEMBER_TRAITS, HubError
from hub.testing.platforms.facebook import FacebookServer
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply

from .conftest import ACCOUNT, SECRET, TOKEN, MakeSink, leaving, people

PROOF = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()


def settings(**values: object) -> FacebookSettings:
    return FacebookSettings.model_validate({"access_token": TOKEN, "ad_account_id": ACCOUNT} | values)


def test_the_plugin_brings_its_sink() -> None:
    assert list(hub_audience_sinks()) == [FacebookSink]


def test_traits_are_those_the_hub_offers(make_sink: MakeSink) -> None:
    assert set(make_sink().traits) <= set(MEMBER_TRAITS)


def test_the_account_with_and_without_its_prefix() -> None:
    assert settings(ad_account_id="act_5").account == settings(ad_account_id="5").account == "act_5"


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "http://graph.example"},
        {"base_url": "https://user:word@graph.example"},
        {"base_url": "graph.example"},
        {"ad_account_id": "act_"},
        {"ad_account_id": "5/customaudiences"},
        {"access_token": ""},
        {"access_token": 17},
        {"api_version": "25"},
        {"customer_file_source": "BOUGHT"},
        {"details": ["email"]},
        {"data_processing_country": 1},
        {"limited_data_use": True, "data_processing_state": 1000},
        {"timeout": 0},
        {"unknown": TOKEN},
    ],
)
def test_wrong_settings_are_refused_without_showing_any(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**wrong)
    assert TOKEN not in str(caught.value)
    assert "user:word" not in str(caught.value)


def test_the_sdk_makes_nothing_global(sink: FacebookSink, audience: str) -> None:
    sink.add(audience, people(1))
    assert FacebookAdsApi.get_default_api() is None
    assert not sys.excepthook.__module__.startswith("facebook_business")


def test_the_token_shows_nowhere(
    make_sink: MakeSink, server: FacebookServer, caplog: pytest.LogCaptureFixture
) -> None:
    sink = make_sink(timeout=0.3)
    shown = [repr(sink), str(sink.settings), repr(sink.settings), repr(vars(sink)), repr(server.account)]
    words = f"the token {TOKEN} and {SECRET} and {PROOF} are wrong"
    faults = [
        Fault(delay=30),
        Fault(reset="before"),
        Fault(truncate=True),
        *(Fault.html(status, words) for status in (200, 302, 404, 502)),
        *(
            Fault(Reply.of({"error": {"code": code, "message": words, "error_user_title": words}}, 400))
            for code in (1, 4, 100, 190, 200, 368)
        ),
    ]
    told: list[str] = []
    with caplog.at_level(logging.DEBUG):
        audience = sink.ensure_audience("Opera", None)
        calls: list[Callable[[], object]] = [
            sink.check,
            lambda: sink.ensure_audience("Another", None),
            lambda: sink.add(audience, people(2)),
            lambda: sink.remove(audience, leaving(sink, *people(2))),
        ]
        for fault in faults:
            server.faults.add(fault, times=50)
            for call in calls:
                try:
                    shown.append(repr(call()))
                except HubError as error:
                    told.append(f"{error!r} {error} {error.args} {vars(error)}")
                    shown += every_word(error)
            server.faults.clear()
    shown += [*told, caplog.text, repr(server.requests)]
    assert len(told) > 2 * len(faults)
    for text in shown:
        assert TOKEN not in text
        assert SECRET not in text
    assert not [text for text in told if PROOF in text]


def every_word(error: BaseException) -> list[str]:
    """All that hangs on an error: its causes and the frames it went through, local variables included."""
    words: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        capture = traceback.TracebackException.from_exception(seen, capture_locals=True)
        ours = (line for line in capture.format() if "test_settings_and_secrets.py" not in line)
        words.append(f"{vars(seen)}" + "".join(ours))
        seen = seen.__context__
    return words
