"""A second reading brings what changed and nothing else, whatever happened in between."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hub_mailchimp import MailchimpShop
from hub_mailchimp.shop.fingerprints import KEY_BITS, Fingerprints
from hub_mailchimp.shop.memory import Memory
from hub_mailchimp.shop.spool import open_spool
from hypothesis import given
from hypothesis import strategies as st

from hub import Batch, TryAgain
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import MailchimpServer
from hub.testing.platforms.messages import Reply, Request
from hub.testing.sources import keys

from .conftest import ATTEMPTS_AT_403, MakeShop
from .shop import STORE, Shop, line


@pytest.fixture
def filled(shop: Shop) -> Shop:
    shop.product("mug", type="merchandise")
    for number in range(40):
        shop.customer(f"c{number}", opt_in_status=True)
        shop.order(f"o{number}", f"c{number}")
    shop.cart("k1", "c1")
    return shop


def ids(batches: Sequence[Batch], kind: str) -> set[object]:
    return {key[-1] if kind == "order_lines" else key[0] for key in keys(batches).get(kind, ())}


def last_cursor(batches: Sequence[Batch]) -> str | None:
    return [batch.cursor for batch in batches if batch.cursor][-1]


def test_nothing_new_brings_nothing(filled: Shop, make_shop: MakeShop) -> None:
    source = make_shop()
    again = list(source.read(last_cursor(list(source.read(None)))))
    assert keys(again) == {}
    assert last_cursor(again)


def test_only_what_changed_comes_though_nobody_says_when(filled: Shop, make_shop: MakeShop) -> None:
    source = make_shop()
    cursor = last_cursor(list(source.read(None)))
    filled.order("o7", "c7", financial_status="refunded")
    filled.order("new", "c3", lines=[line("a", "mug"), line("b", "mug", 2)])
    filled.customer("c9", first_name="Grace")
    filled.remove("orders", "o20")
    brought = list(source.read(cursor))
    assert ids(brought, "orders") == {"o7", "new"}
    assert ids(brought, "customers") == {"c9"}
    assert ids(brought, "products") == set()
    assert keys(brought)["order_lines"] == {("o7", "1"), ("new", "a"), ("new", "b")}


def test_an_order_of_a_known_customer_is_no_change_of_the_customer(filled: Shop, make_shop: MakeShop) -> None:
    source = make_shop()
    cursor = last_cursor(list(source.read(None)))
    filled.order("new", "c3")
    assert "customers" not in keys(list(source.read(cursor)))


def test_a_cart_that_was_bought_is_no_longer_abandoned(filled: Shop, make_shop: MakeShop) -> None:
    source = make_shop()
    first = list(source.read(None))
    carts = [row for batch in first if "carts" in batch.tables for row in batch.tables["carts"].to_pylist()]
    assert [(row["id"], row["order"]) for row in carts] == [("k1", None)]
    filled.remove("carts", "k1")
    filled.order("bought", "c1", processed_at_foreign=datetime.now(UTC).isoformat())
    second = list(source.read(last_cursor(first)))
    carts = [row for batch in second if "carts" in batch.tables for row in batch.tables["carts"].to_pylist()]
    assert [(row["id"], row["order"]) for row in carts] == [("k1", "bought")]
    assert "carts" not in keys(list(source.read(last_cursor(second))))


def test_a_cursor_of_another_store_or_of_none_starts_over(filled: Shop, make_shop: MakeShop) -> None:
    source = make_shop()
    everything = list(source.read(None))
    other = (last_cursor(everything) or "").replace("playhouse", "other")
    for cursor in (
        "",
        "{}",
        "[]",
        "nonsense",
        '{"form": 1}',
        other,
    ):
        assert keys(list(source.read(cursor))) == keys(everything)


def test_another_permission_brings_the_customers_again(filled: Shop, make_shop: MakeShop) -> None:
    cursor = last_cursor(list(make_shop().read(None)))
    again = list(make_shop(permission="offers").read(cursor))
    assert len(ids(again, "customers")) == 40


@pytest.mark.parametrize("most_groups", [2048, 16])
def test_killed_between_batches_it_goes_on(
    filled: Shop, make_shop: MakeShop, monkeypatch: pytest.MonkeyPatch, most_groups: int
) -> None:
    monkeypatch.setattr("hub_mailchimp.shop.spool.MOST_GROUPS", most_groups)
    source = make_shop(batch_rows=7)
    everything = keys(list(source.read(None)))
    stored: list[Batch] = []
    cursor, runs = None, 0
    while True:
        runs += 1
        reading = source.read(cursor)
        batch = next(reading)
        reading.close()  # type: ignore[attr-defined]
        cursor = batch.cursor or cursor
        stored.append(batch)
        if not batch.tables:
            break
    assert keys(stored) == everything
    assert runs > 7
    assert sum(table.num_rows for batch in stored for table in batch.tables.values()) == sum(
        map(len, everything.values())
    )


def test_a_fault_in_a_later_page_loses_nothing(filled: Shop, server: MailchimpServer, make_shop: MakeShop) -> None:
    source = make_shop()
    stored: list[Batch] = []
    server.faults.add(Fault.bodyless(403), on="orders", times=ATTEMPTS_AT_403)
    reading = source.read(None)
    with pytest.raises(TryAgain, match="slow down"):
        stored.extend(reading)
    rest = list(source.read(last_cursor(stored)))
    assert keys([*stored, *rest]) == keys(list(source.read(None)))
    assert "customers" not in keys(rest)


def test_what_is_gone_is_forgotten(filled: Shop, make_shop: MakeShop) -> None:
    source = make_shop()
    first = last_cursor(list(source.read(None)))
    filled.remove("orders", "o20")
    second = last_cursor(list(source.read(first)))
    assert [len(Memory.decode(one, STORE, "newsletter").seen["orders"].sums) for one in (first, second)] == [
        40,
        39,
    ]


def test_rows_that_go_while_pages_are_read_hide_none(
    shop: Shop, make_shop: MakeShop, server: MailchimpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2500):
        shop.customer(f"c{number}")
    answer, going = server.respond, iter(range(100))

    def busy_shop(request: Request, busy: int) -> Reply:
        reply = answer(request, busy)
        if "customers" in request.path:
            for _ in range(15):
                shop.remove("customers", f"c{next(going)}")
        return reply

    monkeypatch.setattr(server, "respond", busy_shop)
    found = ids(list(make_shop(permission="").read(None)), "customers")
    assert found >= {f"c{number}" for number in range(100, 2500)}


def test_rows_over_many_pages_all_come(shop: Shop, make_shop: MakeShop, server: MailchimpServer) -> None:
    for number in range(2500):
        shop.customer(f"c{number}")
    source: MailchimpShop = make_shop(permission="")
    assert len(ids(list(source.read(None)), "customers")) == 2500
    assert server.busiest == 1


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.integers(), min_size=1), st.integers(1, KEY_BITS))
def test_coarser_fingerprints_are_those_of_coarser_groups(rows: dict[str, int], bits: int) -> None:
    with open_spool() as spool:
        spool.add("things", ({"id": name, "value": value} for name, value in rows.items()))
        fine, coarse = spool.fingerprints("things", KEY_BITS), spool.fingerprints("things", bits)
    decoded = Fingerprints.decode(fine.encode())
    assert decoded == fine
    decoded.coarsen(bits)
    assert decoded == coarse


def test_too_many_rows_are_remembered_less_finely_and_still_nothing_is_missed() -> None:
    rows = [{"id": f"r{number}", "value": 0} for number in range(5000)]
    with open_spool() as spool:
        spool.add("things", rows)
        seen = spool.fingerprints("things", KEY_BITS)
        assert len(seen.encode()) < 30_000
        spool.add("things", [{"id": "r77", "value": 1}])
        now = spool.fingerprints("things", seen.bits)
        found = [row["id"] for _, row in spool.rows("things", seen.changed(now), now.shift)]
    assert "r77" in found
    assert len(found) < 30
