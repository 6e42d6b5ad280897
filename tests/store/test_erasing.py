"""Whoever is erased leaves nothing but tombstones, and everyone else keeps what is theirs."""

from datetime import UTC, date, datetime
from decimal import Decimal

import sqlalchemy as sa

from hub import (
    Batch,
    CartRecord,
    CompanyRecord,
    ConsentChannel,
    ConsentRecord,
    CustomerRecord,
    CustomFieldRecord,
    CustomFieldType,
    CustomValueRecord,
    GroupRecord,
    IdentityRecord,
    OrderLineRecord,
    OrderRecord,
    Record,
    SubscriptionRecord,
    TagRecord,
)
from hub.core.ingest.ingest import Ingest
from hub.core.store.database import Database
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.tables import Organisation, metadata

AT = datetime(2024, 1, 1, tzinfo=UTC)


def everything_of(name: str) -> list[Record]:
    return [
        CustomerRecord(id=name, company="c"),
        OrderRecord(id=name, customer=name, ordered_at=AT, total=Decimal(1)),
        OrderLineRecord(id="1", order=name),
        CartRecord(id=name, customer=name, changed_at=AT, total=Decimal(1), order=name),
        SubscriptionRecord(id=name, customer=name, name="Youth", starts_on=date(2024, 9, 1)),
        ConsentRecord(customer=name, permission="newsletter"),
        IdentityRecord(customer=name, channel=ConsentChannel.VIBER, value=name),
        TagRecord(customer=name, tag="vip"),
        GroupRecord(customer=name, group="members"),
        CustomValueRecord(customer=name, field="note", value="x"),
    ]


def sizes(database: Database) -> dict[str, int]:
    owned = [
        table
        for table in metadata.sorted_tables
        if table.name in ("customers", "order_lines") or ("customer_number" in table.c and "revision" in table.c)
    ]
    with database.reading() as connection:
        count = sa.func.count()
        return {
            table.name: connection.execute(sa.select(count).select_from(table)).scalar_one() for table in owned
        }


def test_who_is_erased_leaves_only_tombstones(database: Database, organisation: Organisation) -> None:
    field = CustomFieldRecord(name="note", value_type=CustomFieldType.TEXT)
    ingest = Ingest(database, organisation, "shop")
    bring = [CompanyRecord(id="c", name="Ufer"), field, *everything_of("1"), *everything_of("2")]
    list(ingest.store([Batch.of(*bring)]))
    before = sizes(database)
    assert set(before.values()) == {2}
    with database.writing() as connection:
        (number,) = connection.execute(sa.text("SELECT number FROM customers WHERE external_id = '1'")).scalars()
        assert erase_customers(connection, [number]) == 1
    assert sizes(database) == dict.fromkeys(before, 1)
    with database.reading() as connection:
        graves = (
            connection.execute(sa.text("SELECT table_name FROM tombstones WHERE revision = 2")).scalars().all()
        )
    assert sorted(graves) == sorted(before)


def test_the_cart_of_another_loses_an_erased_order_and_says_so(
    database: Database, organisation: Organisation
) -> None:
    """An order that another customer paid: the cart stays, and the replica must hear that its order is gone."""
    cart = CartRecord(id="c", customer="2", changed_at=AT, total=Decimal(1), order="o")
    order = OrderRecord(id="o", customer="1", ordered_at=AT, total=Decimal(1))
    list(Ingest(database, organisation, "shop").store([Batch.of(order, cart)]))
    with database.writing() as connection:
        (number,) = connection.execute(sa.text("SELECT number FROM customers WHERE external_id = '1'")).scalars()
        erase_customers(connection, [number])
    with database.reading() as connection:
        carts = connection.execute(sa.text("SELECT order_id, revision FROM carts")).all()
    assert [tuple(row) for row in carts] == [(None, 2)]
