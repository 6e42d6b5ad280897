"""What is gone from the shop is told as gone, and nothing else."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hub_woocommerce import WooCommerce
from hub_woocommerce.ids import MOST_RANGES, IdSet
from hypothesis import given
from hypothesis import strategies as st

from hub import Batch
from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.woocommerce import Shop, WooCommerceServer

from .conftest import MakeSource, at, line

DAY = timedelta(days=1)


@pytest.fixture
def filled(shop: Shop) -> Shop:
    for number in range(1, 251):
        shop.customer(number, created=at(0), modified=at(number))
        shop.order(number, number, created=at(0), modified=at(number), line_items=[line(number, 1)])
    return shop


def cursor_of(batches: Sequence[Batch]) -> str | None:
    return [batch.cursor for batch in batches if batch.cursor][-1]


def gone(batches: Sequence[Batch], kind: str) -> list[str]:
    return [name for batch in batches for name in batch.deletions.get(kind, ())]


def test_an_order_in_the_bin_is_deleted_and_one_taken_out_of_it_comes_back(
    filled: Shop, source: WooCommerce
) -> None:
    first = list(source.read(None))
    assert gone(first, "orders") == []
    filled.trash(20)
    second = list(source.read(cursor_of(first)))
    assert gone(second, "orders") == ["20"]
    third = list(source.read(cursor_of(second)))
    assert gone(third, "orders") == []
    filled.order(20, status="processing")
    fourth = list(source.read(cursor_of(third)))
    (row,) = [row for batch in fourth if "orders" in batch.tables for row in batch.tables["orders"].to_pylist()]
    assert (row["id"], row["status"]) == ("20", "paid")
    filled.trash(20)
    assert gone(list(source.read(cursor_of(fourth))), "orders") == ["20"]


def test_other_settings_do_not_hide_what_is_gone(filled: Shop, make_source: MakeSource) -> None:
    cursor = cursor_of(list(make_source().read(None)))
    filled.trash(20)
    filled.remove_customer(9)
    batches = list(make_source(statuses={"packed": "paid"}).read(cursor))
    assert gone(batches, "orders") == ["20"]
    assert gone(batches, "customers") == ["9"]


def test_accounts_that_are_no_longer_listed_are_deleted_last(filled: Shop, source: WooCommerce) -> None:
    first = list(source.read(None))
    assert gone(first, "customers") == []
    filled.remove_customer(9)
    filled.remove_customer(250)
    filled.customer(251)
    second = list(source.read(cursor_of(first)))
    assert second[-1].deletions == {"customers": ["9", "250"]}
    assert gone(list(source.read(cursor_of(second))), "customers") == []
    # What was told but not stored is told again.
    assert gone(list(source.read(cursor_of(second[:-1]))), "customers") == ["9", "250"]


def test_a_reading_that_is_not_whole_takes_nobody_for_gone(
    filled: Shop, server: WooCommerceServer, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = cursor_of(list(make_source().read(None)))
    answer = server.respond

    def hiding(request: Request, busy: int) -> Reply:
        return replace(answer(request, busy), headers={})

    filled.remove_customer(9)
    with monkeypatch.context() as patched:
        patched.setattr(server, "respond", hiding)
        hidden = list(make_source().read(cursor))
    assert gone(hidden, "customers") == []
    assert gone(list(make_source().read(cursor_of(hidden))), "customers") == ["9"]

    for number in range(10, 251):
        filled.customer(number, first_name="Ada")
    small = make_source(batch_rows=100)
    begun = small.read(cursor)
    half = next(begun)
    begun.close()  # type: ignore[attr-defined]
    rest = list(small.read(half.cursor))
    assert gone(rest, "customers") == []
    assert gone(list(small.read(cursor_of(rest))), "customers") == ["9"]


def test_a_line_taken_out_of_an_order_is_told_by_its_order(filled: Shop, source: WooCommerce) -> None:
    first = list(source.read(None))
    assert len(gone(first, "order_lines")) == 250
    filled.order(20, line_items=[line(7, 1)])
    assert gone(list(source.read(cursor_of(first))), "order_lines") == ["20"]


def test_once_a_day_all_orders_are_listed(
    filled: Shop, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = cursor_of(list(make_source().read(None)))
    filled.remove_order(20)
    assert all(not batch.listings for batch in make_source().read(cursor))
    memory = json.loads(cursor or "")
    cursor = json.dumps({**memory, "swept": (datetime.fromisoformat(memory["swept"]) - DAY).isoformat()})
    later = list(make_source().read(cursor))
    assert set(later[-1].listings["orders"]) == {str(number) for number in range(1, 251) if number != 20}
    assert all(not batch.listings for batch in make_source().read(cursor_of(later)))
    monkeypatch.setattr("hub_woocommerce.vanished.MOST_SWEPT", 100)
    assert all(not batch.listings for batch in make_source().read(cursor))


@given(st.sets(st.integers(1, 200)), st.sets(st.integers(1, 200)))
def test_ids_are_remembered_as_they_are(one: set[int], other: set[int]) -> None:
    made, others = IdSet(sorted(one)), IdSet(sorted(other))
    assert list(made) == sorted(one)
    assert len(made) == len(one)
    assert set(made.less(others)) == one - other
    assert set(made.with_all(others)) == one | other
    decoded = IdSet.decode(made.encode())
    assert decoded is not None
    assert list(decoded) == sorted(one)


def test_many_ids_stay_small_and_too_many_are_not_kept() -> None:
    assert len(IdSet(range(1, 1_000_000)).encode()) < 100
    scattered = IdSet(range(1, MOST_RANGES * 7, 7))
    assert len(scattered.encode()) < 100_000
    scattered.add(MOST_RANGES * 8)
    assert IdSet.decode(scattered.encode()) is None
