"""Turns columns as the store keeps them into what stands in a file: texts of days, moments and amounts."""

from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
from babel.numbers import get_currency_precision

_TEN_THOUSANDTHS = 4


def instants(seconds: pa.ChunkedArray) -> pa.ChunkedArray:
    """Moments such as 2024-12-31T19:30:00Z.

    Args:
        seconds: since 1970 in UTC, as numbers or timestamps.
    """
    # Several times quicker than strftime.
    moments = pc.cast(pc.cast(seconds, pa.timestamp("s")), pa.string())
    return pc.binary_join_element_wise(pc.utf8_replace_slice(moments, 10, 11, "T"), "Z", "")


def days(numbers: pa.ChunkedArray) -> pa.ChunkedArray:
    """Days such as 2024-12-31.

    Args:
        numbers: days since 1970.
    """
    return pc.cast(pc.cast(pc.cast(numbers, pa.int32()), pa.date32()), pa.string())


def truths(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The words yes and no."""
    return pc.if_else(values, "yes", "no")


def amounts(minor: pa.ChunkedArray, currency: str) -> pa.ChunkedArray:
    """Amounts such as 12.50, with the decimals of their currency.

    Args:
        minor: in minor units.
        currency: ISO 4217 code.
    """
    return _shifted(minor, get_currency_precision(currency))


def amounts_by_row(minor: pa.ChunkedArray, currencies: pa.ChunkedArray) -> pa.ChunkedArray:
    """As ``amounts``, where each row has a currency of its own."""
    written = pa.chunked_array([pa.nulls(len(minor), pa.string())])
    by_digits: dict[int, list[str]] = {}
    for code in pc.unique(currencies).to_pylist():
        by_digits.setdefault(get_currency_precision(code), []).append(code)
    for digits, codes in by_digits.items():
        written = pc.if_else(pc.is_in(currencies, pa.array(codes)), _shifted(minor, digits), written)
    return written


def plain_numbers(ten_thousandths: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers such as 12 or -3.75, of ten-thousandths."""
    written = _shifted(ten_thousandths, _TEN_THOUSANDTHS)
    return pc.utf8_rtrim(pc.utf8_rtrim(written, "0"), ".")


def _shifted(whole: pa.ChunkedArray, digits: int) -> pa.ChunkedArray:
    exact = pc.multiply(pc.cast(whole, pa.decimal128(19, 0)), pa.scalar(Decimal(1).scaleb(-digits)))
    return pc.cast(exact, pa.string())
