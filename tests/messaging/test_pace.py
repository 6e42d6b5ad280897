"""The providers' limits of messages a second."""

from dataclasses import replace
from pathlib import Path

import pytest

from hub.core.messaging.sending.pace import Pace
from tests.messaging.conftest import SMS, Stage


def test_messages_are_spread_over_all_who_send(tmp_path: Path) -> None:
    now = [1000.0]
    one, other = (Pace(tmp_path / "paces" / "mail", 4, lambda: now[0]) for _ in range(2))
    assert [one.reserve(1), other.reserve(1), one.reserve(2), other.reserve(1)] == [0, 0.25, 0.5, 1.0]
    now[0] += 10
    assert one.reserve(1) == 0


def test_a_clock_that_was_set_back_holds_nothing_up(tmp_path: Path) -> None:
    now = [100_000.0]
    pace = Pace(tmp_path / "paces" / "mail", 1, lambda: now[0])
    pace.reserve(1)
    now[0] -= 50_000
    assert pace.reserve(1) == 0


def test_a_file_that_was_cut_off_holds_nothing_up(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "mail", 1, lambda: 5.0)
    (tmp_path / "mail").write_text("")
    assert pace.reserve(1) == 0


def test_a_newsletter_keeps_the_limit(stage: Stage) -> None:
    stage.bring_readers(*(f"reader{number}" for number in range(10)), channel=SMS)
    stage.template()
    stage.texts.rate = 8.0
    slept: list[float] = []
    stage.hub.__dict__["_messaging"] = replace(stage.hub._messaging, sleep=slept.append)
    sent = stage.send(stage.newsletter(channels={SMS: None}))
    assert sent.status == "sent"
    # Calls of 4, 4 and 2 messages: the second waits half a second, the third as long again.
    waits = [seconds for seconds in slept if seconds > 0.1]
    assert len(waits) == 2
    assert sum(waits) == pytest.approx(1.5, abs=0.4), "nobody really slept, so each wait is counted from the start"
