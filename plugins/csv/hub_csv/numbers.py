"""How numbers are written, how a file's decimal sign is found out, and the SQL that reads them."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from hub import InputError, OrderRecord, arrow_schema
from hub_csv.sql import literal, matches, one_row

MONEY: pa.Decimal128Type = arrow_schema(OrderRecord, ["total"]).field("total").type
"""The type that carries money: how many digits there are, and how many of them are decimals."""

_EXPONENT = "(?:[eE][+-]?[0-9]{1,3})?"
"""How programs write a measure that is tiny, such as 1e-07."""
_WHOLE = MONEY.precision - MONEY.scale
_CURRENCY = r"(?:[A-Z]{3}|\p{Sc})"
_SPACE = "[ \u00a0\u202f]"
_OTHER_GROUPS = " '\u2019\u00a0\u202f"


@dataclass(frozen=True)
class NumberStyle:
    """The decimal sign of a file's numbers."""

    decimal: str

    @property
    def group(self) -> str:
        """The sign that may stand between thousands."""
        return "," if self.decimal == "." else "."


def simple_pattern(python_type: type) -> str:
    """What a number looks like that DuckDB's own cast reads as it is meant: no signs but minus and point."""
    if issubclass(python_type, int):
        return r"-?[0-9]{1,18}"
    if issubclass(python_type, float):
        return rf"-?[0-9]{{1,15}}(?:\.[0-9]+)?{_EXPONENT}"
    return rf"-?[0-9]{{1,{_WHOLE}}}(?:\.[0-9]{{1,{MONEY.scale}}}0*)?"


def sql_type(python_type: type) -> str:
    """The DuckDB type that carries a number of a Python type."""
    if issubclass(python_type, int):
        return "BIGINT"
    return "DOUBLE" if issubclass(python_type, float) else f"DECIMAL({MONEY.precision}, {MONEY.scale})"


def simple_sql(cell: str, python_type: type) -> str:
    """SQL that reads a cell known to match ``simple_pattern``."""
    return f"TRY_CAST({cell} AS {sql_type(python_type)})"


def number_sql(cell: str, python_type: type, style: NumberStyle) -> str:
    """SQL that reads a cell in any of the ways a number is written; null if it is none.

    A group sign, a currency's sign or code, and decimals that are zero do not matter.
    """
    decimal = f"\\{style.decimal}"
    plain = f"regexp_replace({cell}, '[^0-9{decimal}-]', '', 'g')"
    if issubclass(python_type, float):
        plain = f"ltrim({cell}, '+')"
    if style.decimal != ".":
        plain = f"replace({plain}, {literal(style.decimal)}, '.')"
    value = f"TRY_CAST({plain} AS {sql_type(python_type)})"
    return f"CASE WHEN {matches(cell, _pattern(python_type, style))} THEN {value} END"


def _pattern(python_type: type, style: NumberStyle) -> str:
    decimal = f"\\{style.decimal}"
    if issubclass(python_type, float):  # a coordinate has no thousands
        return rf"[+-]?[0-9]{{1,15}}(?:{decimal}[0-9]+)?{_EXPONENT}"
    digits = 0 if issubclass(python_type, int) else MONEY.scale
    decimals = rf"(?:{decimal}[0-9]{{1,{digits}}}0*)?" if digits else rf"(?:{decimal}0+)?"
    groups = rf"[0-9]{{1,3}}(?:[{style.group}{_OTHER_GROUPS}][0-9]{{3}})+"
    whole = rf"(?:[0-9]{{1,18}}|{groups})"
    sign = rf"(?:{_CURRENCY}{_SPACE}?)?"
    return rf"{sign}[+-]?{sign}{whole}{decimals}(?:{_SPACE}?{_CURRENCY})?"


def find_style(connection: duckdb.DuckDBPyConnection, cells: Sequence[str]) -> NumberStyle:
    """Find out the decimal sign, over all columns of numbers together.

    A number speaks for a sign when it can't be read with the other: ``1,5`` and ``1.234,50`` for the
    comma, ``1.5`` and ``1,234.50`` for the point; ``1,234`` and ``1.234`` speak for neither. Most
    voices win; with none the point is taken.

    Raises:
        InputError: as many numbers speak for one as for the other.
    """
    points = commas = 0
    for cell in cells:
        core = f"regexp_replace({cell}, '[^0-9.,]', '', 'g')"
        point, comma = one_row(
            connection,
            f"SELECT count_if({matches('v', _evidence('.'))}), count_if({matches('v', _evidence(','))}) "
            f"FROM (SELECT {core} AS v FROM raw)",
        )
        points, commas = points + point, commas + comma
    if points == commas and points:
        raise InputError(
            f"{points} numbers have a decimal point and as many a decimal comma: set decimal to . or ,"
        )
    return NumberStyle("," if commas > points else ".")


def _evidence(decimal: str) -> str:
    group = "," if decimal == "." else "."
    return (
        rf"[0-9]*[{decimal}](?:[0-9]{{1,2}}|[0-9]{{4,}})"
        rf"|(?:0|[0-9]{{4,}})[{decimal}][0-9]+"
        rf"|[0-9]{{1,3}}(?:[{group}][0-9]{{3}})+[{decimal}][0-9]+"
        rf"|[0-9]{{1,3}}(?:[{group}][0-9]{{3}}){{2,}}"
    )
