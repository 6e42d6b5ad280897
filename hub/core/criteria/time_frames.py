"""Customers by something they did, in a time frame."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, literal, not_, select

from hub import Calendar, DateTest, NumberTest


def customers_who_did(
    customer: ColumnElement[int],
    moment: ColumnElement[int],
    when: DateTest | None,
    calendar: Calendar,
    *conditions: ColumnElement[bool],
) -> Select[int]:
    """The customers of some rows in a time frame.

    *Not within* asks for the last time, the other forms for any.

    Args:
        customer: the rows' customers; a row without one does not count.
        moment: when each happened, in seconds since 1970 in UTC.
        when: the time frame; at any time, if it is None.
        calendar: the day of evaluation.
        conditions: which rows count.
    """
    rows = select(customer).where(customer.is_not(None), *conditions)
    if when is None:
        return rows
    if when.not_within_days is None:
        return rows.where(when.matches(moment, calendar))
    return rows.where(until_today(moment, calendar)).group_by(customer).having(
        when.matches(func.max(moment), calendar)
    )  # fmt: skip


def said_time(when: DateTest | None) -> str:
    """A time frame at a sentence's end, with a space in front; empty without one."""
    return f" {when.describe()}" if when else ""


def until_today(moment: ColumnElement[int], calendar: Calendar) -> ColumnElement[bool]:
    """Whether something happened by the end of the day of evaluation."""
    return moment < literal(calendar.ends_at(calendar.today), BigInteger)


def customers_with_figure(
    number: ColumnElement[int],
    customer: ColumnElement[int],
    figure: ColumnElement[Any],
    test: NumberTest,
    *conditions: ColumnElement[bool],
    decimals: int = 0,
) -> ColumnElement[bool]:
    """Whether a customer's figure over some rows passes a test; it is 0 for who has no such row.

    Args:
        number: the customer's number, where the question is asked.
        customer: the rows' customers.
        figure: an aggregate of each customer's rows.
        test: what the figure is held to.
        conditions: which rows count.
        decimals: the figure is in units of ``10 ** -decimals``.
    """
    passes = test.matches(figure, decimals)
    rows = select(customer).where(customer.is_not(None), *conditions).group_by(customer)
    if _passes_at_zero(test, decimals):
        return number.not_in(rows.having(and_(figure.is_not(None), not_(passes))))
    return number.in_(rows.having(passes))


def _passes_at_zero(test: NumberTest, decimals: int) -> bool:
    lowest, highest = test.whole(decimals)
    return (lowest is None or lowest <= 0) and (highest is None or highest >= 0)
