"""The database engine: the store's own PostgreSQL, asked as it stands."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import (
    Batch,
    ConsentRecord,
    CustomerRecord,
    EventRecord,
    OrderLineRecord,
    OrderRecord,
    ProductRecord,
    Record,
    TagRecord,
)
from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Question
from hub.core.contracts.errors import SettingsError, TryAgain
from hub.core.contracts.relations import COLUMNS
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.database import DatabaseEngine
from hub.core.engines.database import changes as changes_module
from hub.core.engines.database import engine as engine_module
from hub.core.engines.database.snapshot import DatabaseSnapshot
from hub.core.engines.engine import Engine, Snapshot
from hub.core.ingest.ingest import Ingest
from hub.core.store.database import Database
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.facts.merging import next_revision
from hub.core.store.organisations import add_organisation
from hub.core.store.tables import (
    Cart,
    Company,
    Customer,
    CustomerGroup,
    CustomerGroupMember,
    CustomField,
    CustomValue,
    Identity,
    Organisation,
    Source,
    Subscription,
    Venue,
    table_of,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2024, 6, 15, 10, tzinfo=UTC)
TODAY = Calendar(NOON.date(), BERLIN)


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


class World:
    """A store on PostgreSQL with one organisation's facts, and the engine over it."""

    def __init__(self, database: Database, organisation: Organisation) -> None:
        self.database = database
        self.organisation = organisation
        self.engine = DatabaseEngine(database, organisation, 2)

    def bring(self, *records: Record) -> None:
        source = f"test of {self.organisation.name}"
        list(Ingest(self.database, self.organisation, source, lambda: NOON).store([Batch.of(*records)]))

    def put(self, model: Any, **values: Any) -> int:
        """Insert a row as it is; whose it is, from where, and its revision are filled in."""
        table = table_of(model)
        with self.database.writing() as connection:
            source = sa.select(sa.func.max(table_of(Source).c.id)).where(
                table_of(Source).c.organisation_id == self.organisation.id
            )
            filled = {
                "organisation_id": self.organisation.id,
                "source_id": source.scalar_subquery(),
                "revision": next_revision(connection),
            }
            values = {name: value for name, value in filled.items() if name in table.c} | values
            (key,) = connection.execute(sa.insert(table).values(values)).inserted_primary_key or (0,)
            return int(key)

    def number(self, name: str) -> int:
        c = table_of(Customer).c
        with self.database.reading() as connection:
            found = sa.select(c.number).where(c.external_id == name, c.organisation_id == self.organisation.id)
            return int(connection.execute(found).scalar_one())

    def names(self, members: Bitmap | None) -> list[str] | None:
        c = table_of(Customer).c
        if members is None:
            return None
        with self.database.reading() as connection:
            found = sa.select(c.external_id).where(c.number.in_(members.numbers().tolist()))
            return sorted(connection.execute(found).scalars())

    def relation(self, name: str, day: date = TODAY.today) -> list[dict[str, Any]]:
        """All rows of a relation at the end of a day."""
        with self.engine.snapshot(Calendar(day, BERLIN)) as snapshot:
            return relation(snapshot, name)


def relation(snapshot: Snapshot, name: str, among: Bitmap | None = None) -> list[dict[str, Any]]:
    columns = list(COLUMNS[name])

    def everything(question: Question) -> sa.Select[Any]:
        c = getattr(question.relations, name).c
        return sa.select(*(c[column] for column in columns)).order_by(*(c[column] for column in columns))

    return [dict(zip(columns, row, strict=True)) for row in snapshot.rows(everything, among)]


@pytest.fixture
def world(postgres_url: str, make_theatre: Callable[[Database], Organisation]) -> Iterator[World]:
    database = Database(postgres_url)
    yield World(database, make_theatre(database))
    database.close()


def order(number: str, customer: str, at: datetime = NOON, total: str = "10", **more: Any) -> OrderRecord:
    return OrderRecord(id=number, customer=customer, ordered_at=at, total=Decimal(total), **more)


def fill(world: World) -> None:
    """Facts of every kind. Of a much is known, of b little, of c nothing."""
    world.bring(
        CustomerRecord.model_validate(
            {
                "id": "a", "email": "a@example.org", "phone": "", "title": "Dr", "first_name": "Ada",
                "born_on": "1990-01-02", "registered_at": NOON, "gender": "female", "country": "DE",
                "latitude": 52.5, "longitude": 13.4,
            }
        ),
        CustomerRecord(id="c"),
        EventRecord(
            id="e1", title="Carmen", category="opera", production="Carmen", venue="Haus", organiser="We",
            starts_at=NOON + timedelta(days=3),
        ),
        EventRecord(id="e2"),
        ProductRecord(id="p1", name="Mug", category="gifts"),
        order("1", "a", NOON - timedelta(days=2), "25.50", sales_channel="online"),
        order("2", "a", NOON, "5", status="completed"),
        order("3", "a", NOON, "7", status="cancelled"),
        order("4", "b", NOON - timedelta(days=9), "99", currency="DKK"),
        OrderLineRecord(id="1", order="1", event="e1", quantity=2, total=Decimal(20)),
        OrderLineRecord(id="2", order="1", product="p1", quantity=3, total=Decimal("5.5")),
        OrderLineRecord(id="1", order="2", event="e1", quantity=1, category="gala"),
        OrderLineRecord(id="2", order="2", event="e2", quantity=4),
        OrderLineRecord(id="1", order="3", event="e2", quantity=40),
        ConsentRecord(customer="a", permission="news", at=NOON - timedelta(days=3)),
        ConsentRecord(customer="a", permission="news", given=False, at=NOON - timedelta(days=1)),
        ConsentRecord(customer="b", permission="news", at=NOON),
        TagRecord(customer="b", tag="vip"),
    )  # fmt: skip
    a, b = world.number("a"), world.number("b")
    company = world.put(Company, external_id="x", name="Stahl AG", vat_number="DE1", city="Bonn", country="DE")

    def own(table: sa.Table) -> sa.ColumnElement[bool]:
        return table.c.organisation_id == world.organisation.id

    with world.database.writing() as connection:
        customers, venues = table_of(Customer), table_of(Venue)
        connection.execute(sa.update(customers).where(customers.c.number == b).values(company_id=company))
        connection.execute(sa.update(venues).where(own(venues)).values(latitude=52.0, longitude=13.0))
    world.put(Venue, name="Nowhere", latitude=1.0)
    group = world.put(CustomerGroup, name="pensioners")
    world.put(CustomerGroupMember, customer_number=a, group_id=group)
    for name, kind, column, value in (
        ("height", "number", "number_value", 18_125),
        ("newsletter since", "date", "day_value", date(2020, 1, 1)),
        ("drinks", "text", "text_value", "tea"),
        ("member", "yes_no", "yes_no_value", False),
    ):
        field = world.put(CustomField, name=name, value_type=kind, choices=[])
        world.put(CustomValue, customer_number=a, field_id=field, **{column: value})
    cart = {"external_id": "1", "customer_number": a, "total": 900}
    world.put(Cart, **cart, changed_at=NOON, currency="EUR")
    world.put(Cart, **{**cart, "external_id": "2"}, changed_at=NOON - timedelta(days=5), currency="DKK")
    world.put(Identity, customer_number=a, kind="viber", value=f"v{a}")
    subscription = {"customer_number": a, "name": "Monday", "starts_on": date(2023, 9, 1)}
    world.put(Subscription, external_id="1", **subscription)
    world.put(Subscription, external_id="2", **subscription, ends_on=date(2024, 7, 1))


def by_number(rows: list[dict[str, Any]], *numbers: int) -> list[dict[str, Any]]:
    """The rows of these customers, in this order."""
    assert len(rows) == len(numbers)
    return [row for number in numbers for row in rows if row["number"] == number]


def test_every_relation_is_as_declared(world: World) -> None:
    fill(world)
    a, b, c = (world.number(name) for name in "abc")
    ada, bob, nobody = by_number(world.relation("traits"), a, b, c)
    assert ada == {
        "number": a, "born_day": 7306, "registered_at": seconds(NOON), "gender": "female", "title": "Dr",
        "first_name": "Ada", "account_kind": None, "account_status": None, "country": "DE", "region": None,
        "city": None, "postcode": None, "language": None, "latitude": 52.5, "longitude": 13.4, "has_email": True,
        "has_phone": False, "company": None, "orders": 2, "tickets": 7, "events": 2, "revenue": 3050,
        "first_purchase_at": seconds(NOON) - 172_800, "last_purchase_at": seconds(NOON),
    }  # fmt: skip
    (company,) = world.relation("companies")
    assert (bob["number"], bob["company"], bob["orders"], bob["revenue"]) == (b, company["id"], 1, 0)
    assert nobody == {**dict.fromkeys(COLUMNS["traits"]), "number": c, "has_email": False, "has_phone": False,
                      "orders": 0, "tickets": 0, "events": 0, "revenue": 0}  # fmt: skip
    orders = [(row["customer"], row["total"], row["status"], row["counts"]) for row in world.relation("orders")]
    assert orders == [
        (a, 2550, "paid", True), (a, 500, "completed", True), (a, 700, "cancelled", False), (b, 0, "paid", True)
    ]  # fmt: skip
    carmen, unnamed = world.relation("events")
    (mug,) = world.relation("products")
    lines = [
        (row["event"], row["product"], row["category"], row["quantity"], row["total"], row["lead_days"])
        for row in world.relation("lines")
    ]
    assert lines == [
        (carmen["id"], None, "opera", 2, 2000, 5),
        (None, mug["id"], "gifts", 3, 550, None),
        (carmen["id"], None, "gala", 1, None, 3),
        (unnamed["id"], None, None, 4, None, None),
    ]
    assert [row["sales_channel"] for row in world.relation("lines")] == ["online", "online", None, None]
    assert {**carmen, "id": 0} == {
        "id": 0, "external_id": "e1", "title": "Carmen", "category": "opera", "production": "Carmen",
        "venue": "Haus", "organiser": "We", "starts_at": seconds(NOON) + 3 * 86_400,
    }  # fmt: skip
    assert (mug["external_id"], mug["name"], mug["category"]) == ("p1", "Mug", "gifts")
    assert world.relation("venues") == [{"name": "Haus", "latitude": 52.0, "longitude": 13.0}]
    assert [tuple(row.values())[:4] for row in world.relation("consents")] == [
        (a, "news", "email", False), (b, "news", "email", True)
    ]  # fmt: skip
    assert world.relation("tags") == [{"customer": b, "tag": "vip"}]
    assert world.relation("group_members") == [{"customer": a, "name": "pensioners"}]
    assert [tuple(row.values())[1:] for row in world.relation("custom_values")] == [
        ("drinks", "tea", None, None, None),
        ("height", None, 18_125, None, None),
        ("member", None, None, None, False),
        ("newsletter since", None, None, 18_262, None),
    ]
    assert [(row["total"], row["abandoned"]) for row in world.relation("carts")] == [(0, True), (900, True)]
    assert world.relation("identities") == [{"customer": a, "kind": "viber"}]
    assert {**company, "id": 0} == {
        "id": 0, "name": "Stahl AG", "vat_number": "DE1", "city": "Bonn", "country": "DE"
    }  # fmt: skip
    assert [tuple(row.values())[1:] for row in world.relation("subscriptions")] == [
        ("Monday", 19_601, 19_905), ("Monday", 19_601, None)
    ]  # fmt: skip


def test_no_row_of_another_organisation_is_seen(world: World) -> None:
    fill(world)
    stranger = Organisation(name="Kino", time_zone="Asia/Tokyo", currency="DKK", country="DK")
    other = World(world.database, add_organisation(world.database, stranger))
    assert all(not other.relation(name) for name in COLUMNS)
    with other.engine.snapshot(TODAY) as snapshot:
        assert not len(snapshot.everyone())
        assert not snapshot.depends_on_day
    before = {name: world.relation(name) for name in COLUMNS}
    revision = world.engine.refresh()
    fill(other)
    later = NOON + timedelta(days=9)
    other.bring(order("9", "b", later), ConsentRecord(customer="b", permission="news", at=later))
    assert {name: world.relation(name) for name in COLUMNS} == before
    assert all(other.relation(name) for name in COLUMNS)
    with world.engine.snapshot(TODAY) as snapshot:
        assert world.names(snapshot.changed_since(revision)) == []
        assert len(snapshot.everyone()) == 3
        assert not snapshot.depends_on_day


def test_a_day_is_seen_as_it_ended(world: World) -> None:
    fill(world)
    a = world.number("a")
    yesterday, long_ago = NOON.date() - timedelta(days=1), NOON.date() - timedelta(days=30)
    ada = world.relation("traits", yesterday)[0]
    assert (ada["orders"], ada["revenue"], ada["tickets"], ada["events"]) == (1, 2550, 2, 1)
    assert [row["customer"] for row in world.relation("orders", yesterday)] == [a, world.number("b")]
    assert len(world.relation("lines", yesterday)) == 2
    assert len(world.relation("carts", yesterday)) == 1
    assert [row["given"] for row in world.relation("consents", yesterday)] == [False]
    assert [row["given"] for row in world.relation("consents", yesterday - timedelta(days=1))] == [True]
    assert world.relation("traits", long_ago)[0]["last_purchase_at"] is None
    assert not world.relation("consents", long_ago)


def test_days_are_the_organisations(world: World) -> None:
    """22:30 UTC is half past midnight in Berlin in summer; the last Sunday in March has 23 hours."""
    late = datetime(2024, 3, 30, 23, 30, tzinfo=UTC)
    world.bring(
        EventRecord(id="e", starts_at=datetime(2024, 3, 31, 22, 30, tzinfo=UTC)),
        order("1", "a", late),
        order("2", "a", late - timedelta(hours=1)),
        OrderLineRecord(id="1", order="1", event="e"),
        OrderLineRecord(id="1", order="2", event="e"),
    )
    assert sorted(row["lead_days"] for row in world.relation("lines")) == [1, 2]
    assert [len(world.relation("orders", date(2024, 3, day))) for day in (29, 30, 31)] == [0, 1, 2]


def test_of_two_entries_at_the_same_moment_the_later_one_stands(world: World) -> None:
    world.bring(ConsentRecord(customer="a", permission="news", at=NOON))
    world.bring(ConsentRecord(customer="a", permission="news", given=False, at=NOON))
    assert [row["given"] for row in world.relation("consents")] == [False]


def test_a_snapshot_does_not_move(world: World) -> None:
    world.bring(CustomerRecord(id="a", country="DE"))
    with world.engine.snapshot(TODAY) as snapshot:
        revision = snapshot.revision
        world.bring(CustomerRecord(id="a", country="DK"), CustomerRecord(id="b", country="DE"))
        world.bring(order("1", "a", NOON + timedelta(days=2)))
        (germans,) = snapshot.ask([lambda question: question.relations.traits.c.country == "DE"])
        assert world.names(germans) == world.names(snapshot.everyone()) == ["a"]
        assert world.names(snapshot.changed_since(revision - 1)) == ["a"]
        assert not snapshot.depends_on_day
        assert snapshot.revision == revision
    with world.engine.snapshot(TODAY) as snapshot:
        assert snapshot.revision == revision + 2 == world.engine.refresh()
        assert world.names(snapshot.everyone()) == ["a", "b"]
        assert snapshot.depends_on_day


def bought(question: Question) -> sa.ColumnElement[bool]:
    lines = question.relations.lines.c
    return question.relations.traits.c.number.in_(sa.select(lines.customer).where(lines.category == "opera"))


def many_events(question: Question) -> sa.ColumnElement[bool]:
    return question.relations.traits.c.events >= sa.literal(2, sa.BigInteger)


def spent(question: Question) -> sa.ColumnElement[bool]:
    return question.relations.traits.c.revenue > sa.literal(1500, sa.BigInteger)


def no_consent(question: Question) -> sa.ColumnElement[bool]:
    consents = question.relations.consents.c
    return question.relations.traits.c.number.not_in(sa.select(consents.customer).where(consents.given.is_(True)))


def tagged_or_cancelled(question: Question) -> sa.ColumnElement[bool]:
    tags, orders = question.relations.tags.c, question.relations.orders.c
    number = question.relations.traits.c.number
    return sa.or_(
        number.in_(sa.select(tags.customer).where(tags.tag == "vip")),
        number.in_(sa.select(orders.customer).where(orders.status.in_(["cancelled", "refunded"]))),
    )


EXPRESSIONS = (bought, many_events, spent, no_consent, tagged_or_cancelled)
NAMES = "abcdefgh"


@pytest.fixture
def crowd(world: World) -> World:
    """Eight customers who differ in everything that is asked above."""
    events = [EventRecord(id=f"e{number}", category=("opera", "jazz")[number % 2]) for number in range(4)]
    records: list[Record] = [*events]
    for place, name in enumerate(NAMES):
        records.append(CustomerRecord(id=name, country="DE"))
        records += [
            order(f"{name}{number}", name, total="4", status="cancelled" if place == 7 else "paid")
            for number in range(place)
        ]
        records += [
            OrderLineRecord(id="1", order=f"{name}{number}", event=f"e{(place + number) % 4}")
            for number in range(place)
        ]
        records.append(ConsentRecord(customer=name, permission="news", given=place % 3 == 0, at=NOON))
    world.bring(*records, TagRecord(customer="b", tag="vip"))
    return world


def test_answers_of_everyone(crowd: World) -> None:
    with crowd.engine.snapshot(TODAY) as snapshot:
        answers = [crowd.names(found) for found in snapshot.ask(EXPRESSIONS)]
    assert ["".join(found or []) for found in answers] == ["cdefg", "cdefg", "efg", "bcefh", "bh"]


@given(chosen=st.sets(st.sampled_from(range(8))), strangers=st.sets(st.integers(9, 40)))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_few_answer_as_everyone_does(crowd: World, chosen: set[int], strangers: set[int]) -> None:
    first = crowd.number("a")
    among = Bitmap.of([*(first + place for place in chosen), *(first + place for place in strangers)])
    with crowd.engine.snapshot(TODAY) as snapshot:
        everyone = snapshot.ask(EXPRESSIONS)
        assert list(snapshot.ask(EXPRESSIONS, among)) == [answer & among for answer in everyone]
        assert list(snapshot.ask(EXPRESSIONS[:1], among)) == [everyone[0] & among]


def test_more_questions_than_fit_in_one_statement(crowd: World) -> None:
    def less_than(most: int) -> Callable[[Question], sa.ColumnElement[bool]]:
        return lambda question: question.relations.traits.c.orders < sa.literal(most, sa.BigInteger)

    expressions = [less_than(number % 9) for number in range(120)]
    with crowd.engine.snapshot(TODAY) as snapshot:
        everyone = snapshot.everyone()
        sizes = [len(found) for found in snapshot.ask(expressions, everyone)]
    assert sizes == [[0, 2, 3, 4, 5, 6, 7, 8, 8][number % 9] for number in range(120)]


def test_rows_among_some(crowd: World) -> None:
    some = Bitmap.of([crowd.number("c"), crowd.number("d")])
    with crowd.engine.snapshot(TODAY) as snapshot:
        assert [row["orders"] for row in relation(snapshot, "traits", some)] == [2, 3]
        assert {row["customer"] for row in relation(snapshot, "orders", some)} == set(some.numbers().tolist())
        assert len(relation(snapshot, "lines", some)) == 5
        assert len(relation(snapshot, "consents", some)) == 2
        assert len(relation(snapshot, "events", some)) == 4
        assert not relation(snapshot, "traits", Bitmap.of([]))


def test_sums_are_whole_numbers(crowd: World) -> None:
    with crowd.engine.snapshot(TODAY) as snapshot:
        ((total,),) = snapshot.rows(lambda question: sa.select(sa.func.sum(question.relations.orders.c.total)))
    assert (total, type(total)) == (28 * 400, int)


def changes() -> Sequence[tuple[str, Callable[[World], Any], str | None]]:
    """A change of the crowd, and whom it touches."""

    def company_of_d(world: World) -> None:
        company = world.put(Company, external_id="x", name="Stahl AG")
        with world.database.writing() as connection:
            c = table_of(Customer)
            connection.execute(sa.update(c).where(c.c.external_id == "d").values(company_id=company))

    def field_of_e(world: World) -> None:
        field = world.put(CustomField, name="drinks", value_type="text", choices=[])
        world.put(CustomValue, customer_number=world.number("e"), field_id=field, text_value="tea")

    def group_of_f(world: World) -> None:
        group = world.put(CustomerGroup, name="pensioners")
        world.put(CustomerGroupMember, customer_number=world.number("f"), group_id=group)

    def erase_b(world: World) -> None:
        with world.database.writing() as connection:
            erase_customers(connection, [world.number("b")])

    return [
        ("nothing", lambda world: None, ""),
        ("the same again", lambda world: world.bring(CustomerRecord(id="a", country="DE")), ""),
        ("a customer", lambda world: world.bring(CustomerRecord(id="a", country="DK")), "a"),
        ("orders", lambda world: world.bring(order("b0", "b", total="5"), order("x", "a")), "ab"),
        ("an order that moves", lambda world: world.bring(order("b0", "g", total="5")), "bg"),
        ("a line", lambda world: world.bring(OrderLineRecord(id="2", order="c0", quantity=2)), "c"),
        ("a consent", lambda world: world.bring(ConsentRecord(customer="d", permission="sms", at=NOON)), "d"),
        ("a tag", lambda world: world.bring(TagRecord(customer="e", tag="vip")), "e"),
        ("an event", lambda world: world.bring(EventRecord(id="e1", title="Jam")), "defgh"),
        ("a new event", lambda world: world.bring(EventRecord(id="e9", title="Jam")), ""),
        ("a company", company_of_d, "d"),
        ("a custom field", field_of_e, "e"),
        ("a group", group_of_f, "f"),
        (
            "a cart",
            lambda world: world.put(
                Cart, external_id="1", customer_number=world.number("g"), changed_at=NOON, total=1, currency="EUR"
            ),
            "g",
        ),
        (
            "an address",
            lambda world: world.put(Identity, customer_number=world.number("h"), kind="viber", value="v"),
            "h",
        ),
        (
            "a subscription",
            lambda world: world.put(
                Subscription, external_id="1", customer_number=world.number("a"), name="M", starts_on=NOON.date()
            ),
            "a",
        ),
        ("a venue", lambda world: world.put(Venue, name="Haus", latitude=1.0, longitude=1.0), None),
        ("an erasure", erase_b, None),
    ]


def test_who_changed_is_known(crowd: World) -> None:
    for what, change, names in changes():
        revision = crowd.engine.refresh()
        change(crowd)
        with crowd.engine.snapshot(TODAY) as snapshot:
            found = crowd.names(snapshot.changed_since(revision))
            assert found == (None if names is None else list(names)), what
            assert world_of_itself(snapshot) == [], what


def world_of_itself(snapshot: DatabaseSnapshot) -> list[int]:
    changed = snapshot.changed_since(snapshot.revision)
    assert changed is not None
    return [int(number) for number in changed.numbers()]


def test_a_product_touches_who_bought_it(world: World) -> None:
    world.bring(order("1", "a"), order("2", "b"), OrderLineRecord(id="1", order="2", product="mug"))
    revision = world.engine.refresh()
    world.bring(ProductRecord(id="mug", category="gifts"))
    with world.engine.snapshot(TODAY) as snapshot:
        assert world.names(snapshot.changed_since(revision)) == ["b"]


def test_too_many_changes_are_as_good_as_unknown(world: World) -> None:
    world.bring(CustomerRecord(id="first"))
    revision = world.engine.refresh()
    world.bring(*(CustomerRecord(id=str(number)) for number in range(1_001)))
    with world.engine.snapshot(TODAY) as snapshot:
        assert snapshot.changed_since(revision) is None
        assert snapshot.changed_since(snapshot.revision + 1) is None, "the store was restored from an older copy"
    revision = world.engine.refresh()
    world.bring(*(CustomerRecord(id=str(number), country="DE") for number in range(1_000)))
    with world.engine.snapshot(TODAY) as snapshot:
        changed = snapshot.changed_since(revision)
        assert changed is not None
        assert len(changed) == 1_000


def test_nobody_looks_whose_so_many_rows_are(crowd: World, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = crowd.engine.refresh()
    crowd.bring(*(TagRecord(customer="a", tag=f"tag {number}") for number in range(4)))
    with crowd.engine.snapshot(TODAY) as snapshot:
        assert crowd.names(snapshot.changed_since(revision)) == ["a"]
        monkeypatch.setattr(changes_module, "_FEW", 1)
        assert snapshot.changed_since(revision) is None


@pytest.mark.parametrize(
    "fact",
    [
        order("1", "a", NOON + timedelta(days=1), status="cancelled"),
        ConsentRecord(customer="a", permission="news", at=NOON + timedelta(days=1)),
        CustomerRecord(id="a", registered_at=NOON + timedelta(days=1)),
    ],
    ids=lambda fact: str(fact.kind),
)
def test_answers_depend_on_the_day_while_facts_lie_after_it(world: World, fact: Record) -> None:
    tomorrow = Calendar(NOON.date() + timedelta(days=1), BERLIN)
    world.bring(CustomerRecord(id="b", registered_at=NOON))
    for calendar, depends in ((TODAY, False), (Calendar(date(2024, 6, 14), BERLIN), True)):
        with world.engine.snapshot(calendar) as snapshot:
            assert snapshot.depends_on_day is depends
    world.bring(fact)
    for calendar, depends in ((TODAY, True), (tomorrow, False)):
        with world.engine.snapshot(calendar) as snapshot:
            assert snapshot.depends_on_day is depends


def test_a_cart_after_the_day_counts_too(world: World) -> None:
    world.bring(CustomerRecord(id="a"))
    later = {"changed_at": NOON + timedelta(days=1), "currency": "EUR", "total": 1}
    world.put(Cart, external_id="1", customer_number=world.number("a"), **later)
    with world.engine.snapshot(TODAY) as snapshot:
        assert snapshot.depends_on_day


@pytest.mark.parametrize("looked_up", [1_000, 1], ids=["few", "many"])
def test_figures_are_those_of_now(crowd: World, looked_up: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "_LOOKED_UP", looked_up)
    crowd.bring(order("later", "a", NOON + timedelta(days=365 * 9)))
    numbers = np.array([crowd.number("d"), crowd.number("a")], np.uint32)
    table = crowd.engine.figures(numbers, ("orders", "revenue", "country", "has_email")).sort_by("number")
    assert table.to_pydict() == {
        "number": sorted(numbers.tolist()), "orders": [1, 3], "revenue": [1000, 1200], "country": ["DE", "DE"],
        "has_email": [False, False],
    }  # fmt: skip
    empty = crowd.engine.figures(np.empty(0, np.uint32), ("orders",))
    assert (empty.num_rows, empty.schema.names) == (0, ["number", "orders"])


def test_a_server_that_goes_away_is_a_passing_fault(world: World) -> None:
    world.bring(CustomerRecord(id="a"))
    end_others = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    other = Database(world.database.url.render_as_string(hide_password=False))

    def lose_it_meanwhile() -> None:
        with world.engine.snapshot(TODAY) as snapshot:
            with other.reading() as connection:
                connection.execute(end_others)
            snapshot.everyone()

    with pytest.raises(TryAgain, match="can't be reached"):
        lose_it_meanwhile()
    other.close()
    assert world.engine.refresh() == 1


def test_a_server_that_is_not_there_is_a_passing_fault(organisation: Organisation) -> None:
    nowhere = Database("postgresql://hub@127.0.0.1:1/hub")
    engine = DatabaseEngine(nowhere, organisation, 2)
    with pytest.raises(TryAgain, match="can't be reached"):
        engine.refresh()
    nowhere.close()


def test_an_sqlite_store_is_refused(sqlite_url: str, make_theatre: Callable[[Database], Organisation]) -> None:
    database = Database(sqlite_url)
    with pytest.raises(SettingsError, match="set store_url to postgresql://"):
        DatabaseEngine(database, make_theatre(database), 2)
    database.close()


def test_it_is_an_engine(world: World) -> None:
    engine: Engine = world.engine
    with engine.snapshot(TODAY) as snapshot:
        assert snapshot.revision == engine.refresh() == 0
    engine.close()
    assert engine.refresh() == 0, "the database is not the engine's to close"
