"""A plain reading of the tests that parameters hold: of numbers, days and texts."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

from hub import DateTest, NumberTest, OneOf, TextTest

EPOCH = date(1970, 1, 1)


def number_holds(test: NumberTest, value: Fraction | float) -> bool:
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


def date_holds(test: DateTest, day: date | None, today: date, *, ahead: bool = False) -> bool:
    if day is None:
        return False
    form, value = test.form
    ago = (today - day).days
    if isinstance(value, int):
        return (
            ago >= 0
            and {
                "within_days": ago <= value,
                "exactly_days_ago": ago == value,
                "not_within_days": ago > value,
                "more_than_days_ago": ago > value,
            }[form]
        )
    first, last = value if isinstance(value, tuple) else (value, value)
    held: dict[str, bool] = {
        "before": day < first,
        "after": day > first,
        "on": day == first,
        "between": first <= day <= last,
    }
    return held[form] and (ahead or ago >= 0)


def texts_hold(test: TextTest, texts: set[str | None]) -> bool:
    form, wanted = test.form
    found = [text in texts for text in wanted]
    return {"any_of": any(found), "all_of": all(found), "none_of": not any(found)}[form]


def exactly(text: str, value: str) -> bool:
    return text == value


def in_usual_spellings(text: str, value: str) -> bool:
    return value in (text, text.lower(), text.upper(), text.title())


def in_any_case(text: str, value: str) -> bool:
    return text.lower() == value.lower()


def choice_holds(test: OneOf | None, value: str | None, same: Callable[[str, str], bool] = exactly) -> bool:
    """Whether a value passes; everything passes no test at all."""
    if test is None:
        return True
    if value is None:
        return False
    return any(same(text, value) for text in test.texts) is (test.form[0] == "is_in")


def happened(test: DateTest | None, days: list[date], today: date) -> bool:
    """Whether one of some days passes; the last of them, for *not within*."""
    if test is None:
        return bool(days)
    if test.not_within_days is not None:
        past = [day for day in days if day <= today]
        return bool(past) and date_holds(test, max(past), today)
    return any(date_holds(test, day, today) for day in days)


def day_numbered(number: int | None) -> date | None:
    return None if number is None else EPOCH + timedelta(number)
