"""Settings are checked where they enter, and the token shows nowhere."""

import logging
import traceback
from collections.abc import Callable

import pytest
from hub_viber import ViberChannel, ViberSettings, hub_message_channels
from pydantic import ValidationError

from hub import HubError
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply
from hub.testing.platforms.viber import ViberServer
from hub.testing.platforms.viber.events import written

from .conftest import ADA, GRACE, NOW, TOKEN, MakeChannel, call, message


def test_the_plugin_brings_its_channel() -> None:
    assert list(hub_message_channels()) == [ViberChannel]


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "http://chatapi.example"},
        {"base_url": "https://user:word@chatapi.example"},
        {"base_url": "chatapi.example"},
        {"auth_token": ""},
        {"auth_token": 17},
        {"sender_name": ""},
        {"sender_name": "x" * 29},
        {"sender_avatar": "http://hub.example/a.png"},
        {"bot_uri": "viber://pa?chatURI=theatre"},
        {"bot_uri": "the theatre"},
        {"bot_uri": "x" * 101},
        {"timeout": 0},
        {"unknown": TOKEN},
    ],
)
def test_wrong_settings_are_refused_without_showing_any(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        ViberSettings.model_validate({"auth_token": TOKEN, "sender_name": "Theatre"} | wrong)
    assert TOKEN not in str(caught.value)
    assert "user:word" not in str(caught.value)


def test_token_address_and_text_show_nowhere(
    make_channel: MakeChannel, server: ViberServer, caplog: pytest.LogCaptureFixture
) -> None:
    channel = make_channel(timeout=0.3, broadcast=True)
    words = f"the token {TOKEN} and {ADA} are wrong, and so is Secret text"
    faults = [
        Fault(delay=5),
        Fault(reset="before"),
        Fault(truncate=True),
        *(Fault.html(status, words) for status in (200, 302, 400, 403, 404, 429, 502)),
        *(Fault(Reply.of({"status": status, "status_message": words})) for status in (2, 3, 6, 12, 77, 1000)),
    ]
    texts = [message(number, to, "Secret text") for number, to in enumerate((ADA, GRACE))]
    calls: list[Callable[[], object]] = [
        channel.check,
        lambda: channel.send(texts[0]),
        lambda: channel.send_all(texts),
        lambda: channel.receive(call(written(ADA, "Secret text", NOW), token="another")),
    ]
    assert TOKEN not in repr(server.bot)
    shown = [repr(channel), repr(channel.settings), repr(vars(channel))]
    told = 0
    with caplog.at_level(logging.DEBUG):
        for fault in faults:
            server.faults.add(fault, times=50)
            for attempt in calls:
                try:
                    attempt()
                except HubError as error:
                    told += 1
                    shown += [f"{error!r} {error.args} {vars(error)}", *without_frames(error)]
            server.faults.clear()
    assert told > 3 * len(faults)
    shown += [caplog.text, repr(server.requests)]
    for text in shown:
        assert TOKEN not in text
        assert ADA not in text
        assert "Secret text" not in text


def without_frames(error: BaseException) -> list[str]:
    """The words of an error and of all it came from; the texts of messages may be in frames, never the token."""
    words: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        capture = traceback.TracebackException.from_exception(seen, capture_locals=True)
        frames = "".join(line for line in capture.format() if "test_settings_and_secrets.py" not in line)
        assert TOKEN not in frames
        words.append(f"{seen} {vars(seen)}")
        seen = seen.__context__
    return words
