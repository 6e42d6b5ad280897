"""Reads single values of Mailchimp's answers: amounts, times, texts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_EXACT = Decimal("0.0001")


class Unusable(ValueError):
    """A row that no record can be made of. ``field`` names what is wrong, if it is one field."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


def amount(value: Any, field: str) -> Decimal:
    """An amount of money with at most four decimals. Mailchimp sends JSON numbers, which arrive as floats.

    Raises:
        Unusable: it is no number.
    """
    try:
        return Decimal(str(value)).quantize(_EXACT, ROUND_HALF_UP)
    except ArithmeticError:
        raise Unusable(f"{field} is no amount", field) from None


def moment(value: Any, field: str) -> datetime | None:
    """A time, in UTC; None when there is none. One without a zone is in UTC, as Mailchimp keeps them.

    Raises:
        Unusable: it can't be read.
    """
    if not value:
        return None
    try:
        read = datetime.fromisoformat(str(value))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unusable(f"{field} is no time in ISO 8601", field) from None


def text(row: Mapping[str, Any], name: str) -> str | None:
    """A text without spaces around it; None when it is empty or not there."""
    value = row.get(name)
    return str(value).strip() or None if value is not None else None


def below(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object inside an object; empty when there is none."""
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}


def code(row: Mapping[str, Any], name: str, length: int) -> str | None:
    """A code of just so many letters; None when it is anything else."""
    value = text(row, name)
    return value.upper() if value and len(value) == length and value.isalpha() else None
