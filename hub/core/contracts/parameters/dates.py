"""Tests of a day, relative to the day of evaluation or absolute, in the organisation's calendar."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator
from sqlalchemy import BigInteger, ColumnElement, and_, literal

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.parameters.one_form import OneForm

LONGEST = 100_000
"""Most days a relative test may look back: 273 years."""

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _ISO_DAY.fullmatch(value):
        raise ValueError("write a date as year-month-day, such as 2024-01-31")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"there is no day {value}") from None


Days = Annotated[int, Field(ge=0, le=LONGEST, strict=True)]
Day = Annotated[date, BeforeValidator(_day)]


class DateTest(OneForm):
    """A test of a day: ``{"within_days": 60}``, ``{"between": ["2024-01-01", "2024-01-31"]}``.

    Days are calendar days of the organisation; today is 0 days ago. Nothing after today passes,
    whatever the form, and neither does a day that is unknown.
    """

    within_days: Days | None = Field(None, description="today or up to this many days ago")
    exactly_days_ago: Days | None = Field(None, description="on the day this many days ago")
    not_within_days: Days | None = Field(None, description="it happened, but more than this many days ago")
    more_than_days_ago: Days | None = Field(None, description="more than this many days ago")
    before: Day | None = Field(None, description="before this day")
    after: Day | None = Field(None, description="after this day")
    on: Day | None = Field(None, description="on this day")
    between: tuple[Day, Day] | None = Field(None, description="from the first day to the second, both counting")

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.between is not None and self.between[0] > self.between[1]:
            first, last = self.between
            raise ValueError(f"the range is reversed: write between {last} and {first}")
        return self

    @property
    def relative(self) -> bool:
        """Whether it counts from the day of evaluation, so that time alone changes the answer."""
        return "days" in self.form[0]

    def matches(self, column: ColumnElement[int], calendar: Calendar) -> ColumnElement[bool]:
        """Whether a column of instants (seconds since 1970 in UTC) passes; false, never null, for null."""
        return _within(column, *self._span(calendar.today, calendar.starts_at, calendar.ends_at))

    def matches_day(
        self, column: ColumnElement[int], calendar: Calendar, *, ahead: bool = False
    ) -> ColumnElement[bool]:
        """Whether a column of days (days since 1970) passes; false, never null, for null.

        Args:
            column: the days.
            calendar: the day of evaluation.
            ahead: days after it may pass the absolute forms, as of a membership that expires.
        """

        def next_day(day: date) -> int:
            return calendar.number_of(day) + 1

        low, high = self._span(calendar.today, calendar.number_of, next_day)
        return _within(column, low, high if self.relative or not ahead else self._absolute_end(next_day))

    def _absolute_end(self, ends: Callable[[date], int]) -> int | None:
        """Before where an absolute form passes, today or not; None: open."""
        form, value = self.form
        if form == "after":
            return None
        return ends(value[1] if form == "between" else value) - (1 if form == "before" else 0)

    def _span(
        self, today: date, starts: Callable[[date], int], ends: Callable[[date], int]
    ) -> tuple[int | None, int]:
        """From where (None: open) to before where it passes, counted as ``starts`` and ``ends`` count."""
        form, value = self.form
        first, last = value if form == "between" else (value, value)
        if self.relative:
            first = last = date.fromordinal(max(1, today.toordinal() - value))
        low, high = {
            "within_days": (starts(first), ends(today)),
            "not_within_days": (None, starts(first)),
            "more_than_days_ago": (None, starts(first)),
            "before": (None, starts(first)),
            "after": (ends(last), ends(today)),
        }.get(form, (starts(first), ends(last)))
        return low, min(high, ends(today))

    def describe(self) -> str:
        """Say it: "within the last 60 days", "on 2024-01-31"."""
        form, value = self.form
        if form == "between":
            return f"between {value[0]} and {value[1]}"
        if not self.relative:
            return f"{form} {value}"
        days = "1 day" if value == 1 else f"{value} days"
        return {
            "within_days": f"within the last {days}" if value else "today",
            "exactly_days_ago": f"exactly {days} ago" if value else "today",
            "not_within_days": f"before, but not within the last {days}" if value else "before today",
            "more_than_days_ago": f"more than {days} ago",
        }[form]


def _within(column: ColumnElement[int], low: int | None, high: int | None) -> ColumnElement[bool]:
    tests: list[ColumnElement[bool]] = [column.is_not(None)]
    if high is not None:
        tests.append(column < literal(high, BigInteger))
    if low is not None:
        tests.append(column >= literal(low, BigInteger))
    return and_(*tests)
