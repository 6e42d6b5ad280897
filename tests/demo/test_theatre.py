"""The theatre: the same from the same seed, sane in its proportions, and nobody in it is real."""

from datetime import UTC, date, datetime, timedelta

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.demo.theatre import places
from hub.demo.theatre.theatre import Theatre, invent_theatre

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
SIZE = 20_000
TIMES = "SELECT count(DISTINCT id) AS n FROM orders GROUP BY customer"
"""How often each buyer came."""
RANKED = f"SELECT n, percent_rank() OVER (ORDER BY n DESC) AS place FROM ({TIMES})"
AHEAD = """
    SELECT median(date_diff('day', ordered_at, starts_at)) FROM orders o JOIN events e ON o.event = e.id
    WHERE sales_channel = '{}'"""


@pytest.fixture(scope="module")
def theatre() -> Theatre:
    return invent_theatre(NOW, SIZE)


def one(theatre: Theatre, query: str) -> float:
    """The single figure a query over the theatre's tables gives."""
    with duckdb.connect(":memory:") as connection:
        for kind, table in theatre.tables.items():
            connection.register(kind, table)
        row = connection.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def test_the_same_seed_gives_the_same_theatre() -> None:
    first, second = (invent_theatre(NOW, 700, seed=5) for _ in range(2))
    assert first.tables.keys() == second.tables.keys()
    assert all(first.tables[kind].equals(second.tables[kind]) for kind in first.tables)


def test_the_clock_says_it_in_any_time_zone() -> None:
    elsewhere = NOW.astimezone(datetime.fromisoformat("2026-03-10T00:00+09:00").tzinfo)
    assert invent_theatre(elsewhere, 50).tables["orders"].equals(invent_theatre(NOW, 50).tables["orders"])


def test_another_seed_gives_another_theatre() -> None:
    first, second = invent_theatre(NOW, 700, seed=5), invent_theatre(NOW, 700, seed=6)
    assert not first.tables["orders"].equals(second.tables["orders"])


@settings(max_examples=25, deadline=None)
@given(
    now=st.integers(0, 25 * 365 * 86_400).map(lambda seconds: EARLIEST + timedelta(seconds=seconds)),
    customers=st.integers(1, 300),
    seed=st.integers(0, 2**32),
)
def test_any_theatre_holds_together(now: datetime, customers: int, seed: int) -> None:
    theatre = invent_theatre(now, customers, seed)
    tables = theatre.tables
    for kind, key in {"customers": "id", "events": "id", "products": "id"}.items():
        assert len(pc.unique(tables[kind][key])) == tables[kind].num_rows
    orders = tables["orders"]
    assert one(theatre, "SELECT count(DISTINCT (id, line)) FROM orders") == orders.num_rows
    for kind, field, owner in (
        ("orders", "customer", "customers"),
        ("consents", "customer", "customers"),
        ("tags", "customer", "customers"),
        ("orders", "event", "events"),
        ("orders", "product", "products"),
    ):
        named = tables[kind][field].drop_null()
        assert pc.all(pc.is_in(named, tables[owner]["id"].combine_chunks())).as_py() in (True, None)
    assert one(theatre, "SELECT count(*) FROM orders WHERE (event IS NULL) = (product IS NULL)") == 0
    wrong = "SELECT id FROM orders GROUP BY id HAVING sum(line_total) <> max(total) OR min(total) <> max(total)"
    assert one(theatre, f"SELECT count(*) FROM ({wrong})") == 0
    last = [pc.max(tables["orders"]["ordered_at"]), pc.max(tables["consents"]["at"])]
    last += [pc.max(tables["customers"]["registered_at"])]
    assert all(moment.as_py() is None or moment.as_py() < theatre.now for moment in last)
    late = "FROM orders o JOIN events e ON o.event = e.id SELECT count(*) WHERE o.ordered_at >= e.starts_at"
    assert one(theatre, late) == 0
    early = (
        "FROM orders o JOIN customers c ON o.customer = c.id SELECT count(*) WHERE o.ordered_at < registered_at"
    )
    assert one(theatre, early) == 0


@pytest.mark.parametrize(
    ("what", "query", "low", "high"),
    [
        ("orders per customer", f"SELECT count(DISTINCT id) / {SIZE} FROM orders", 1.8, 3.5),
        ("lines per order", "SELECT count(*) / count(DISTINCT id) FROM orders", 1.03, 1.15),
        ("tickets per order", "SELECT avg(quantity) FROM orders WHERE event IS NOT NULL", 1.8, 2.8),
        ("bought online", "SELECT count_if(sales_channel = 'online') / count(*) FROM orders", 0.55, 0.8),
        ("cancelled", "SELECT count_if(status = 'cancelled') / count(*) FROM orders", 0.015, 0.035),
        ("refunded", "SELECT count_if(status = 'refunded') / count(*) FROM orders", 0.008, 0.022),
        ("without email", "SELECT count_if(email IS NULL) / count(*) FROM customers", 0.1, 0.14),
        ("without date of birth", "SELECT count_if(born_on IS NULL) / count(*) FROM customers", 0.35, 0.41),
        ("without phone", "SELECT count_if(phone IS NULL) / count(*) FROM customers", 0.42, 0.48),
        ("never bought", f"SELECT 1 - count(DISTINCT customer) / {SIZE} FROM orders", 0.1, 0.3),
        (
            "bought once, of the buyers",
            f"SELECT count_if(n = 1) / count(*) FROM ({TIMES})",
            0.5,
            0.7,
        ),
        (
            "orders of the most loyal tenth of buyers",
            f"SELECT sum(n) FILTER (place <= 0.1) / sum(n) FROM ({RANKED})",
            0.4,
            0.7,
        ),
        (
            "newsletters withdrawn",
            "SELECT count_if(given = 'no') / count_if(given = 'yes') FROM consents WHERE channel = 'email'",
            0.1,
            0.16,
        ),
        (
            "summer, of all events",
            "SELECT count_if(month(starts_at) IN (7, 8)) / count(*) FROM events",
            0.001,
            0.03,
        ),
        (
            "Saturdays against Mondays",
            "SELECT count_if(dayofweek(starts_at) = 6) / count_if(dayofweek(starts_at) = 1) FROM events",
            3,
            7,
        ),
        (
            "days ahead, online",
            AHEAD.format("online"),
            12,
            35,
        ),
        (
            "days ahead, box office",
            AHEAD.format("box_office"),
            0,
            6,
        ),
    ],
)
def test_proportions_are_those_of_a_theatre(
    theatre: Theatre, what: str, query: str, low: float, high: float
) -> None:
    assert low <= one(theatre, query) <= high, what


def test_five_years_are_told_and_months_to_come(theatre: Theatre) -> None:
    ordered, starts = theatre.tables["orders"]["ordered_at"], theatre.tables["events"]["starts_at"]
    assert pc.min(ordered).as_py() < theatre.now - timedelta(days=5 * 365 - 60)
    assert theatre.now - pc.max(ordered).as_py() < timedelta(days=1)
    assert pc.max(starts).as_py() > theatre.now + timedelta(days=200)
    years = pc.value_counts(pc.year(ordered)).to_pylist()
    assert min(year["counts"] for year in years if 2022 <= year["values"] <= 2025) > 5000


def test_every_kind_of_thing_occurs(theatre: Theatre) -> None:
    def kinds(table: str, column: str) -> set[object]:
        return set(pc.unique(theatre.tables[table][column]).to_pylist())

    assert kinds("events", "category") == {"opera", "ballet", "drama", "concert", "children", "musical"}
    assert kinds("customers", "country") == {"DE", "DK", "AT", "CH"}
    assert kinds("orders", "status") == {"completed", "paid", "pending", "cancelled", "refunded"}
    assert kinds("consents", "channel") == {"email", "sms"}
    assert {"vip", "press", "school", "friend of the house"} <= kinds("tags", "tag")
    assert kinds("customers", "gender") == {"female", "male", "other", None}
    assert pc.min(theatre.tables["customers"]["born_on"]).as_py() > date(1925, 1, 1)


def test_nobody_can_be_reached(theatre: Theatre) -> None:
    customers = theatre.tables["customers"]
    addresses = customers["email"].drop_null()
    assert pc.all(pc.match_substring_regex(addresses, r"^[a-z]+\.[a-z]+\.\d+@example\.(com|org|net)$")).as_py()
    assert len(pc.unique(addresses)) == len(addresses)
    numbers = customers["phone"].drop_null().to_pylist()
    ranges = dict.fromkeys(places.PHONE_RANGES, 3) | dict.fromkeys(places.MOBILE_RANGES, 2)
    digits = {(number[: number.rindex(" ") + 1], len(number.rpartition(" ")[2])) for number in numbers}
    assert digits == set(ranges.items())


def test_customers_live_where_their_city_is(theatre: Theatre) -> None:
    for city in places.CITIES:
        here = theatre.tables["customers"].filter(pc.equal(theatre.tables["customers"]["city"], city.name))
        assert set(here["postcode"].to_pylist()) == set(city.postcodes)
        assert set(here["country"].to_pylist()) == {city.country}
        far = pc.max(pc.abs(pc.subtract(here["latitude"], pa.scalar(city.latitude)))).as_py()
        assert far < 0.25
