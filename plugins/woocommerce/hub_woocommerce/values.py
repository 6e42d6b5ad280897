"""Reads single values of WooCommerce's answers: amounts, times, texts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from html import unescape
from typing import Any

_EXACT = Decimal("0.0001")
_YES = frozenset({"1", "yes", "true", "on", "y", "subscribed"})


class Unusable(ValueError):
    """A row that no record can be made of. ``field`` names the record's field that is wrong, if it is one."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


def amount(value: Any, name: str) -> Decimal:
    """An amount of money with at most four decimals; nothing is zero. WooCommerce writes amounts as texts.

    Raises:
        Unusable: it is no number.
    """
    try:
        return Decimal(str(value or 0)).quantize(_EXACT, ROUND_HALF_UP)
    except ArithmeticError:
        raise Unusable(f"{name} is no amount", "total") from None


def moment(value: Any) -> datetime | None:
    """A time of a field that ends in ``_gmt``; None when there is none or it can't be read."""
    try:
        read = datetime.fromisoformat(value) if value else None
    except (TypeError, ValueError):
        return None
    return read.replace(tzinfo=UTC) if read and not read.tzinfo else read


def text(row: Mapping[str, Any], name: str) -> str | None:
    """A text without spaces around it, and without HTML's entities, which WordPress leaves in names."""
    value = row.get(name)
    return unescape(str(value)).strip() or None if value is not None else None


def below(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object inside an object. PHP writes an empty one as a list."""
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}


def listed(row: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """The objects of a list inside an object."""
    value = row.get(name)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def code(row: Mapping[str, Any], name: str, length: int) -> str | None:
    """A code of just so many letters; None when it is anything else."""
    value = text(row, name)
    return value.upper() if value and len(value) == length and value.isalpha() else None


def meta(row: Mapping[str, Any], key: str) -> bool | None:
    """What a meta field says, as yes or no; None when it is not there."""
    values = [one.get("value") for one in listed(row, "meta_data") if one.get("key") == key]
    if not values or values[-1] in (None, ""):
        return None
    return values[-1] is True or str(values[-1]).strip().lower() in _YES
