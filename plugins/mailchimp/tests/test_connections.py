"""Everything that uses one account shares its connections, and throttling is met with patience."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hub_mailchimp import MailchimpSettings, MailchimpShop, MailchimpShopSettings, MailchimpSink

from hub import Context, TryAgain
from hub.core.connection_budget import ConnectionBudget
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import MailchimpServer

from .conftest import KEY, leaving, people
from .shop import STORE, Shop


class Budgets:
    """Contexts as of several processes that share a home."""

    def __init__(self, context: Context, home: Path) -> None:
        self._context = context
        self._home = home

    def context(self) -> Context:
        return replace(self._context, connection=ConnectionBudget(self._home / "connections").place)


@pytest.fixture
def budgets(context: Context, tmp_path: Path) -> Budgets:
    return Budgets(context, tmp_path)


def at_once(*jobs: Callable[[], object]) -> list[BaseException]:
    """Do jobs at the same time; returns what was raised."""
    raised: list[BaseException] = []

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001  # is asserted on
            raised.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def test_two_syncs_and_a_shop_at_once_never_meet_a_429(
    server: MailchimpServer, list_id: str, shop: Shop, budgets: Budgets
) -> None:
    common = {"api_key": KEY, "base_url": server.url, "timeout": 5.0}
    settings = MailchimpSettings.model_validate({**common, "list_id": list_id})
    first, second = (MailchimpSink(settings, budgets.context()) for _ in range(2))
    opera, jazz = first.ensure_audience("Opera", None), second.ensure_audience("Jazz", None)
    members = people(60)
    first.add(opera, members)
    second.add(jazz, members)
    for number in range(30):
        shop.customer(f"c{number}")
    source = MailchimpShop(MailchimpShopSettings.model_validate({**common, "store_id": STORE}), budgets.context())
    server.requests.clear()
    server.faults.add(Fault(delay=0.01), times=10_000)

    def pull() -> None:
        for _ in range(10):
            assert list(source.read(None))

    raised = at_once(
        lambda: first.remove(opera, leaving(first, *members)),
        lambda: second.remove(jazz, leaving(second, *members)),
        pull,
    )
    assert raised == []
    assert {one.status for one in server.requests} <= {200, 204}
    assert server.tagged(list_id, "Opera") == server.tagged(list_id, "Jazz") == set()
    assert 6 <= server.busiest <= 8


def test_without_a_common_budget_they_would(server: MailchimpServer, list_id: str, context: Context) -> None:
    """What the test above guards against does happen."""
    settings = MailchimpSettings.model_validate(
        {"api_key": KEY, "base_url": server.url, "timeout": 5.0, "list_id": list_id}
    )
    first, second = (MailchimpSink(settings, context) for _ in range(2))
    opera = first.ensure_audience("Opera", None)
    first.add(opera, people(40))
    server.faults.add(Fault(delay=0.05), times=10_000)
    raised = at_once(
        *(lambda sink=sink: sink.remove(opera, leaving(sink, *people(40))) for sink in (first, second))
    )
    assert any(isinstance(one, TryAgain) for one in raised)
    assert 429 in {one.status for one in server.requests}


def test_every_request_holds_a_place(server: MailchimpServer, list_id: str, context: Context, shop: Shop) -> None:
    held: list[tuple[str, int]] = []

    @contextmanager
    def counting(account: str, most: int) -> Iterator[None]:
        held.append((account, most))
        yield

    counted = replace(context, connection=counting)
    common = {"api_key": KEY, "base_url": server.url, "timeout": 5.0}
    sink = MailchimpSink(MailchimpSettings.model_validate({**common, "list_id": list_id}), counted)
    source = MailchimpShop(MailchimpShopSettings.model_validate({**common, "store_id": STORE}), counted)
    sink.check()
    tag = sink.ensure_audience("Opera", None)
    sink.add(tag, people(120))
    sink.remove(tag, leaving(sink, *people(120)))  # as a batch, whose results are fetched
    sink.erase(tag, leaving(sink, *people(3)))
    list(sink.departures(tag, None))
    list(source.read(None))
    assert len(held) == len(server.requests)
    assert {most for _, most in held} == {8}
    assert len({account for account, _ in held}) == 1
    assert KEY not in str(held)


def test_a_403_without_a_reason_is_waited_out(
    server: MailchimpServer, list_id: str, context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    pauses: list[float] = []
    places: list[str] = []

    @contextmanager
    def counting(account: str, most: int) -> Iterator[None]:
        places.append("taken")
        yield
        places.append("left")

    def sleep(seconds: float) -> None:
        places.append("slept")
        pauses.append(seconds)

    settings = MailchimpSettings.model_validate(
        {"api_key": KEY, "base_url": server.url, "timeout": 5.0, "list_id": list_id}
    )
    sink = MailchimpSink(settings, replace(context, connection=counting), sleep)
    server.faults.add(Fault.bodyless(403), times=1)
    server.faults.add(Fault.html(403), times=2)
    with caplog.at_level(logging.DEBUG):
        sink.check()
    assert len(pauses) == 3
    assert all(0 <= pause <= 20 for pause in pauses)
    assert places[:9] == ["taken", "left", "slept"] * 3
    server.faults.add(Fault.bodyless(403), times=4)
    with pytest.raises(TryAgain, match="slow down"):
        sink.check()
    assert KEY not in caplog.text


def test_a_403_with_a_reason_is_not(server: MailchimpServer, list_id: str, context: Context) -> None:
    def never(seconds: float) -> None:
        raise AssertionError(f"waited {seconds} s for nothing")

    settings = MailchimpSettings.model_validate(
        {"api_key": KEY, "base_url": server.url, "timeout": 5.0, "list_id": list_id}
    )
    server.faults.add(Fault.problem(403))
    with pytest.raises(Exception, match="forbids"):
        MailchimpSink(settings, context, never).check()
