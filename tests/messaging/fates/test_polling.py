"""Providers that can be asked are asked at sensible ages, and none holds up another."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.contracts.channel_abilities import Fate, FateReport, Heard, WebhookRequest
from hub.core.contracts.errors import NotAuthorised, NotFound, Rejected, TryAgain
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.fates import polling
from hub.core.messaging.fates.webhooks import webhook_address, without_parameters
from tests.messaging.fates.line import Provider
from tests.messaging.fates.office import NOON, Office, minutes

CALL = WebhookRequest("POST", "https://hub.example.com/webhooks/1", {"x-signature": "good"}, b"body")


@given(
    sent=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    late=st.integers(0, 899),
)
def test_regular_runs_ask_for_each_message_once_at_each_age(sent: datetime, late: int) -> None:
    begin = datetime.fromtimestamp(sent.timestamp() // 900 * 900, UTC) + timedelta(seconds=late)
    runs = [begin + polling.EVERY * count for count in range(300)]
    asked = [now - sent for now in runs for since, until in polling.windows(now) if since < sent <= until]
    assert len(asked) == len(polling.AGES)
    for age, when in zip(polling.AGES, asked, strict=True):
        assert age <= when < age + 2 * polling.EVERY


def test_who_is_due_is_asked_for_and_only_what_is_new_counts(office: Office, provider: Provider) -> None:
    due = {
        name: office.sent(name, at=minutes(10), to=to)
        for name, to in (("m1", "ada"), ("m2", "bea"), ("m3", "cis"))
    }
    office.sent("fresh", at=minutes(4))
    office.sent("between", at=minutes(50))
    office.sent("old", at=minutes(80 * 60))
    office.sent("over", at=minutes(10))
    office.fates.hear(office.line, [FateReport("over", Fate.DELIVERED, NOON)])
    provider.fates = {
        "m1": FateReport("m1", Fate.DELIVERED, minutes(8)),
        "m2": FateReport("m2", Fate.SENT, minutes(8)),
    }
    assert office.fates.poll() == 1
    assert provider.asked == ["m1", "m2", "m3"]
    assert [office.status(one)[0] for one in due.values()] == ["delivered", "sent", "sent"]
    assert office.events(due["m2"]) == []


@pytest.mark.parametrize("fault", [TryAgain("later"), NotAuthorised("no"), ZeroDivisionError()])
def test_a_provider_that_fails_keeps_what_it_said_and_holds_up_no_other(
    office: Office, provider: Provider, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = office.sent("m1", at=minutes(10)), office.sent("m2", at=minutes(9), to="bea")
    office.sent("b1", over=office.broken, at=minutes(10), to="bea")
    office.sent("e1", over=office.mute, at=minutes(10), channel=ConsentChannel.EMAIL)
    provider.fates = {name: FateReport(name, Fate.DELIVERED, minutes(8)) for name in ("m1", "m2")}
    provider.fault = fault
    assert office.fates.poll() == 1
    assert [office.status(one)[0] for one in (first, second)] == ["delivered", "sent"]
    assert f"connection {office.broken} can't be asked" in caplog.text
    assert f"connection {office.line} can't be asked" in caplog.text


def test_no_run_asks_for_more_than_it_can(
    office: Office, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "MOST", 2)
    for number in range(4):
        office.sent(f"m{number}", at=minutes(10) + timedelta(seconds=number), to="ada")
    office.fates.poll()
    assert provider.asked == ["m0", "m1"]


def test_a_call_is_stored_and_answered_as_the_channel_says(office: Office, provider: Provider) -> None:
    provider.tells = [Heard("x", minutes(1))]
    answer = office.fates.receive(office.chat, CALL)
    assert (answer.status, answer.body) == (202, b"thanks")
    assert provider.calls == [CALL]
    assert office.heard_at("x") == {"x": minutes(1)}


def test_a_forged_call_changes_nothing(office: Office, provider: Provider) -> None:
    provider.tells = [Heard("x", minutes(1))]
    with pytest.raises(Rejected):
        office.fates.receive(office.chat, WebhookRequest("POST", CALL.url, {}, b"body"))
    assert office.heard_at("x") == {}


def test_where_nobody_calls_there_is_nothing(office: Office) -> None:
    for connection in (office.mute, 9_999):
        with pytest.raises(NotFound):
            office.fates.receive(connection, CALL)
    with pytest.raises(NotFound):
        office.fates.hear(9_999, [])


def test_the_address_of_a_webhook() -> None:
    assert webhook_address(7, "https://hub.example.com/") == "https://hub.example.com/webhooks/7"
    assert webhook_address(7, "") == "/webhooks/7"


@pytest.mark.parametrize(
    "line",
    [
        '127.0.0.1 - "GET /webhooks/7?token=hunter22&msisdn=4915112345678 HTTP/1.1" 202',
        "/webhooks/7?token=hunter22&msisdn=4915112345678",
        "{'path': '/webhooks/7', 'query_string': b'token=hunter22&msisdn=4915112345678'}",
    ],
)
def test_nothing_behind_the_address_gets_into_a_log(line: str) -> None:
    shown = without_parameters(line)
    assert "webhooks/7" in shown
    assert "hunter22" not in shown
    assert "4915112345678" not in shown
