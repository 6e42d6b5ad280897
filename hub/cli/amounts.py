"""Writes money in whole units of its currency."""

from decimal import Decimal

from babel.numbers import get_currency_precision


def amount(minor: int, currency: str) -> str:
    """An amount such as ``186.50``.

    Args:
        minor: in minor units.
        currency: ISO 4217 code.
    """
    digits = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"
