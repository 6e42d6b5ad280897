"""Several messages at once: with GatewayAPI in one request, elsewhere one by one."""

import pytest
from hub_sms.channel import SmsChannel

from hub import FateUnknown, NotAuthorised, Receipt, Rejected, SettingsError, TryAgain
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply

from .conftest import BEA, MakeChannel, Platform, make_server, message


def number(at: int) -> str:
    return f"+45201{at:05d}"


def test_every_message_has_its_own_result_in_order(platform: Platform, channel: SmsChannel) -> None:
    platform.phones.unknown.add(number(3))
    messages = [message(at, to=number(at), text=f"Nr. {at} 你") for at in range(6)]
    messages.insert(2, message(99, to="nobody"))
    messages.append(message(0, to=number(0), text="Another for the same"))
    results = channel.send_all(messages)
    assert [isinstance(result, Receipt) for result in results] == [1, 1, 0, 1, 0, 1, 1, 1]
    assert all(isinstance(result, Rejected) for at, result in enumerate(results) if at in (2, 4))
    taken = [result.reference for result in results if isinstance(result, Receipt)]
    # Nobody's message goes to anybody else.
    assert {kept.reference: (kept.to, kept.text) for kept in platform.phones.messages} == {
        reference: (one.to, one.text)
        for reference, one in zip(taken, [one for at, one in enumerate(messages) if at not in (2, 4)], strict=True)
    }
    assert channel.largest_batch == (1000 if platform.name == "gatewayapi" else 1)
    assert channel.send_all([]) == []


def test_a_thousand_go_in_one_request(make_channel: MakeChannel) -> None:
    with make_server("gatewayapi") as server:
        channel = make_channel("gatewayapi", server.url)
        results = channel.send_all([message(at, to=number(at)) for at in range(1000)])
        assert len({result.reference for result in results if isinstance(result, Receipt)}) == 1000
        assert len(server.requests) == 1


def test_wrong_credentials_send_nothing(platform: Platform, make_channel: MakeChannel) -> None:
    secret = {"twilio": "auth_token", "vonage": "api_secret"}.get(platform.name, "api_key")
    channel = make_channel(platform.name, platform.server.url, **{secret: "anothertoken987654"})
    with pytest.raises(NotAuthorised):
        channel.send_all([message(1), message(2, to=BEA)])
    assert platform.phones.messages == []


def test_credentials_that_end_in_the_middle_leave_what_was_sent(platform: Platform, channel: SmsChannel) -> None:
    if platform.name == "gatewayapi":
        # The first request is refused for one number, its first half sent, its second refused for the credit.
        platform.server.faults.add(Fault(Reply.of({"code": "0x0308"}, 400)))
        platform.server.faults.add(Fault(Reply.of({"code": "0x0216"}, 403)), skip=1)
    elif platform.name == "twilio":
        platform.server.faults.add(Fault(Reply.of({"code": 10001}, 400)), skip=2)
    elif platform.name == "seven":
        platform.server.faults.add(Fault(Reply.of({"success": "500"})), skip=2)
    else:
        platform.server.faults.add(Fault(Reply.of({"messages": [{"status": "9"}]})), skip=2)
    results = channel.send_all([message(at, to=number(at)) for at in range(4)])
    assert [type(result) for result in results] == [Receipt, Receipt, SettingsError, SettingsError]
    assert len(platform.phones.messages) == 2


def test_a_lost_answer_is_unknown_for_those_it_was_about(platform: Platform, channel: SmsChannel) -> None:
    platform.server.faults.add(Fault(reset="after"))
    results = channel.send_all([message(at, to=number(at)) for at in range(3)])
    unknown = 3 if platform.name == "gatewayapi" else 1
    assert [type(result) for result in results] == [FateUnknown] * unknown + [Receipt] * (3 - unknown)
    assert len(platform.phones.messages) == 3, "none is sent twice"


def test_a_throttle_leaves_the_rest_for_later(make_channel: MakeChannel) -> None:
    with make_server("gatewayapi") as server:
        server.faults.add(Fault(Reply.of({"code": "0x0308"}, 400)))
        server.faults.add(Fault.bodyless(429), skip=1)
        results = make_channel("gatewayapi", server.url).send_all([message(at, to=number(at)) for at in range(4)])
        assert [type(result) for result in results] == [Receipt, Receipt, TryAgain, TryAgain]
