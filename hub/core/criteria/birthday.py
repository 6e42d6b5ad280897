"""Whose birthday it is, or will be soon."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, StrictBool, model_validator
from sqlalchemy import BigInteger, ColumnElement, and_, false, func, literal, or_

from hub import Calendar, Criterion, Keyword, Parameters, Question

_YEAR = 366
"""In so many days everyone has a birthday."""
_CYCLE = 4 * 365 + 1
"""Days of four years, one of them a leap year."""
_CYCLES_BEFORE = 200
"""Cycles added so that no day is below 0, where remainders are not the same everywhere."""
# Years that are divided by 100 but not by 400 have no leap day: there the cycle of four years jumps by a day.
_ERAS = (date(1800, 3, 1), date(1900, 3, 1), date(2100, 3, 1), date(2200, 3, 1), date(2300, 3, 1))
_ERA_OF_THE_CYCLE = 1


class BirthdayParameters(Parameters):
    """Which days."""

    today: StrictBool = Field(False, description="on the day of evaluation")
    days: Annotated[int | None, Keyword("within next", unit=("days", "day"))] = Field(
        None, ge=0, le=_YEAR, strict=True, description="today or up to this many days ahead"
    )
    this_month: StrictBool = Field(False, description="in the calendar month of the day of evaluation")

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if self.today + (self.days is not None) + self.this_month != 1:
            raise ValueError("say when: `today`, `within next 7 days` or `this month`")
        return self


class Birthday(Criterion[BirthdayParameters]):
    """Has a birthday on one of some days. Who was born on 29 February has it on 1 March in other years."""

    name = "birthday"
    label = "Birthday"
    help = (
        "The customer has a birthday today, within the next days, or this month. Who was born on 29 February has "
        "it on 1 March where there is no 29 February. Customers without a date of birth are left out."
    )
    parameters_model = BirthdayParameters

    def expression(self, parameters: BirthdayParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``. A date of birth that is to come, or before 1800-03-01, counts as none."""
        born, calendar = question.relations.traits.c.born_day, question.calendar
        before = literal(calendar.number_of(calendar.today) + 1, BigInteger)
        spans = list(_spans(_birthdays(parameters, calendar.today)))
        eras = [
            and_(*_between(born, first, last, calendar), _position_in(born, shift, spans))
            for shift, (first, last) in enumerate(pairwise(_ERAS), start=-_ERA_OF_THE_CYCLE)
            if first <= calendar.today
        ]
        return and_(born.is_not(None), born < before, or_(false(), *eras))

    def describe(self, parameters: BirthdayParameters) -> str:
        """See ``Criterion.describe``."""
        if parameters.this_month:
            return "have their birthday this month"
        if not parameters.days:
            return "have their birthday today"
        days = "day" if parameters.days == 1 else f"{parameters.days} days"
        return f"have their birthday today or within the next {days}"

    def changes_with_time(self, parameters: BirthdayParameters) -> bool:
        """See ``Criterion.changes_with_time``."""
        return True


def _birthdays(parameters: BirthdayParameters, today: date) -> set[tuple[int, int]]:
    """Months and days of birth that are celebrated in the time asked for."""
    days = [today + timedelta(ahead) for ahead in range((parameters.days or 0) + 1)]
    if parameters.this_month:
        first = today.replace(day=1)
        days = [day for day in (first + timedelta(ahead) for ahead in range(31)) if day.month == first.month]
    leap = {(2, 29)} if any((day.month, day.day) == (3, 1) and not _is_leap(day.year) for day in days) else set()
    return {(day.month, day.day) for day in days} | leap


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _spans(birthdays: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """First and last of each run of days in the cycle of four years from 1970 on that are such birthdays."""
    places = [place for place in range(_CYCLE) if _month_and_day(place) in birthdays]
    starts = [place for place in places if place - 1 not in set(places)]
    ends = [place for place in places if place + 1 not in set(places)]
    return zip(starts, ends, strict=True)


def _month_and_day(place: int) -> tuple[int, int]:
    day = date(1970, 1, 1) + timedelta(place)
    return day.month, day.day


def _between(
    born: ColumnElement[int], first: date, last: date, calendar: Calendar
) -> Iterator[ColumnElement[bool]]:
    yield born >= literal(calendar.number_of(first), BigInteger)
    yield born < literal(calendar.number_of(last), BigInteger)


def _position_in(born: ColumnElement[int], shift: int, spans: list[tuple[int, int]]) -> ColumnElement[bool]:
    """Whether a day lies in one of the spans of its cycle; an era further on has lost ``shift`` leap days."""
    counted = born + literal(_CYCLES_BEFORE * _CYCLE + shift, BigInteger)
    position: ColumnElement[int] = func.mod(counted, literal(_CYCLE, BigInteger))
    return or_(*(position.between(literal(first, BigInteger), literal(last, BigInteger)) for first, last in spans))
