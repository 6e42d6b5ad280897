"""Nobody is written to at a time when Meta does not allow it, and advertising is never disguised."""

from datetime import timedelta

import pytest
from hub_messenger import MessengerChannel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import NotAuthorised, Rejected
from hub.testing.platforms.messenger import MessengerServer
from hub.testing.platforms.messenger.events import written

from .conftest import ADA, NOW, PAGE, Clock, MakeChannel, message

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def test_within_a_day_anything_goes(channel: MessengerChannel, server: MessengerServer, clock: Clock) -> None:
    clock.now = NOW + DAY - SECOND
    channel.send(message(1))
    channel.send(message(2, is_marketing=False))
    assert [(one.messaging_type, one.tag) for one in server.page.messages] == [("RESPONSE", "")] * 2


def test_after_a_day_advertising_is_refused_before_anything_is_sent(
    make_channel: MakeChannel, server: MessengerServer, clock: Clock
) -> None:
    clock.now = NOW + DAY
    for channel in (make_channel(), make_channel(tag="HUMAN_AGENT")):
        with pytest.raises(Rejected, match="advertising only within"):
            channel.send(message())
    assert server.requests == []


def test_after_a_day_without_a_tag_nothing_goes(
    channel: MessengerChannel, server: MessengerServer, clock: Clock
) -> None:
    clock.now = NOW + DAY
    with pytest.raises(Rejected, match="no tag"):
        channel.send(message(is_marketing=False, is_personal=True))
    assert server.requests == []


def test_after_a_day_only_what_a_person_wrote(
    make_channel: MakeChannel, server: MessengerServer, clock: Clock
) -> None:
    clock.now = NOW + DAY
    with pytest.raises(Rejected, match="what a person"):
        make_channel(tag="HUMAN_AGENT").send(message(is_marketing=False))
    assert server.requests == []


def test_with_the_tag_within_seven_days(make_channel: MakeChannel, server: MessengerServer, clock: Clock) -> None:
    channel = make_channel(tag="HUMAN_AGENT")
    clock.now = NOW + 7 * DAY - SECOND
    channel.send(message(is_marketing=False, is_personal=True))
    assert [(one.messaging_type, one.tag) for one in server.page.messages] == [("MESSAGE_TAG", "HUMAN_AGENT")]
    clock.now += SECOND
    with pytest.raises(Rejected, match="7 days"):
        channel.send(message(is_marketing=False, is_personal=True))
    assert len(server.requests) == 1


def test_who_never_wrote_is_never_written_to(channel: MessengerChannel, server: MessengerServer) -> None:
    for is_marketing in (True, False):
        with pytest.raises(Rejected, match="never written"):
            channel.send(message(heard_at=None, is_marketing=is_marketing))
    assert server.requests == []


def test_meta_has_the_last_word(channel: MessengerChannel, server: MessengerServer, clock: Clock) -> None:
    server.page.heard[ADA] = NOW - 2 * DAY
    with pytest.raises(Rejected, match="begins again when they write"):
        channel.send(message())
    server.tell(written(PAGE, ADA, "Hello?", NOW))
    channel.send(message())


def test_a_tag_that_meta_has_not_approved(
    make_channel: MakeChannel, server: MessengerServer, clock: Clock
) -> None:
    server.page.has_human_agent = False
    clock.now = NOW + 2 * DAY
    with pytest.raises((NotAuthorised, Rejected)):
        make_channel(tag="HUMAN_AGENT").send(message(is_marketing=False, is_personal=True))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.timedeltas(timedelta(0), timedelta(days=10)),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, "HUMAN_AGENT"]),
)
def test_whatever_leaves_meta_allows(
    make_channel: MakeChannel,
    server: MessengerServer,
    clock: Clock,
    silence: timedelta,
    is_marketing: bool,
    is_personal: bool,
    tag: str | None,
) -> None:
    """The server has its own reading of the rules and must never have to refuse."""
    clock.now = NOW + silence
    before = len(server.requests), len(server.page.messages)
    try:
        make_channel(tag=tag).send(message(is_marketing=is_marketing, is_personal=is_personal))
    except Rejected:
        assert (len(server.requests), len(server.page.messages)) == before
        assert silence >= DAY
        return
    assert len(server.page.messages) == before[1] + 1
    assert not server.page.messages[-1].tag or (is_personal and not is_marketing)
