"""What a source says is gone goes with its batch: of that source alone, and never most of it by mistake."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hub import (
    Batch,
    CartRecord,
    CustomerRecord,
    EventRecord,
    IntegratorError,
    OrderLineRecord,
    OrderRecord,
    ProductRecord,
    Record,
    SubscriptionRecord,
    TagRecord,
)
from hub.core.contracts.records import DELETABLE
from hub.core.ingest.guard import MassDeletion
from hub.core.ingest.ingest import Ingest
from hub.core.ingest.report import IngestReport

from .conftest import NOW, Shop

AT = datetime(2024, 1, 1, tzinfo=UTC)


def everything_of(name: str) -> list[Record]:
    return [
        CustomerRecord(id=name),
        EventRecord(id=name),
        ProductRecord(id=name),
        OrderRecord(id=name, customer=name, ordered_at=AT, total=Decimal(1)),
        OrderLineRecord(id="1", order=name, event=name),
        OrderLineRecord(id="2", order=name),
        CartRecord(id=name, customer=name, changed_at=AT, total=Decimal(1), order=name),
        SubscriptionRecord(id=name, customer=name, name="Youth", starts_on=date(2024, 9, 1)),
        TagRecord(customer=name, tag="vip"),
    ]


def bring(shop: Shop, *batches: Batch, approved: bool = False) -> IngestReport:
    ingest = Ingest(shop.database, shop.organisation, shop.name, lambda: NOW)
    return list(ingest.store(batches, approved=approved))[-1]


def left(shop: Shop, kind: str) -> list[str]:
    column = "order_id || '/' || external_id" if kind == "order_lines" else "external_id"
    return sorted(str(name) for (name,) in shop.rows(f"SELECT {column} FROM {kind}"))


def people(count: int) -> Batch:
    return Batch.of(*(CustomerRecord(id=f"c{number}") for number in range(count)))


@pytest.mark.parametrize("kind", [kind for kind in DELETABLE if kind != "order_lines"])
@pytest.mark.parametrize("by_listing", [False, True])
def test_what_is_gone_is_deleted_from_its_source_alone(
    shop: Shop, second_shop: Shop, kind: str, by_listing: bool
) -> None:
    for one in (shop, second_shop):
        one.bring(*everything_of("a"), *everything_of("b"))
    shop.bring(OrderLineRecord(id="1", order="a", event="b"))  # nobody bought the event a any more
    gone = (
        Batch(listings={kind: ["b", "unheard of"]}) if by_listing else Batch(deletions={kind: ["a", " a ", "?"]})
    )
    report = bring(shop, gone)
    assert +report.deleted == {kind: 1}
    assert +report.unchanged == ({} if by_listing else {kind: 1})
    own = left(shop, kind)
    assert own == ["a", "b", "b"]
    assert shop.rows(
        f"SELECT count(*) FROM {kind} JOIN sources ON sources.id = source_id "
        f"WHERE sources.name = 'shop' AND external_id = 'a'"
    ) == [(0,)]
    graves = shop.rows("SELECT DISTINCT table_name FROM tombstones")
    assert (kind,) in graves
    assert bring(shop, gone).deleted.total() == 0


def test_a_deleted_customer_is_erased_with_all_that_is_theirs(shop: Shop) -> None:
    shop.bring(*everything_of("a"), *everything_of("b"))
    shop.bring(CartRecord(id="b", customer="b", changed_at=AT, total=Decimal(1), order="a"))
    with shop.database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO segments (id, organisation_id, name, folded_name, description, kind, created_at, "
            "changed_at) VALUES (1, 1, 'By hand', 'by hand', '', 'manual', 0, 0)"
        )
        connection.exec_driver_sql("INSERT INTO segment_members SELECT 1, number, 0 FROM customers")
    bring(shop, Batch(deletions={"customers": ["a"]}))
    for kind in ("customers", "orders", "carts", "subscriptions"):
        assert left(shop, kind) == ["b"], kind
    assert shop.rows("SELECT count(*) FROM order_lines") == [(2,)]
    assert shop.rows("SELECT count(*) FROM customer_tags") == [(1,)]
    assert shop.rows("SELECT count(*) FROM segment_members") == [(1,)]
    ((order, revision, newest),) = shop.rows("SELECT order_id, carts.revision, value FROM carts, revision")
    assert order is None
    assert revision == newest


def test_lines_that_were_taken_out_of_an_order_go_and_others_stay(shop: Shop) -> None:
    shop.bring(*everything_of("a"), *everything_of("b"), *everything_of("c"))
    changed = Batch.of(*everything_of("a")[3:5], OrderLineRecord(id="3", order="a"))
    empty = Batch.of(everything_of("c")[3])
    report = bring(
        shop,
        Batch(changed.tables, deletions={"order_lines": ["a", "?"]}),
        Batch(empty.tables, deletions={"order_lines": ["c"]}),
    )
    assert report.deleted["order_lines"] == 3
    lines = shop.rows(
        "SELECT orders.external_id, order_lines.external_id FROM order_lines JOIN orders ON orders.id = order_id"
    )
    assert sorted(lines) == [("a", "1"), ("a", "3"), ("b", "1"), ("b", "2")]


def test_a_line_that_is_rejected_but_there_stays(shop: Shop) -> None:
    shop.bring(*everything_of("a"))
    shop_row = {"id": "2", "order": "a", "quantity": -1}
    table = Batch.of(OrderLineRecord(id="1", order="a", quantity=1)).tables["order_lines"]
    rows = [*table.to_pylist(), shop_row]
    broken = type(table).from_pylist(rows, schema=table.schema)
    report = bring(shop, Batch({"order_lines": broken}, deletions={"order_lines": ["a"]}))
    assert len(report.rejected) == 1
    assert report.deleted.total() == 0


def test_what_somebody_bought_stays(shop: Shop) -> None:
    shop.bring(*everything_of("a"))
    report = bring(shop, Batch(deletions={"events": ["a"], "products": ["a"]}))
    assert +report.deleted == {"products": 1}
    assert +report.unchanged == {"events": 1}
    assert left(shop, "events") == ["a"]


@pytest.mark.parametrize(
    "vanishing",
    [
        lambda names: [Batch(deletions={"customers": names})],
        lambda names: [Batch(deletions={"customers": [name]}) for name in names],
    ],
)
def test_most_of_a_kind_goes_only_when_somebody_agreed(
    shop: Shop, vanishing: Callable[[list[str]], list[Batch]]
) -> None:
    bring(shop, people(39))
    gone = [f"c{number}" for number in range(20)]
    with pytest.raises(MassDeletion, match=r"'shop' has lost 20 of 39 customers .* --approve"):
        bring(shop, *vanishing(gone))
    there = len(left(shop, "customers"))
    assert there >= 20
    bring(shop, *vanishing(gone), approved=True)
    assert len(left(shop, "customers")) == 19


def test_an_empty_listing_erases_nobody(shop: Shop) -> None:
    bring(shop, people(25))
    with pytest.raises(MassDeletion):
        bring(
            shop, Batch(Batch.of(CustomerRecord(id="new")).tables, listings={"customers": ["new"]}, cursor="next")
        )
    assert len(left(shop, "customers")) == 25
    assert Ingest(shop.database, shop.organisation, shop.name, lambda: NOW).cursor() is None


@pytest.mark.parametrize(("there", "gone"), [(40, 20), (19, 19)])
def test_half_may_go_and_so_may_few(shop: Shop, there: int, gone: int) -> None:
    bring(shop, people(there))
    assert bring(shop, Batch(deletions={"customers": [f"c{n}" for n in range(gone)]})).deleted["customers"] == gone


def test_a_dry_run_deletes_nothing_and_tells_what_it_would(shop: Shop) -> None:
    bring(shop, people(5))
    batches = [
        Batch(deletions={"customers": ["c1", "c2"]}, listings={"orders": []}),
        Batch(Batch.of(CustomerRecord(id="c1"), everything_of("z")[3]).tables),
    ]
    ingest = Ingest(shop.database, shop.organisation, shop.name, lambda: NOW)
    report = ingest.try_out(batches)
    assert +report.deleted == {"customers": 1}
    assert report.inserted["orders"] == 1
    assert len(left(shop, "customers")) == 5


@pytest.mark.parametrize(
    "batch",
    [
        Batch(deletions={"consents": ["a"]}),
        Batch(listings={"order_lines": ["a"]}),
        Batch(deletions={"customers": [1]}),  # type: ignore[list-item]
    ],
)
def test_what_can_not_be_deleted_is_the_plugins_mistake(shop: Shop, batch: Batch) -> None:
    with pytest.raises(IntegratorError):
        bring(shop, batch)
