"""What providers keep is fetched, stored before it is put away, and none holds up another."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from hub import (
    ChannelEvent,
    ConsentChannel,
    Fate,
    FateReport,
    IntegratorError,
    NotAuthorised,
    StopRequest,
    TryAgain,
)
from hub.core.messaging.guarded_channel import GuardedChannel
from tests.messaging.fates.line import Provider
from tests.messaging.fates.office import NOON, Office, minutes

EMAIL = ConsentChannel.EMAIL


@pytest.fixture
def shelf(office: Office) -> int:
    """A connection whose provider keeps what it has to tell."""
    return office._connect("shelf")


def channel(office: Office, name: str = "shelf") -> GuardedChannel:
    return office.channels.open(office._connect(name))


def nothing(events: Sequence[ChannelEvent]) -> None:
    """For what must hand nothing over."""
    pytest.fail("something was handed over")


def test_what_is_kept_is_fetched_once_with_all_that_follows(
    office: Office, shelf: int, provider: Provider
) -> None:
    messages = [
        office.sent(f"m{number}", over=shelf, at=minutes(30), to=to, channel=EMAIL)
        for number, to in enumerate(("ada", "bea", "cis"))
    ]
    provider.keeps = [
        FateReport("m0", Fate.BOUNCED, minutes(5), "there is no such mailbox", for_good=True),
        FateReport("nobody's", Fate.BOUNCED, minutes(5), for_good=True),
        FateReport("m1", Fate.COMPLAINED, minutes(4)),
        StopRequest(office_address("cis"), minutes(3)),
    ]
    assert office.fates.poll() == 4
    assert provider.keeps == []
    assert [office.status(one)[0] for one in messages] == ["bounced", "complained", "sent"]
    assert office.suppressed(EMAIL, office_address("ada"), office_address("bea")) == [True, True]
    assert {"ada"} <= office.consents(EMAIL)
    assert not {"bea", "cis"} & office.consents(EMAIL)
    assert office.fates.poll() == 0


@pytest.mark.parametrize("fault", [TryAgain("later"), NotAuthorised("no"), ZeroDivisionError()])
def test_a_provider_that_fails_keeps_what_was_not_stored_and_holds_up_no_other(
    office: Office, shelf: int, provider: Provider, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    messages = [
        office.sent(f"m{number}", over=shelf, at=minutes(30), to=to, channel=EMAIL)
        for number, to in enumerate(("ada", "bea", "cis"))
    ]
    asked = office.sent("asked", at=minutes(10))
    provider.keeps = [FateReport(f"m{number}", Fate.FAILED, minutes(5)) for number in range(3)]
    provider.fates = {"asked": FateReport("asked", Fate.DELIVERED, minutes(8))}
    provider.fault = fault
    assert office.fates.poll() == 3
    assert [office.status(one)[0] for one in messages] == ["failed", "failed", "sent"]
    assert office.status(asked)[0] == "delivered"
    assert f"connection {shelf}: what became of messages can't be fetched" in caplog.text
    provider.fault = None
    office.fates.poll()
    assert office.status(messages[2])[0] == "failed"


@pytest.mark.parametrize("name", ["shelf", "swallowing"])
@pytest.mark.parametrize("error", [TryAgain("the store is busy"), ZeroDivisionError()])
def test_what_goes_wrong_with_the_hub_is_no_bug_of_the_plugin(
    office: Office, provider: Provider, name: str, error: Exception
) -> None:
    provider.keeps = [FateReport("m0", Fate.FAILED, NOON)]

    def fail(events: Sequence[ChannelEvent]) -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        channel(office, name).collect(fail)
    assert caught.value is error
    assert len(provider.keeps) == 1, "it is told again"


@pytest.mark.parametrize("event", ["bounced", FateReport("m0", Fate.FAILED, datetime(2026, 6, 15))])  # noqa: DTZ001
def test_what_is_no_event_is_the_plugins_bug(office: Office, provider: Provider, event: object) -> None:
    provider.keeps = [event]
    with pytest.raises(IntegratorError, match="events with a time in UTC"):
        channel(office).collect(nothing)


def test_a_channel_that_keeps_nothing_has_nothing_to_fetch(office: Office) -> None:
    mute = office.channels.open(office.mute)
    assert not mute.collects
    mute.collect(nothing)


def office_address(name: str) -> str:
    return f"{name}@example.com"
