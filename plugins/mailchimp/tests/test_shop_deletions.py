"""What is gone from a store is told by what is left, and only where something changed."""

from collections.abc import Mapping, Sequence

import pytest

from hub import Batch
from hub.testing.platforms.mailchimp import MailchimpServer
from hub.testing.platforms.messages import Reply, Request

from .conftest import MakeShop
from .shop import Shop, line


@pytest.fixture
def filled(shop: Shop) -> Shop:
    shop.product("mug")
    for number in range(40):
        shop.customer(f"c{number}")
        shop.order(f"o{number}", f"c{number}")
    shop.cart("k1", "c1")
    return shop


def cursor_of(batches: Sequence[Batch]) -> str | None:
    return [batch.cursor for batch in batches if batch.cursor][-1]


def listed(batches: Sequence[Batch]) -> Mapping[str, set[str]]:
    return {kind: set(names) for batch in batches for kind, names in batch.listings.items()}


def test_nothing_new_lists_nothing(filled: Shop, make_shop: MakeShop) -> None:
    first = list(make_shop().read(None))
    assert {kind: len(names) for kind, names in listed(first).items()} == {
        "products": 1,
        "customers": 40,
        "orders": 40,
    }
    assert listed(list(make_shop().read(cursor_of(first)))) == {}


def test_what_is_left_is_listed_where_something_went(filled: Shop, make_shop: MakeShop) -> None:
    cursor = cursor_of(list(make_shop().read(None)))
    filled.remove("orders", "o20")
    batches = list(make_shop().read(cursor))
    assert listed(batches) == {"orders": {f"o{number}" for number in range(40) if number != 20}}
    assert listed(list(make_shop().read(cursor_of(batches)))) == {}
    # What was told but not stored is told again.
    assert listed(list(make_shop().read(cursor))) == listed(batches)


def test_a_customer_whom_an_order_names_is_not_gone(filled: Shop, make_shop: MakeShop) -> None:
    cursor = cursor_of(list(make_shop().read(None)))
    filled.remove("customers", "c3")
    filled.remove("customers", "c4")
    filled.remove("orders", "o4")
    found = listed(list(make_shop().read(cursor)))
    assert "c3" in found["customers"]
    assert "c4" not in found["customers"]


def test_killed_before_the_end_the_next_run_lists(filled: Shop, make_shop: MakeShop) -> None:
    source = make_shop(batch_rows=7)
    cursor = cursor_of(list(source.read(None)))
    filled.remove("orders", "o20")
    filled.customer("c9", first_name="Grace")
    filled.order("o7", "c7", financial_status="refunded")
    stored = list(source.read(cursor))[:-1]
    assert stored
    found = listed(list(source.read(cursor_of(stored))))
    assert found["orders"] == {f"o{number}" for number in range(40) if number != 20}


def test_a_listing_that_is_cut_off_takes_nothing_for_gone(
    filled: Shop, server: MailchimpServer, make_shop: MakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = cursor_of(list(make_shop().read(None)))
    filled.remove("orders", "o20")
    answer = server.respond

    def cut_off(request: Request, busy: int) -> Reply:
        reply = answer(request, busy)
        return Reply.of({"carts": [], "total_items": 12}) if "/carts" in request.path else reply

    with monkeypatch.context() as patched:
        patched.setattr(server, "respond", cut_off)
        cut = list(make_shop().read(cursor))
    assert listed(cut) == {}
    assert set(listed(list(make_shop().read(cursor_of(cut))))) == {"orders"}


def test_an_order_comes_with_all_of_its_lines(filled: Shop, make_shop: MakeShop) -> None:
    cursor = cursor_of(list(make_shop().read(None)))
    filled.order("o7", "c7", lines=[line("2", "mug")])
    (batch,) = [batch for batch in make_shop().read(cursor) if "orders" in batch.tables]
    assert batch.deletions == {"order_lines": ["o7"]}
