"""Quiet hours and the cap of newsletters per customer."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import Message, UserError
from hub.core.messaging.rules import Rules
from tests.messaging.conftest import EMAIL, SMS, Stage

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Rules(quiet_from=time(21), quiet_until=time(8))


@given(
    st.integers(0, 730 * 24 * 3600).map(
        lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
    st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
)
def test_quiet_hours_end_when_they_say(now: datetime, begin: time, end: time) -> None:
    rules = Rules(quiet_from=begin, quiet_until=end)
    clock = now.astimezone(BERLIN).time()
    is_quiet = begin <= clock < end if begin <= end else not end <= clock < begin
    until = rules.quiet_until_when(SMS, now, BERLIN)
    assert (until is not None) is is_quiet
    if until is not None:
        assert timedelta(0) < until - now <= timedelta(hours=25)
        ended = until.astimezone(BERLIN).time()
        # An hour that a change of clocks leaves out ends when the clock goes on.
        assert ended == end or (until.astimezone(BERLIN).utcoffset() != now.astimezone(BERLIN).utcoffset())


def test_email_makes_no_sound_unless_the_organisation_says_so() -> None:
    midnight = datetime(2026, 5, 6, 22, 30, tzinfo=UTC)
    assert NIGHT.quiet_until_when(EMAIL, midnight, BERLIN) is None
    assert NIGHT.quiet_until_when(SMS, midnight, BERLIN) == datetime(2026, 5, 7, 6, tzinfo=UTC)


def test_a_newsletter_waits_for_the_morning_on_quiet_channels_alone(stage: Stage) -> None:
    stage.bring_readers("ada")
    stage.bring_readers("ben", channel=SMS)
    stage.template()
    stage.hub.message_ruling.change(quiet_from=time(21), quiet_until=time(8))
    stage.now = datetime(2026, 5, 6, 20, tzinfo=UTC)
    newsletter = stage.send(stage.newsletter(channels={EMAIL: None, SMS: None}))
    assert (newsletter.status, len(stage.mail.arrived), len(stage.texts.arrived)) == ("sending", 1, 0)
    assert "until 2026-05-07 06:00 UTC: the quiet hours" in newsletter.message
    stage.now = datetime(2026, 5, 7, 6, tzinfo=UTC)
    assert stage.hub.newsletters.run(newsletter).status == "sent"
    assert len(stage.texts.arrived) == 1


def test_quiet_hours_that_begin_in_mid_send_stop_it(stage: Stage) -> None:
    stage.bring_readers(*(f"reader{number}" for number in range(9)), channel=SMS)
    stage.template()
    stage.hub.message_ruling.change(quiet_from=time(21), quiet_until=time(8))
    stage.now = datetime(2026, 5, 6, 18, 59, 58, tzinfo=UTC)

    def evening(message: Message) -> None:
        stage.now = datetime(2026, 5, 6, 19, tzinfo=UTC)

    stage.texts.fault, stage.texts.side_by_side = evening, 1
    newsletter = stage.send(stage.newsletter(channels={SMS: None}))
    assert newsletter.status == "sending"
    assert 0 < len(stage.texts.arrived) < 9


def test_nobody_gets_more_newsletters_than_the_cap_within_its_days(stage: Stage) -> None:
    stage.bring_readers("ada", "ben")
    stage.agree("ada", "ben", channel=SMS)
    stage.template()
    stage.hub.message_ruling.change(most_messages=2, most_days=7)
    stage.send(stage.newsletter("first"))
    stage.now += timedelta(days=3)
    stage.bring_readers("cyn")
    stage.send(stage.newsletter("second", channels={SMS: None}))
    third = stage.send(stage.newsletter("third"))
    assert stage.statuses(third) == {"ada": "withheld", "ben": "withheld", "cyn": "sent"}
    assert "as many newsletters" in stage.messages(third)["ada"].reason
    stage.now += timedelta(days=5)
    fourth = stage.send(stage.newsletter("fourth"))
    assert set(stage.statuses(fourth).values()) == {"sent"}, "the first one is more than seven days ago"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"quiet_from": time(21)}, "beginning and an end"),
        ({"quiet_from": time(21), "quiet_until": time(21)}, "another end"),
        ({"most_messages": 0}, "at least 1"),
        ({"most_days": 0}, "1 to 366 days"),
    ],
)
def test_rules_that_make_no_sense_are_refused(stage: Stage, values: dict[str, object], told: str) -> None:
    before = stage.hub.message_ruling.now()
    with pytest.raises(UserError, match=told):
        stage.hub.message_ruling.change(**values)
    assert stage.hub.message_ruling.now() == before == Rules()
