"""Settings are checked where they enter, and no secret shows anywhere."""

import hashlib
import hmac
import logging
import traceback
from collections.abc import Callable

import pytest
from hub_messenger import MessengerChannel, MessengerSettings, hub_message_channels
from pydantic import ValidationError

from hub import HubError
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messenger import MessengerServer
from hub.testing.platforms.messenger.events import written

from .conftest import ADA, NOW, PAGE, SECRET, TOKEN, WORD, MakeChannel, call, error, message

PROOF = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()


def test_the_plugin_brings_its_channel() -> None:
    assert list(hub_message_channels()) == [MessengerChannel]


def settings(**values: object) -> MessengerSettings:
    known = {"page_id": PAGE, "access_token": TOKEN, "app_secret": SECRET, "verify_token": WORD}
    return MessengerSettings.model_validate(known | values)


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "http://graph.example"},
        {"base_url": "https://user:word@graph.example"},
        {"base_url": "graph.example"},
        {"page_id": "theatre"},
        {"page_id": "5/messages"},
        {"access_token": ""},
        {"app_secret": None},
        {"verify_token": "short"},
        {"api_version": "25"},
        {"tag": "CUSTOMER_FEEDBACK"},
        {"timeout": 0},
        {"unknown": TOKEN},
    ],
)
def test_wrong_settings_are_refused_without_showing_any(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**wrong)
    assert TOKEN not in str(caught.value)
    assert "user:word" not in str(caught.value)


@pytest.mark.parametrize("tag", ["ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "post_purchase_update"])
def test_a_retired_tag_is_explained(tag: str) -> None:
    with pytest.raises(ValidationError, match="since 27 April 2026"):
        settings(tag=tag)


def test_no_tag_and_the_tag() -> None:
    assert settings(tag="").tag is None
    assert settings(tag="HUMAN_AGENT").tag == "HUMAN_AGENT"


def test_secrets_address_and_text_show_nowhere(
    make_channel: MakeChannel, server: MessengerServer, caplog: pytest.LogCaptureFixture
) -> None:
    channel = make_channel(timeout=0.3)
    words = f"the token {TOKEN}, {SECRET} and {PROOF} are wrong, and so is {ADA}"
    faults = [
        Fault(delay=5),
        Fault(reset="before"),
        Fault(truncate=True),
        *(Fault.html(status, words) for status in (200, 302, 400, 403, 404, 429, 502)),
        *(
            Fault(error(code, words=words, error_user_msg=words))
            for code in (1, 2, 4, 10, 100, 190, 200, 368, 551)
        ),
    ]
    calls: list[Callable[[], object]] = [
        channel.check,
        lambda: channel.send(message(text="Secret text")),
        lambda: channel.receive(call(written(PAGE, ADA, "Secret text", NOW), secret="another")),
    ]
    assert TOKEN not in repr(server.page)
    shown = [repr(channel), repr(channel.settings), repr(vars(channel))]
    told = 0
    with caplog.at_level(logging.DEBUG):
        for fault in faults:
            server.faults.add(fault, times=50)
            for attempt in calls:
                try:
                    attempt()
                except HubError as problem:
                    told += 1
                    shown += [f"{problem!r} {problem.args} {vars(problem)}", *words_of(problem)]
            server.faults.clear()
    assert told > 2 * len(faults)
    shown += [caplog.text, *(repr(request) for request in server.requests if request.method == "POST")]
    for text in shown:
        assert ADA not in text
        assert "Secret text" not in text
        assert PROOF not in text
        assert all(secret not in text for secret in (TOKEN, SECRET, WORD))


def words_of(problem: BaseException) -> list[str]:
    """The words of an error and of all it came from; texts may be in frames, the keys never."""
    words: list[str] = []
    seen: BaseException | None = problem
    while seen is not None:
        capture = traceback.TracebackException.from_exception(seen, capture_locals=True)
        frames = "".join(line for line in capture.format() if "test_settings_and_secrets.py" not in line)
        assert TOKEN not in frames
        assert SECRET not in frames
        words.append(f"{seen} {vars(seen)}")
        seen = seen.__context__
    return words
