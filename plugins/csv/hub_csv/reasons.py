"""Say why a row is refused: the value, shortened, and what was expected."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from hub_csv import words
from hub_csv.columns import Column, is_date, is_number
from hub_csv.numbers import MONEY

_SHOWN = 60


def reason(column: Column, text: str | None) -> str:
    """The sentence about a cell that was refused."""
    field = column.field
    if text is None:
        return f"{field.name} is empty, but every row must have one (column {column.header!r})"
    shown = repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
    explain: Callable[[Column, str], str]
    if is_date(field.type):
        explain = _date
    elif is_number(field.type):
        explain = _number
    else:
        explain = _text
    return f"{field.name}: {shown} {explain(column, text)} (column {column.header!r})"


def _date(column: Column, text: str) -> str:
    if any(form.pattern and re.fullmatch(form.pattern, text) for form in column.forms):
        return "does not exist: there is no such day or time"
    return "is not a date such as " + " or ".join(form.example for form in column.forms[:3])


def _number(column: Column, text: str) -> str:
    decimal = column.style.decimal if column.style else "."
    group = "." if decimal == "," else ","
    core = re.sub(r"[^0-9.,+-]", "", text).replace(group, "").replace(decimal, ".")
    letters = re.sub(r"[\W\d_]", "", text)
    try:
        value = Decimal(core)
    except InvalidOperation:
        return _not_a_number(column, decimal)
    exponent = value.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    if len(letters) > 3:
        return _not_a_number(column, decimal)
    least, most = column.field.least, column.field.most
    if least is not None and value < Decimal(least):
        return "is negative" if least == 0 else f"is less than {least:g}"
    if most is not None and value > Decimal(most):
        return f"is more than {most:,.0f}"
    if issubclass(column.field.type, int) and value != value.to_integral_value():
        return "is not a whole number"
    if issubclass(column.field.type, Decimal) and decimals > MONEY.scale:
        return f"has more than {MONEY.scale} decimals"
    if value.adjusted() >= MONEY.precision - MONEY.scale:
        return f"has more than {MONEY.precision - MONEY.scale} digits before the decimal sign"
    return _not_a_number(column, decimal)


def _not_a_number(column: Column, decimal: str) -> str:
    example = "12" if issubclass(column.field.type, int) else f"12{decimal}50"
    return f"is not a number such as {example}"


def _text(column: Column, text: str) -> str:
    field = column.field
    if field.code:
        return f"is not a code of {field.longest} letters, such as {'DE' if field.longest == 2 else 'EUR'}"
    if field.type is str:
        return f"has {len(text):,} characters, at most {field.longest:,} are allowed"
    return f"is none of {words.allowed(field)}"
