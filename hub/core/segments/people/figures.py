"""Tells a customer's own figures that a criterion looks at, such as their number of orders."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Question
from hub.core.contracts.relations import named_table, relations
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.engine import Engine
from hub.core.segments.binding import Bound
from hub.core.segments.membership import InSegment

Figure: TypeAlias = str | int | float | bool | Decimal | date | datetime | None

_MONEY = frozenset({"revenue"})
_TRUTHS = frozenset({"has_email", "has_phone"})
_KEYS = frozenset({"number", "company"})
"""Traits that say nothing to people."""


def traits_read(bound: Bound, calendar: Calendar, currency_digits: int) -> Sequence[str]:
    """The names of the traits that a criterion's expression reads; none where it counts by itself."""
    if isinstance(bound.criterion, InSegment):
        return ()
    tables = relations(named_table)
    expression = bound.expression(Question(tables, calendar, currency_digits))
    read = {
        element.name
        for element in visitors.iterate(expression)
        if isinstance(element, sa.ColumnClause) and element.table is tables.traits
    }
    return [column.name for column in tables.traits.c if column.name in read - _KEYS]


def figures(
    engine: Engine, number: int, names: Sequence[str], calendar: Calendar, currency_digits: int
) -> Mapping[str, Figure]:
    """A customer's traits at the end of a day: moments in the organisation's time zone, money as decimals.

    Args:
        engine: knows them.
        number: the customer.
        names: which traits.
        calendar: the day.
        currency_digits: decimals of the organisation's currency.
    """
    if not names:
        return {}

    def statement(question: Question) -> sa.Select[*tuple[Any, ...]]:
        traits = question.relations.traits
        return sa.select(*(traits.c[name] for name in names)).where(traits.c.number == number)

    with engine.snapshot(calendar) as snapshot:
        rows = snapshot.rows(statement, Bitmap.of([number]))
    return {
        name: _shown(name, value, calendar, currency_digits)
        for row in rows[:1]
        for name, value in zip(names, row, strict=True)
    }


def _shown(name: str, value: Any, calendar: Calendar, currency_digits: int) -> Figure:
    if value is None:
        return None
    if name.endswith("_at"):
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(value))).astimezone(calendar.time_zone)
    if name.endswith("_day"):
        return date(1970, 1, 1) + timedelta(days=int(value))
    if name in _MONEY:
        return Decimal(int(value)).scaleb(-currency_digits)
    figure: Figure = bool(value) if name in _TRUTHS else value
    return figure
