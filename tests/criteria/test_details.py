"""What random worlds hardly show: names that tell a gender, distances on a map, birthdays over centuries."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from hub import Calendar, NumberTest, Question
from hub.core.criteria.birthday import Birthday, BirthdayParameters
from hub.core.criteria.distance import Distance, DistanceParameters
from hub.core.criteria.first_names import MEN, WOMEN
from hub.core.criteria.ticket_for import TicketFor, TicketForParameters
from hub.core.criteria.titles import FOR_MEN, FOR_WOMEN
from tests.criteria.holding import EPOCH
from tests.criteria.invented import ZONES
from tests.criteria.plain import celebrated_on

FIGURES = {"orders": 0, "tickets": 0, "events": 0, "revenue": 0}
BERLIN, HAMBURG, SYDNEY = (52.52, 13.405), (53.5511, 9.9937), (-33.8688, 151.2093)


def test_no_name_and_no_title_tells_two_genders() -> None:
    assert not WOMEN & MEN
    assert not FOR_WOMEN & FOR_MEN
    assert all(name == name.title() for name in WOMEN | MEN)


def near(today: date = date(2024, 2, 29)) -> Calendar:
    return Calendar(today, ZONES[0])


@pytest.mark.parametrize(
    ("test", "found"),
    [
        (NumberTest(at_most=Decimal(0)), {1}),
        (NumberTest(exactly=Decimal(0)), {1}),
        (NumberTest(more_than=Decimal(0)), {2, 3}),
        (NumberTest(at_most=Decimal("255.1")), {1}),
        (NumberTest(at_most=Decimal("255.7")), {1, 2}),
        (NumberTest(at_least=Decimal(16_000)), {3}),
        (NumberTest(between=(Decimal(255), Decimal(16_000))), {2}),
        (NumberTest(at_least=Decimal(16_200)), set()),
        (NumberTest(at_most=Decimal(1_000_000)), {1, 2, 3}),
        (NumberTest(less_than=Decimal(-1)), set()),
    ],
    ids=lambda value: value.describe() if isinstance(value, NumberTest) else "",
)
def test_distances_are_those_of_the_map(engines: Any, test: NumberTest, found: set[int]) -> None:
    places = dict(enumerate((BERLIN, HAMBURG, SYDNEY), start=1))
    traits: list[dict[str, Any]] = [
        {"number": number, "latitude": latitude, "longitude": longitude, **FIGURES}
        for number, (latitude, longitude) in places.items()
    ]
    venues = [{"name": "House", "latitude": BERLIN[0], "longitude": BERLIN[1]}]
    engines.fill({"traits": [*traits, {"number": 4, **FIGURES}], "venues": venues})
    question = Question(engines.relations, near(), 2)
    places_to = [
        DistanceParameters(kilometres=test, venue="House"),
        DistanceParameters(kilometres=test, point="52.52, 13.405"),
    ]
    for parameters in places_to:
        for _, answers in engines.ask(
            known=Distance().expression(parameters, question),
            unknown=Distance().expression(parameters.model_copy(update={"unknown": True}), question),
        ):
            assert answers == {"known": found, "unknown": found | {4}}
    nowhere = Distance().expression(DistanceParameters(kilometres=test, venue="?", unknown=True), question)
    assert [answers["nowhere"] for _, answers in engines.ask(nowhere=nowhere)] == [set(), set()]


@pytest.mark.parametrize("today", [date(2023, 3, 1), date(2024, 2, 29), date(2023, 12, 31), date(2100, 3, 1)])
def test_birthdays_are_those_of_the_calendar(engines: Any, today: date) -> None:
    years = (1800, 1899, 1900, 1904, 1999, 2000)
    births = [date(year, 3, 1) + timedelta(ahead) for year in years for ahead in (*range(-12, 12), 290, 305, 306)]
    births = [born for born in births if born >= date(1800, 3, 1)]
    rows = [{"number": n, "born_day": (born - EPOCH).days, **FIGURES} for n, born in enumerate(births)]
    engines.fill({"traits": rows})
    question = Question(engines.relations, near(today), 2)
    for days in (0, 1, 40):
        window = [today + timedelta(ahead) for ahead in range(days + 1)]
        expected = {n for n, born in enumerate(births) if any(celebrated_on(born, day) for day in window)}
        soon = Birthday().expression(BirthdayParameters(days=days), question)
        assert [answers["soon"] for _, answers in engines.ask(soon=soon)] == [expected, expected]
        assert expected


@pytest.mark.parametrize(
    ("model", "values", "said"),
    [
        (DistanceParameters, {"kilometres": {"at_most": 1}}, "say from where"),
        (DistanceParameters, {"kilometres": {"at_most": 1}, "venue": "A", "point": "1, 2"}, "not both"),
        (DistanceParameters, {"kilometres": {"at_most": 1}, "point": "1,2,3"}, "write a point as latitude"),
        (DistanceParameters, {"kilometres": {"at_most": 1}, "point": "0, 181"}, "between -180 and 180"),
        (BirthdayParameters, {"today": True, "days": 3}, "say when"),
        (TicketForParameters, {"back": 3, "first_day": "2024-01-01"}, "say one time"),
        (TicketForParameters, {"last_day": "2024-01-01", "at_any_time": True}, "say one time"),
    ],
)
def test_what_cannot_be_meant_is_refused(model: Any, values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        model.model_validate(values)


def test_time_changes_who_holds_a_ticket_unless_days_are_named() -> None:
    changes = TicketFor().changes_with_time
    assert changes(TicketForParameters())
    assert changes(TicketForParameters(back=30))
    assert not changes(TicketForParameters(at_any_time=True))
    assert not changes(TicketForParameters(first_day=date(2024, 1, 1)))
