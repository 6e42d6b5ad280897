"""Every criterion gives the same customers on SQLite, on DuckDB, and by a plain reading of its definition."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import Calendar, OneOf, Parameters, Question, TextTest
from hub.core.criteria import hub_criteria
from hub.core.criteria.bought import BoughtParameters, Kind
from hub.core.criteria.places import PlaceParameters
from hub.core.criteria.tag import TagParameters
from tests.criteria.holding import EPOCH, date_holds
from tests.criteria.invented import DAYS, ZONES, date_tests, examples, parameters, worlds
from tests.criteria.plain import READINGS, World, matches

ASKED = worlds().flatmap(
    lambda world: st.tuples(st.just(world), st.fixed_dictionaries(dict(parameters(world.today))))
)
FIGURES = {"orders": 0, "tickets": 0, "events": 0, "revenue": 0}


def test_every_criterion_is_read_plainly() -> None:
    assert set(READINGS) == {criterion.name for criterion in hub_criteria()}


@given(ASKED)
@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
def test_engines_answer_as_defined(engines: Any, asked: tuple[World, dict[str, Parameters]]) -> None:
    world, parameters_by_name = asked
    engines.fill(world.rows)
    question = Question(engines.relations, Calendar(world.today, world.zone), world.digits)
    conditions, expected = {}, {}
    for criterion in (model() for model in hub_criteria()):
        chosen = parameters_by_name[criterion.name]
        conditions[criterion.name] = criterion.expression(chosen, question)
        expected[criterion.name] = matches(world, criterion.name, chosen)
    wrong = {
        (engine, name): f"found {customers}, not {expected[name]}, by {parameters_by_name[name]}"
        for engine, found in engines.ask(**conditions)
        for name, customers in found.items()
        if customers != expected[name]
    }
    assert not wrong


@given(day=st.sampled_from(DAYS), zone=st.sampled_from(ZONES), data=st.data())
@settings(max_examples=examples(30), deadline=None)
def test_days_and_instants_agree(engines: Any, day: date, zone: ZoneInfo, data: st.DataObject) -> None:
    test = data.draw(date_tests(day))
    calendar = Calendar(day, zone)
    days = [day + timedelta(n) for n in range(-6, 4)]
    rows = [
        {"number": n, "born_day": (one - EPOCH).days, "registered_at": calendar.starts_at(one)}
        for n, one in enumerate(days)
        if calendar.starts_at(one) < calendar.ends_at(one)  # Apia went without 30 December 2011
    ]
    engines.fill({"traits": [{**row, **FIGURES} for row in rows]})
    expected = {row["number"] for row in rows if date_holds(test, days[row["number"]], day)}
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
    engines.fill({"traits": [{"number": number, **FIGURES} for number in range(1, 7)], "lines": lines})
    names = TextTest(all_of=("a", "b"))
    question = Question(engines.relations, Calendar(DAYS[0], ZONES[0]), 2)
    bought = hub_criterion("bought").expression(BoughtParameters(kind=Kind.CATEGORY, names=names), question)
    assert [found["bought"] for _, found in engines.ask(bought=bought)] == [{2, 3, 4}, {2, 3, 4}]


def test_ten_thousand_values(engines: Any) -> None:
    row = {"number": 1, "city": "STADT 9999", **FIGURES}
    tags = [{"customer": 1, "tag": f"Stadt {n}"} for n in range(10)]
    engines.fill({"traits": [row, {**row, "number": 2, "city": "Nirgendwo"}], "tags": tags})
    texts = tuple(f"Stadt {n}" for n in range(10_000))
    question = Question(engines.relations, Calendar(DAYS[0], ZONES[0]), 2)
    city = hub_criterion("city").expression(PlaceParameters(names=OneOf(is_in=texts)), question)
    tag = hub_criterion("tag").expression(TagParameters(tags=TextTest(any_of=texts)), question)
    expected = {"city": {1}, "tag": {1}}
    assert dict(engines.ask(city=city, tag=tag)) == {"sqlite": expected, "duckdb": expected}


def hub_criterion(name: str) -> Any:
    return next(model for model in hub_criteria() if model.name == name)()
