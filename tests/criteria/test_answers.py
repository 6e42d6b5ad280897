"""Every criterion gives the same customers on SQLite, on DuckDB, and by a plain reading of its definition."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import Calendar, ConsentChannel, DateTest, NumberTest, OneOf, Parameters, Question, TextTest
from hub.core.criteria import hub_criteria
from hub.core.criteria.age import AgeParameters
from hub.core.criteria.bought import BoughtParameters, Kind
from hub.core.criteria.consent import ConsentParameters
from hub.core.criteria.counts import OrdersParameters, TicketsParameters
from hub.core.criteria.days import FirstPurchaseParameters, LastPurchaseParameters, RegisteredParameters
from hub.core.criteria.money import AverageOrderParameters, RevenueParameters
from hub.core.criteria.places import CountryParameters, PlaceParameters
from hub.core.criteria.tag import TagParameters

Row = dict[str, Any]
EPOCH = date(1970, 1, 1)
# Days on which clocks change there, leap days and the days around them; the last zone skipped a midnight.
ZONES = [ZoneInfo(name) for name in ("Europe/Copenhagen", "America/New_York", "Pacific/Apia", "America/Sao_Paulo")]
DAYS = [
    date(2023, 2, 28), date(2023, 3, 1), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1),
    date(2024, 3, 31), date(2024, 10, 27), date(2024, 11, 3), date(2018, 11, 4), date(2011, 12, 31),
]  # fmt: skip


@dataclass(frozen=True)
class World:
    """A few customers and all that is known of them."""

    today: date
    zone: ZoneInfo
    digits: int
    traits: list[Row]
    lines: list[Row]
    consents: list[Row]
    tags: list[Row]

    def day_of(self, instant: int) -> date:
        return datetime.fromtimestamp(instant, self.zone).date()


# ------------------------------------------------------------------ a plain reading of the definitions


def number_holds(test: NumberTest, value: Fraction | int) -> bool:
    form, bound = test.form
    low, high = map(Fraction, bound if form == "between" else (bound, bound))
    return {
        "at_least": value >= low,
        "at_most": value <= low,
        "more_than": value > low,
        "less_than": value < low,
        "exactly": value == low,
        "between": low <= value <= high,
    }[form]


def date_holds(test: DateTest, day: date | None, today: date) -> bool:
    if day is None or day > today:
        return False
    form, value = test.form
    ago = (today - day).days
    if isinstance(value, int):
        return {
            "within_days": 0 <= ago <= value,
            "exactly_days_ago": ago == value,
            "not_within_days": ago > value,
            "more_than_days_ago": ago > value,
        }[form]
    first, last = value if isinstance(value, tuple) else (value, value)
    held: dict[str, bool] = {
        "before": day < first,
        "after": day > first,
        "on": day == first,
        "between": first <= day <= last,
    }
    return held[form]


def texts_hold(test: TextTest, texts: set[str | None]) -> bool:
    form, wanted = test.form
    found = [text in texts for text in wanted]
    return {"any_of": any(found), "all_of": all(found), "none_of": not any(found)}[form]


def choice_holds(test: OneOf, value: str | None, same: Callable[[str, str], bool]) -> bool:
    if value is None:
        return False
    return any(same(text, value) for text in test.texts) is (test.form[0] == "is_in")


def completed_years(born: date, today: date) -> int:
    """Birthdays passed: 29 February is kept on 1 March where it is missing."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def age_holds(parameters: AgeParameters, customer: Row, world: World) -> bool:
    born = None if customer["born_day"] is None else EPOCH + timedelta(customer["born_day"])
    if born is None or born > world.today:
        return not parameters.known_only
    return number_holds(parameters.age, completed_years(born, world.today))


def average_holds(parameters: AverageOrderParameters, customer: Row, world: World) -> bool:
    if not customer["orders"]:
        return False
    return number_holds(parameters.amount, Fraction(customer["revenue"], customer["orders"] * 10**world.digits))


def consent_holds(parameters: ConsentParameters, customer: Row, world: World) -> bool:
    return any(
        row["customer"] == customer["number"]
        and row["permission"] == parameters.permission
        and row["given"] is True
        and parameters.channel in (None, row["channel"])
        for row in world.consents
    )


def bought_holds(parameters: BoughtParameters, customer: Row, world: World) -> bool:
    days: dict[Any, list[date]] = {}
    for row in world.lines:
        if row["customer"] == customer["number"]:
            days.setdefault(row[parameters.kind], []).append(world.day_of(row["ordered_at"]))
    when = parameters.when
    if when is not None and when.not_within_days is not None:
        days = {thing: [max(bought)] for thing, bought in days.items()}
    return texts_hold(
        parameters.names,
        {
            thing
            for thing, bought in days.items()
            if when is None or any(date_holds(when, day, world.today) for day in bought)
        },
    )


def reading(name: str) -> Callable[[Any, Row, World], bool]:
    def instant(column: str) -> Callable[[Any, Row, World], bool]:
        return lambda p, c, w: date_holds(p.when, None if c[column] is None else w.day_of(c[column]), w.today)

    def place(column: str) -> Callable[[Any, Row, World], bool]:
        def same(text: str, value: str) -> bool:
            return value in (text, text.lower(), text.upper(), text.title())

        return lambda p, c, w: choice_holds(p.names, c[column], same)

    readings: dict[str, Callable[[Any, Row, World], bool]] = {
        "age": age_holds,
        "tickets": lambda p, c, w: number_holds(p.number, c["tickets"]),
        "orders": lambda p, c, w: number_holds(p.number, c["orders"]),
        "revenue": lambda p, c, w: number_holds(p.amount, Fraction(c["revenue"], 10**w.digits)),
        "average_order": average_holds,
        "last_purchase": instant("last_purchase_at"),
        "first_purchase": instant("first_purchase_at"),
        "registered": instant("registered_at"),
        "consent": consent_holds,
        "tag": lambda p, c, w: texts_hold(
            p.tags, {row["tag"] for row in w.tags if row["customer"] == c["number"]}
        ),
        "country": lambda p, c, w: choice_holds(p.codes, c["country"], lambda a, b: a == b.upper()),
        "region": place("region"),
        "city": place("city"),
        "postcode": place("postcode"),
        "bought": bought_holds,
    }
    return readings[name]


# ------------------------------------------------------------------ random customers and questions

NAMES = ["opera", "Opera", "größe"]
PLACES = ["Århus", "århus", "ÅRHUS", "Bad Tölz", "bad tölz", "BAD TÖLZ", "bAD tölz", "5000", "Straße"]
COUNTRIES = ["DE", "de", "Dk", "AT", "dE"]
NUMBERS = st.sampled_from(
    [Decimal(n) for n in ("0", "1", "2", "3", "0.5", "19.99", "20", "6.6667", "0.0001", "-1")]
)


def number_tests() -> st.SearchStrategy[NumberTest]:
    single = st.tuples(st.sampled_from(list(NumberTest.model_fields)[:-1]), NUMBERS)
    ranges = st.tuples(NUMBERS, NUMBERS).map(lambda both: ("between", tuple(sorted(both))))
    extremes = st.tuples(st.sampled_from(["at_least", "less_than"]), st.sampled_from([10**12, -(10**12)]))
    return st.one_of(single, ranges, extremes).map(lambda form: NumberTest.model_validate(dict([form])))


def date_tests(today: date) -> st.SearchStrategy[DateTest]:
    days = st.integers(-5, 5).map(lambda n: today + timedelta(n))
    fields = list(DateTest.model_fields)
    relative = st.tuples(st.sampled_from(fields[:4]), st.sampled_from([0, 1, 2, 3, 60, 100_000]))
    absolute = st.tuples(st.sampled_from(fields[4:7]), days | st.sampled_from([date.min, date.max]))
    ranges = st.tuples(days, days).map(lambda both: ("between", tuple(sorted(both))))
    return st.one_of(relative, absolute, ranges).map(lambda form: DateTest.model_validate(dict([form])))


def text_tests() -> st.SearchStrategy[TextTest]:
    texts = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)
    return st.tuples(st.sampled_from(list(TextTest.model_fields)), texts).map(
        lambda form: TextTest.model_validate(dict([form]))
    )


def choices(values: list[str]) -> st.SearchStrategy[OneOf]:
    texts = st.lists(st.sampled_from(values), min_size=1, max_size=3)
    return st.tuples(st.sampled_from(["is_in", "not_in"]), texts).map(
        lambda form: OneOf.model_validate(dict([form]))
    )


def questions(today: date) -> st.SearchStrategy[dict[str, Parameters]]:
    """One question to each criterion."""
    numbers, dates = number_tests(), date_tests(today)
    places = st.builds(PlaceParameters, names=choices(PLACES))
    return st.fixed_dictionaries(
        {
            "age": st.builds(
                AgeParameters,
                age=numbers
                | st.sampled_from([NumberTest(at_least=Decimal(n)) for n in (18, 19, 20, 3000)])
                | st.just(NumberTest(exactly=Decimal(20))),
                known_only=st.booleans(),
            ),
            "tickets": st.builds(TicketsParameters, number=numbers),
            "orders": st.builds(OrdersParameters, number=numbers),
            "revenue": st.builds(RevenueParameters, amount=numbers),
            "average_order": st.builds(AverageOrderParameters, amount=numbers),
            "last_purchase": st.builds(LastPurchaseParameters, when=dates),
            "first_purchase": st.builds(FirstPurchaseParameters, when=dates),
            "registered": st.builds(RegisteredParameters, when=dates),
            "consent": st.builds(
                ConsentParameters,
                permission=st.sampled_from(NAMES),
                channel=st.none() | st.sampled_from(ConsentChannel),
            ),
            "tag": st.builds(TagParameters, tags=text_tests()),
            "country": st.builds(CountryParameters, codes=choices(COUNTRIES)),
            "region": places,
            "city": places,
            "postcode": places,
            "bought": st.builds(
                BoughtParameters, kind=st.sampled_from(Kind), names=text_tests(), when=st.none() | dates
            ),
        }
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    today, zone = draw(st.sampled_from(DAYS)), draw(st.sampled_from(ZONES))
    midnight = int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp())
    # Hours either side of midnights in any zone, and the seconds around them.
    instants = st.builds(
        lambda days, hours, seconds: midnight + days * 86_400 + hours * 3600 + seconds,
        st.sampled_from([-61, -60, -3, -2, -1, 0, 1, 2]),
        st.integers(-14, 14),
        st.sampled_from([-1, 0, 1]),
    )
    births = st.builds(
        lambda years, days: (today - timedelta(round(years * 365.25) + days) - EPOCH).days,
        st.sampled_from([0, 18, 19, 20, 21]),
        st.integers(-3, 3),
    )
    leap_days = st.sampled_from([(date(year, 2, 29) - EPOCH).days for year in (1996, 2000, 2004)])
    numbers = st.integers(1, 4)
    count = draw(numbers)
    owners, names = st.sampled_from([1, 1, 1, 2, 3, 4, None]), st.none() | st.sampled_from(NAMES)
    places = st.none() | st.sampled_from(PLACES)
    customer = st.fixed_dictionaries(
        {
            "born_day": st.none() | births | leap_days,
            "registered_at": st.none() | instants,
            "country": st.none() | st.sampled_from(COUNTRIES),
            "region": places,
            "city": places,
            "postcode": places,
            "orders": st.sampled_from([0, 1, 2, 3, 2_000_000_000]),
            "tickets": st.integers(0, 4),
            "revenue": st.sampled_from([0, 1, 1999, 2000, 2001, 5997, 4_000_000_000, 9 * 10**14]),
            "first_purchase_at": st.none() | instants,
            "last_purchase_at": st.none() | instants,
        }
    )
    line = st.fixed_dictionaries(
        {"customer": owners, "ordered_at": instants, "event": names, "product": names, "category": names}
    )
    consent = st.fixed_dictionaries(
        {
            "customer": owners,
            "permission": names,
            "channel": st.none() | st.sampled_from(ConsentChannel).map(str),
            "given": st.none() | st.booleans(),
        }
    )
    tag = st.fixed_dictionaries({"customer": owners, "tag": names})
    return World(
        today=today,
        zone=zone,
        digits=draw(st.sampled_from([0, 2, 3])),
        traits=[{"number": n + 1, **draw(customer)} for n in range(count)],
        lines=draw(st.lists(line, max_size=8)),
        consents=draw(st.lists(consent, max_size=5)),
        tags=draw(st.lists(tag, max_size=8)),
    )


WORLDS_AND_QUESTIONS = worlds().flatmap(lambda world: st.tuples(st.just(world), questions(world.today)))


@given(WORLDS_AND_QUESTIONS)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_engines_answer_as_defined(engines: Any, asked: tuple[World, dict[str, Parameters]]) -> None:
    world, parameters_by_name = asked
    engines.fill(traits=world.traits, lines=world.lines, consents=world.consents, tags=world.tags)
    question = Question(engines.relations, Calendar(world.today, world.zone), world.digits)
    conditions, expected = {}, {}
    for criterion in (model() for model in hub_criteria()):
        parameters, holds = parameters_by_name[criterion.name], reading(criterion.name)
        conditions[criterion.name] = criterion.expression(parameters, question)
        expected[criterion.name] = [row["number"] for row in world.traits if holds(parameters, row, world)]
    assert dict(engines.ask(**conditions)) == {"sqlite": expected, "duckdb": expected}


@given(day=st.sampled_from(DAYS), zone=st.sampled_from(ZONES), data=st.data())
@settings(max_examples=60, deadline=None)
def test_days_and_instants_agree(engines: Any, day: date, zone: ZoneInfo, data: st.DataObject) -> None:
    test = data.draw(date_tests(day))
    calendar = Calendar(day, zone)
    days = [day + timedelta(n) for n in range(-6, 4)]
    rows = [
        {"number": n, "born_day": (one - EPOCH).days, "registered_at": calendar.starts_at(one)}
        for n, one in enumerate(days)
        if calendar.starts_at(one) < calendar.ends_at(one)  # Apia went without 30 December 2011
    ]
    engines.fill(traits=[{**row, "orders": 0, "tickets": 0, "revenue": 0} for row in rows])
    expected = [row["number"] for row in rows if date_holds(test, days[row["number"]], day)]
    columns = engines.relations.traits.c
    answers = engines.ask(
        days=test.matches_day(columns.born_day, calendar), instants=test.matches(columns.registered_at, calendar)
    )
    for engine, found in answers:
        assert found == {"days": expected, "instants": expected}, (engine, test)


def test_all_of_counts_each_text_once(engines: Any) -> None:
    lines = [
        {"customer": customer, "ordered_at": 0, "category": category}
        for customer, categories in {1: "aa", 2: "ab", 3: "aab", 4: "abc", 5: "b"}.items()
        for category in categories
    ]
    none = {"orders": 0, "tickets": 0, "revenue": 0}
    engines.fill(traits=[{"number": number, **none} for number in range(1, 7)], lines=lines)
    names = TextTest(all_of=("a", "b"))
    question = Question(engines.relations, Calendar(DAYS[0], ZONES[0]), 2)
    bought = hub_criterion("bought").expression(BoughtParameters(kind=Kind.CATEGORY, names=names), question)
    assert [found["bought"] for _, found in engines.ask(bought=bought)] == [[2, 3, 4], [2, 3, 4]]


def test_ten_thousand_values(engines: Any) -> None:
    row = {"number": 1, "city": "STADT 9999", "orders": 0, "tickets": 0, "revenue": 0}
    tags = [{"customer": 1, "tag": f"Stadt {n}"} for n in range(10)]
    engines.fill(traits=[row, {**row, "number": 2, "city": "Nirgendwo"}], tags=tags)
    texts = tuple(f"Stadt {n}" for n in range(10_000))
    question = Question(engines.relations, Calendar(DAYS[0], ZONES[0]), 2)
    city = hub_criterion("city").expression(PlaceParameters(names=OneOf(is_in=texts)), question)
    tag = hub_criterion("tag").expression(TagParameters(tags=TextTest(any_of=texts)), question)
    expected = {"city": [1], "tag": [1]}
    assert dict(engines.ask(city=city, tag=tag)) == {"sqlite": expected, "duckdb": expected}


def hub_criterion(name: str) -> Any:
    return next(model for model in hub_criteria() if model.name == name)()
