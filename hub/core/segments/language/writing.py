"""Says the values of parameters in the text language."""

from collections.abc import Iterable
from decimal import Decimal

from hub.core.contracts.parameters import DateTest, NumberTest, OneOf, TextTest
from hub.core.segments.language.tokens import quoted

__all__ = ["date_test", "number", "number_test", "one_of", "quoted", "text_test"]

_SIGNS = (("at_least", ">="), ("at_most", "<="), ("more_than", ">"), ("less_than", "<"), ("exactly", "="))


def number(value: Decimal) -> str:
    """Write a number without exponent."""
    return format(value, "f")


def number_test(test: NumberTest) -> str:
    """Say it: ``>= 3``, ``between 2 and 5``."""
    form, value = test.form
    if form == "between":
        return f"between {number(value[0])} and {number(value[1])}"
    return f"{dict(_SIGNS)[form]} {number(value)}"


def date_test(test: DateTest) -> str:
    """Say it: ``within 60 days``, ``before 2024-01-31``."""
    form, value = test.form
    if form == "between":
        return f"between {value[0]} and {value[1]}"
    if not test.relative:
        return f"{form} {value}"
    days = "1 day" if value == 1 else f"{value} days"
    return {
        "within_days": f"within {days}",
        "exactly_days_ago": f"exactly {days} ago",
        "not_within_days": f"not within {days}",
        "more_than_days_ago": f"more than {days} ago",
    }[form]


def one_of(test: OneOf) -> str:
    """Say it: ``in ("DE", "AT")``, ``not in ("DE")``."""
    form, texts = test.form
    return f"{'not in' if form == 'not_in' else 'in'} {_list(texts)}"


def text_test(test: TextTest) -> str:
    """Say it: ``"vip"``, ``any of ("vip", "press")``, ``none of ("vip")``."""
    form, texts = test.form
    if form == "any_of" and len(texts) == 1:
        return quoted(texts[0])
    return f"{form.replace('_', ' ')} {_list(texts)}"


def _list(texts: Iterable[str]) -> str:
    return f"({', '.join(quoted(text) for text in texts)})"
