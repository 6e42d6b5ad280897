"""Everyone in an audience is replaced in one session; cut short, it blocks the audience for a while."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from hub_facebook import FacebookSink

from hub import Member, NotAuthorised, NotFound, TryAgain, UserError
from hub.testing.platforms.facebook import FacebookServer
from hub.testing.platforms.faults import Fault

from .conftest import Clock, held, leaving, people, person, references, refuse


@pytest.fixture(autouse=True)
def one_time(server: FacebookServer, clock: Clock) -> None:
    """The platform's clock is the hub's."""
    server.account.clock = lambda: clock.now.timestamp()


def test_replacing_leaves_who_was_sent(sink: FacebookSink, server: FacebookServer, audience: str) -> None:
    sink.add(audience, people(5))
    newcomers = [person(number) for number in range(3, 9)]
    refuse(server, person(8))
    server.account.most_samples = 0
    rejected = list(sink.replace(audience, [newcomers[:3], [], newcomers[3:]], len(newcomers)))
    assert [one.number for one in rejected] == [8]
    assert held(server, audience) == references(sink, newcomers[:-1])
    assert list(sink.add(audience, [person(20)])) == []


def test_a_replacement_cut_short_blocks_the_audience_until_it_is_given_up(
    sink: FacebookSink, server: FacebookServer, audience: str, clock: Clock
) -> None:
    sink.add(audience, people(2))
    server.faults.add(Fault(reset="before"), on="usersreplace", skip=1, times=4)
    with pytest.raises(TryAgain):
        list(sink.replace(audience, [[person(10)], [person(11)]], 2))
    assert held(server, audience) == references(sink, people(2))
    clock.now += timedelta(minutes=30)
    calls: list[Callable[[], object]] = [
        lambda: sink.add(audience, [person(3)]),
        lambda: sink.remove(audience, leaving(sink, person(1))),
        lambda: list(sink.replace(audience, [[person(10)]], 1)),
        lambda: sink.ensure_audience("Opera", audience),
    ]
    for call in calls:
        with pytest.raises(
            TryAgain, match=f"blocks the audience {audience} until 13:30 UTC.*began at 12:00"
        ) as caught:
            call()
        assert caught.value.after == 3600.0
    assert held(server, audience) == references(sink, people(2))
    clock.now += timedelta(minutes=60)
    assert sink.ensure_audience("Opera", audience) == audience
    assert list(sink.replace(audience, [[person(10)], [person(11)]], 2)) == []
    assert held(server, audience) == references(sink, [person(10), person(11)])
    assert list(sink.add(audience, [person(3)])) == []


def test_passing_trouble_in_the_middle_is_waited_out(
    sink: FacebookSink, server: FacebookServer, audience: str, clock: Clock
) -> None:
    server.faults.add(Fault.bodyless(502), on="usersreplace", skip=1, times=2)
    assert list(sink.replace(audience, [people(2), [person(7)]], 3)) == []
    assert held(server, audience) == references(sink, [*people(2), person(7)])
    assert clock.waited == [5.0, 10.0]


@pytest.mark.parametrize("fault", [Fault.bodyless(502), Fault.html(200), Fault(reset="before")])
def test_a_block_of_unknown_length_is_tried_again(
    sink: FacebookSink, server: FacebookServer, audience: str, fault: Fault
) -> None:
    list(sink.replace(audience, [people(1)], 1))
    with pytest.raises(RuntimeError):
        list(sink.replace(audience, failing(RuntimeError()), 2))
    server.faults.add(fault, on="GET .*/sessions")
    with pytest.raises(TryAgain, match="Replacement In Progress") as caught:
        sink.add(audience, people(2))
    assert caught.value.after is None


def test_a_replacement_that_takes_too_long_is_tried_again(
    sink: FacebookSink, server: FacebookServer, audience: str, clock: Clock
) -> None:
    def slow() -> Iterator[Sequence[Member]]:
        yield people(1)
        clock.now += timedelta(minutes=91)
        yield people(2)

    with pytest.raises(TryAgain, match="longer than 90 minutes"):
        list(sink.replace(audience, slow(), 2))
    assert server.people(audience) == []
    assert list(sink.replace(audience, [people(2)], 2)) == []
    assert held(server, audience) == references(sink, people(2))


def test_a_lost_answer_to_the_end_is_no_reason_to_begin_anew(
    sink: FacebookSink, server: FacebookServer, audience: str
) -> None:
    """The HTTP client sends the last request again when its answer is lost."""
    sent: list[str] = []
    send = sink.context.http.request

    def twice(method: str, url: str, **options: object) -> object:
        sent.append(url)
        answer = send(method, url, **options)  # type: ignore[arg-type]  # whatever the sink passes
        return send(method, url, **options) if len(sent) == 2 else answer  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sink.context.http, "request", twice)
        assert list(sink.replace(audience, [people(3)], 3)) == []
    assert held(server, audience) == references(sink, people(3))


@pytest.mark.parametrize(
    ("happens", "expected"),
    [("expired", NotAuthorised), ("deleted", NotFound), ("throttled", TryAgain), ("flagged", UserError)],
)
def test_what_happens_in_the_middle_replaces_nobody(
    sink: FacebookSink, server: FacebookServer, audience: str, happens: str, expected: type[Exception]
) -> None:
    sink.add(audience, people(2))
    before = server.people(audience)
    account, made = server.account, server.account.audiences[audience]

    def middle() -> Iterator[Sequence[Member]]:
        yield [person(10)]
        account.token.is_expired = happens == "expired"
        account.regain_minutes = 5 if happens == "throttled" else 0
        made.status = 471 if happens == "flagged" else 200
        if happens == "deleted":
            del account.audiences[audience]
        yield [person(11)]

    with pytest.raises(expected):
        list(sink.replace(audience, middle(), 2))
    assert made.people.rows() == before


@pytest.mark.parametrize("is_let", [True, False])
def test_who_can_not_be_told_apart_is_taken_back_or_counts_as_held(
    sink: FacebookSink, server: FacebookServer, audience: str, caplog: pytest.LogCaptureFixture, is_let: bool
) -> None:
    everyone = people(400)
    server.account.most_samples = 0
    refuse(server, *everyone[::2])
    if not is_let:
        server.faults.add(Fault.bodyless(502), on="DELETE .*/users")
    rejected = {one.number: one for one in sink.replace(audience, [everyone[:300], everyone[300:]], 400)}
    there = references(sink, [one for one in everyone if one.number not in rejected])
    if is_let:
        assert {one.number for one in everyone[::2]} <= rejected.keys()
        assert any(not one.permanent for one in rejected.values())
        assert held(server, audience) == there
    else:
        # Nobody the platform holds is missing among those who count as held.
        assert held(server, audience) < there
        assert "lets nobody take them out" in caplog.text


def test_nobody_can_not_replace(sink: FacebookSink, server: FacebookServer, audience: str) -> None:
    with pytest.raises(UserError, match="Nobody is left"):
        list(sink.replace(audience, [], 0))
    refuse(server, person(1))
    with pytest.raises(UserError, match="Nobody is left"):
        list(sink.replace(audience, [[person(1)]], 1))


def failing(error: Exception) -> Iterator[Sequence[Member]]:
    yield people(1)
    raise error
