"""Tests of a number, exact for integers and for money in minor units."""

from decimal import Decimal
from math import ceil, floor
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator
from sqlalchemy import BigInteger, ColumnElement, and_, false, literal

from hub.core.contracts.parameters.one_form import OneForm

LARGEST = 1_000_000_000_000
"""Numbers beyond this, either way, are refused: scaled to minor units they must fit 64 bits."""
DECIMALS = 4
"""Decimals a number may have, as many as money has in a record."""


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("write a number")  # noqa: TRY004  # pydantic reports a ValueError, a TypeError escapes it
    return value


def _bounded(value: Decimal) -> Decimal:
    """Check the range; give equal numbers one form, so that 3 and 3.0 are the same test."""
    if abs(value) > LARGEST:
        raise ValueError(f"write a number between -{LARGEST:,} and {LARGEST:,}")
    scaled = value.scaleb(DECIMALS)
    if scaled != int(scaled):
        raise ValueError(f"write a number with at most {DECIMALS} decimals")
    return Decimal(int(value)) if value == int(value) else value.normalize()


def _json(value: Decimal) -> int | str:
    """An integer as it is, anything else as a text: JSON readers would round it."""
    return int(value) if value == int(value) else format(value, "f")


Number = Annotated[
    Decimal, BeforeValidator(_plain), AfterValidator(_bounded), PlainSerializer(_json, when_used="json")
]
"""A decimal number; in JSON an integer, or a text when it has decimals."""


class NumberTest(OneForm):
    """A comparison of a number: ``{"at_least": 3}``, ``{"between": [2, 5]}``; bounds of between count."""

    at_least: Number | None = Field(None, description="this number or more")
    at_most: Number | None = Field(None, description="this number or less")
    more_than: Number | None = Field(None, description="more than this number")
    less_than: Number | None = Field(None, description="less than this number")
    exactly: Number | None = Field(None, description="this number")
    between: tuple[Number, Number] | None = Field(None, description="from the first number to the second")

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.between is not None and self.between[0] > self.between[1]:
            low, high = self.between
            raise ValueError(f"the range is reversed: write between {high:f} and {low:f}")
        return self

    def whole(self, decimals: int = 0) -> tuple[int | None, int | None]:
        """The whole numbers that pass, as lowest and highest; None is open, lowest above highest is none.

        Args:
            decimals: the number tested is given in units of ``10 ** -decimals``, as money is.
        """
        form, value = self.form
        low, high = value if form == "between" else (value, value)
        low, high = low.scaleb(decimals), high.scaleb(decimals)
        lowest = floor(low) + 1 if form == "more_than" else ceil(low)
        highest = ceil(high) - 1 if form == "less_than" else floor(high)
        return (
            None if form in {"at_most", "less_than"} else lowest,
            None if form in {"at_least", "more_than"} else highest,
        )

    def matches(self, column: ColumnElement[int], decimals: int = 0) -> ColumnElement[bool]:
        """Whether a column of integers passes; false, never null, where it is null.

        Args:
            column: the integers.
            decimals: the column is in units of ``10 ** -decimals``, as money in minor units is.
        """
        lowest, highest = self.whole(decimals)
        if lowest is not None and highest is not None and lowest > highest:
            return false()
        tests: list[ColumnElement[bool]] = [column.is_not(None)]
        if lowest is not None and lowest == highest:
            return and_(*tests, column == literal(lowest, BigInteger))
        if lowest is not None:
            tests.append(column >= literal(lowest, BigInteger))
        if highest is not None:
            tests.append(column <= literal(highest, BigInteger))
        return and_(*tests)

    def describe(self, one: str = "", many: str = "") -> str:
        """Say it: "at least 3 orders".

        Args:
            one: what is counted, when it is one.
            many: what is counted, otherwise; ``one`` when left out.
        """
        form, value = self.form
        if form == "between":
            said, last = f"between {value[0]:f} and {value[1]:f}", value[1]
        else:
            said, last = f"{form.replace('_', ' ')} {value:f}", value
        return f"{said} {one if last == 1 else many or one}".rstrip()
