"""Many messages: equal texts together, an outcome for each, and nobody written to twice."""

from collections.abc import Sequence
from typing import Any

import pytest
from hub_viber import ViberChannel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import FateUnknown, Message, NotAuthorised, Receipt, Rejected, SettingsError, TryAgain
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply
from hub.testing.platforms.viber import ViberServer

from .conftest import ADA, GRACE, MakeChannel, message


@pytest.fixture
def channel(make_channel: MakeChannel) -> ViberChannel:
    return make_channel(broadcast=True)


def crowd(server: ViberServer, count: int, text: str = "Premiere!") -> list[Message]:
    """Messages with one text to so many followers."""
    users = [f"crowd{number:04d}AAAAAAAAAAAAA==" for number in range(count)]
    server.bot.followers.update(users)
    return [message(number, user, text) for number, user in enumerate(users)]


def called(server: ViberServer) -> list[str]:
    return [request.path.rpartition("/")[2] for request in server.requests]


def test_equal_texts_go_with_one_request(channel: ViberChannel, server: ViberServer) -> None:
    outcomes = channel.send_all(crowd(server, 300))
    assert called(server) == ["broadcast_message"]
    references = {outcome.reference for outcome in outcomes if isinstance(outcome, Receipt)}
    assert len(references) == len(server.bot.messages) == 300


def test_more_than_viber_takes_are_divided(channel: ViberChannel, server: ViberServer) -> None:
    assert all(isinstance(one, Receipt) for one in channel.send_all(crowd(server, 301)))
    assert called(server) == ["broadcast_message"] * 2


@pytest.mark.parametrize(("letter", "requests"), [("é", 1), ("🎟", 5)])
def test_a_long_text_leaves_room_for_fewer(
    channel: ViberChannel, server: ViberServer, letter: str, requests: int
) -> None:
    outcomes = channel.send_all(crowd(server, 300, letter * 7000))
    assert all(isinstance(one, Receipt) for one in outcomes)
    assert called(server) == ["broadcast_message"] * requests
    assert max(request.size for request in server.requests) <= 30_000


def test_without_approval_they_go_one_by_one(make_channel: MakeChannel, server: ViberServer) -> None:
    outcomes = make_channel().send_all(crowd(server, 3))
    assert called(server) == ["send_message"] * 3
    assert all(isinstance(one, Receipt) for one in outcomes)


def test_different_texts_go_one_by_one(channel: ViberChannel, server: ViberServer) -> None:
    channel.send_all([message(1, ADA), message(2, GRACE)])
    assert called(server) == ["send_message"] * 2


def test_words_that_a_broadcast_would_replace_arrive_as_they_are(
    channel: ViberChannel, server: ViberServer
) -> None:
    text = "Dear replace_me_with_user_name"
    channel.send_all(crowd(server, 2, text))
    assert [one.text for one in server.bot.messages] == [text, text]


def test_the_same_customer_twice(channel: ViberChannel, server: ViberServer) -> None:
    outcomes = channel.send_all([message(n, ADA, "Hello") for n in range(2)] + [message(3, GRACE, "Hello")])
    references = [one.reference for one in outcomes if isinstance(one, Receipt)]
    assert len(set(references)) == 3
    assert sorted(one.receiver for one in server.bot.messages) == sorted([ADA, ADA, GRACE])


def test_some_fail(channel: ViberChannel, server: ViberServer) -> None:
    messages = crowd(server, 5)
    server.bot.followers.discard(messages[1].to)
    server.bot.strangers.add(messages[3].to)
    messages.append(message(9, "no address", "Premiere!"))
    outcomes = channel.send_all(messages)
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [Receipt, Rejected, Receipt, Rejected, Receipt, Rejected]
    assert "follow" in str(outcomes[1])
    assert "not on Viber" in str(outcomes[3])


def test_a_refused_broadcast_is_taken_apart(channel: ViberChannel, server: ViberServer) -> None:
    messages = crowd(server, 3)
    server.faults.add(Fault(Reply.of({"status": 3, "status_message": "badData"}), on="broadcast"))
    assert all(isinstance(one, Receipt) for one in channel.send_all(messages))
    assert called(server) == ["broadcast_message"] + ["send_message"] * 3


def test_a_lost_answer_is_of_unknown_fate_and_holds_back_the_rest(
    channel: ViberChannel, server: ViberServer
) -> None:
    server.faults.add(Fault(reset="after"))
    outcomes = channel.send_all([*crowd(server, 3), message(9, ADA), message(10, GRACE)])
    assert [type(one) for one in outcomes] == [FateUnknown] * 3 + [TryAgain] * 2
    assert len(server.requests) == 1
    assert len(server.bot.messages) == 3


def test_asked_to_slow_down_it_stops(channel: ViberChannel, server: ViberServer) -> None:
    server.faults.add(Fault.bodyless(429), skip=1)
    outcomes = channel.send_all([message(number, ADA) for number in range(4)])
    assert [type(one) for one in outcomes] == [Receipt, TryAgain, TryAgain, TryAgain]
    assert len(server.requests) == 2


def test_a_token_refused_before_anything_was_sent(make_channel: MakeChannel, server: ViberServer) -> None:
    with pytest.raises(NotAuthorised):
        make_channel(broadcast=True, auth_token="another").send_all(crowd(server, 3))


def test_a_token_refused_in_the_middle_loses_no_receipt(channel: ViberChannel, server: ViberServer) -> None:
    server.faults.add(Fault(Reply.of({"status": 2, "status_message": "invalidAuthToken"})), skip=1)
    outcomes = channel.send_all([*crowd(server, 3), message(9, ADA), message(10, GRACE)])
    assert [type(one) for one in outcomes] == [Receipt] * 3 + [NotAuthorised] * 2
    assert len(server.requests) == 2


def test_a_failure_without_a_known_status(channel: ViberChannel, server: ViberServer) -> None:
    messages = crowd(server, 3)
    failed = [{"receiver": one.to, "status": status} for one, status in zip(messages, ([], True, 0), strict=True)]
    server.faults.add(Fault(Reply.of({"status": 0, "message_token": 5, "failed_list": failed})))
    assert [type(one) for one in channel.send_all(messages)] == [Rejected] * 3


def test_broadcasts_that_were_not_approved(channel: ViberChannel, server: ViberServer) -> None:
    server.bot.may_broadcast = False
    with pytest.raises(SettingsError, match="broadcast"):
        channel.send_all(crowd(server, 3))


@pytest.mark.parametrize("failed", [None, "all", [1, None], [{"receiver": 5}], {"receiver": ADA}])
def test_a_strange_list_of_failures(channel: ViberChannel, server: ViberServer, failed: Any) -> None:
    answer = {"status": 0, "status_message": "ok", "message_token": 5, "failed_list": failed}
    server.faults.add(Fault(Reply.of(answer)))
    assert all(isinstance(one, Receipt) for one in channel.send_all(crowd(server, 2)))


MESSAGES = st.lists(st.tuples(st.sampled_from(range(4)), st.sampled_from(["a", "b", "c"])), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MESSAGES, st.sets(st.sampled_from(range(4))))
def test_each_arrives_once_or_is_refused(
    channel: ViberChannel, server: ViberServer, wanted: Sequence[tuple[int, str]], gone: set[int]
) -> None:
    users = [f"user{number}AAAAAAAAAAAAA==" for number in range(4)]
    server.bot.followers.clear()
    server.bot.followers.update(user for number, user in enumerate(users) if number not in gone)
    server.bot.messages.clear()
    outcomes = channel.send_all([message(i, users[user], text) for i, (user, text) in enumerate(wanted)])
    assert [isinstance(one, Rejected) for one in outcomes] == [user in gone for user, _ in wanted]
    arrived = sorted((one.receiver, one.text) for one in server.bot.messages)
    assert arrived == sorted((users[user], text) for user, text in wanted if user not in gone)
    for user in users:
        server.bot.answered(user)
