"""A second reading brings what changed and nothing else, and nothing is lost while the shop goes on selling."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hub_woocommerce import WooCommerce

from hub import Batch, TryAgain
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.woocommerce import Shop, WooCommerceServer
from hub.testing.sources import keys

from .conftest import MakeSource, at, line


@pytest.fixture
def filled(shop: Shop) -> Shop:
    for number in range(1, 251):
        shop.customer(number, created=at(0), modified=at(number))
        shop.order(number, number, created=at(0), modified=at(number))
    shop.product(1, modified=at(0))
    return shop


def ids(batches: Sequence[Batch], kind: str) -> set[object]:
    return {key[0] for key in keys(batches).get(kind, ())}


def last_cursor(batches: Sequence[Batch]) -> str | None:
    return [batch.cursor for batch in batches if batch.cursor][-1]


def statuses(batches: Sequence[Batch]) -> dict[str, str]:
    rows = [row for batch in batches if "orders" in batch.tables for row in batch.tables["orders"].to_pylist()]
    return {row["id"]: row["status"] for row in rows}


def test_only_what_changed_comes(filled: Shop, source: WooCommerce) -> None:
    first = list(source.read(None))
    assert len(ids(first, "orders")) == len(ids(first, "customers")) == 250
    second = list(source.read(last_cursor(first)))
    assert keys(second) == {}
    filled.order(17, status="completed")
    filled.order(500, 3, line_items=[line(1, 1)])
    filled.customer(9, first_name="Grace")
    filled.product(2)
    third = list(source.read(last_cursor(second)))
    assert {kind: ids(third, kind) for kind in keys(third)} == {
        "orders": {"17", "500"},
        "order_lines": {"500"},
        "customers": {"9"},
        "products": {"2"},
    }
    assert keys(list(source.read(last_cursor(third)))) == {}


def test_twice_in_one_second_is_two_changes(filled: Shop, source: WooCommerce) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    filled.order(17, status="completed", modified=now)
    first = list(source.read(None))
    filled.order(17, status="refunded", modified=now)
    assert statuses(list(source.read(last_cursor(first)))) == {"17": "refunded"}


def test_an_order_that_shows_late_is_not_missed(filled: Shop, source: WooCommerce) -> None:
    filled.order(600, 1)
    first = list(source.read(None))
    filled.order(601, 1, modified=datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=2))
    assert statuses(list(source.read(last_cursor(first)))) == {"601": "paid"}


def test_an_order_from_the_future_hides_nothing(filled: Shop, source: WooCommerce) -> None:
    filled.order(600, 1, modified=datetime(2999, 1, 1, tzinfo=UTC))
    first = list(source.read(None))
    filled.order(601, 1)
    assert statuses(list(source.read(last_cursor(first)))) == {"601": "paid"}


def test_what_a_batch_brings_twice_is_brought_as_it_was_last(
    filled: Shop, server: WooCommerceServer, source: WooCommerce, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.order(1, line_items=[line(1, 1), line(2, 1)], modified=at(0))
    answer, pages = server.respond, iter(range(9))

    def busy_shop(request: Request, busy: int) -> Reply:
        reply = answer(request, busy)
        if "/orders" in request.path and "modified" in str(request.query) and next(pages) == 1:
            filled.order(1, line_items=[line(2, 1)], status="completed")
        return reply

    monkeypatch.setattr(server, "respond", busy_shop)
    batches = list(source.read(None))
    assert statuses(batches)["1"] == "completed"
    assert keys(batches)["order_lines"] == {("1", "2")}


def test_a_listing_that_changes_between_pages_loses_nothing(
    filled: Shop, server: WooCommerceServer, source: WooCommerce, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = server.respond
    changed = iter(range(1, 200, 7))

    def busy_shop(request: Request, busy: int) -> Reply:
        reply = answer(request, busy)
        for number in (next(changed, None), next(changed, None)):
            if number is not None:
                filled.order(number, status="completed")
                filled.customers.pop(number, None)
        return reply

    monkeypatch.setattr(server, "respond", busy_shop)
    batches = list(source.read(None))
    assert ids(batches, "orders") == {str(number) for number in range(1, 251)}
    assert ids(batches, "customers") >= {str(number) for number in filled.customers}


def test_many_accounts_that_go_at_once_hide_none(
    filled: Shop, server: WooCommerceServer, source: WooCommerce, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, pages = server.respond, iter(range(9))

    def busy_shop(request: Request, busy: int) -> Reply:
        reply = answer(request, busy)
        if "customers" in request.path and next(pages) == 0:
            for number in range(1, 61):
                del filled.customers[number]
        return reply

    monkeypatch.setattr(server, "respond", busy_shop)
    assert ids(list(source.read(None)), "customers") == {str(number) for number in range(1, 251)}


def test_many_orders_in_one_second_all_come(shop: Shop, source: WooCommerce) -> None:
    for number in range(1, 351):
        shop.order(number, 1, modified=at(0 if number < 40 else 1 if number < 330 else 2))
    assert len(ids(list(source.read(None)), "orders")) == 350


def test_orders_that_leave_a_crowded_second_hide_none(
    shop: Shop, server: WooCommerceServer, source: WooCommerce, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 351):
        shop.order(number, 1, modified=at(0))
    answer, leaving = server.respond, iter(range(1, 60))

    def busy_shop(request: Request, busy: int) -> Reply:
        reply = answer(request, busy)
        if "modified_before" in request.query and (number := next(leaving, None)):
            shop.order(number, status="completed")
        return reply

    monkeypatch.setattr(server, "respond", busy_shop)
    assert len(ids(list(source.read(None)), "orders")) == 350


def test_orders_without_a_time_of_change_come_too(shop: Shop, source: WooCommerce) -> None:
    for number in range(1, 300):
        shop.order(number, 1, modified=None if number < 250 else at(number))
    first = list(source.read(None))
    assert len(ids(first, "orders")) == 299
    assert keys(list(source.read(last_cursor(first)))) == {}


def test_without_the_headers_of_wordpress_it_reads_on(
    filled: Shop, server: WooCommerceServer, source: WooCommerce, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = server.respond

    def bare(request: Request, busy: int) -> Reply:
        return replace(answer(request, busy), headers={})

    monkeypatch.setattr(server, "respond", bare)
    found = list(source.read(None))
    assert len(ids(found, "orders")) == len(ids(found, "customers")) == 250


def test_killed_between_batches_it_goes_on(filled: Shop, make_source: MakeSource) -> None:
    source = make_source(batch_rows=100)
    everything = keys(list(source.read(None)))
    stored: list[Batch] = []
    cursor = None
    while True:
        reading = source.read(cursor)
        batch = next(reading)
        reading.close()  # type: ignore[attr-defined]
        cursor = batch.cursor
        stored.append(batch)
        if not batch.tables:
            break
    assert keys(stored) == everything
    assert len(stored) == 6
    brought = sum(batch.tables["customers"].num_rows for batch in stored if "customers" in batch.tables)
    assert brought == 250


def test_a_fault_half_way_loses_nothing(filled: Shop, server: WooCommerceServer, make_source: MakeSource) -> None:
    source = make_source(batch_rows=100)
    stored: list[Batch] = []
    server.faults.add(Fault.html(200, "Warning: something in a plugin"), on="orders", skip=2)
    with pytest.raises(TryAgain, match="error log"):
        stored.extend(source.read(None))
    rest = list(source.read(last_cursor(stored)))
    assert keys([*stored, *rest]) == keys(list(source.read(None)))
    assert "customers" not in keys(rest)


def test_a_cursor_that_is_none_or_of_other_settings_starts_over(filled: Shop, make_source: MakeSource) -> None:
    source = make_source()
    everything = list(source.read(None))
    for cursor in ("", "[]", "{}", "nonsense", '{"form": 1}'):
        assert keys(list(source.read(cursor))) == keys(everything)
    again = list(make_source(statuses={"packed": "paid"}).read(last_cursor(everything)))
    assert keys(again) == keys(everything)


def test_the_cursor_stays_small_and_holds_no_address(filled: Shop, source: WooCommerce) -> None:
    for number in range(1000, 2500):
        filled.order(number, 0, billing={"email": "someone@example.com"})
    cursor = last_cursor(list(source.read(None)))
    assert cursor is not None
    assert len(json.loads(cursor)["orders"]["recent"]) == 1000
    assert len(cursor) < 60_000
    assert "example.com" not in cursor
