"""Reads texts whose type is not known yet as numbers, days and truths, a whole column at a time.

What type a custom field has stands in the store, so each value is read in every way it can be, and
the merge takes the reading that fits.
"""

from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

_NUMBER = r"^[+-]?(?P<whole>\d{1,14})(?:[.,](?P<decimals>\d{1,4}))?$"
_THOUSANDS = r"^[+-]?\d{1,3},\d{3}$"
"""With a comma this may be a whole number or one with three decimals, so it is neither."""
_DAYS = (
    (r"^(?P<year>[12]\d{3})-(?P<month>\d{2})-(?P<day>\d{2})$"),
    (r"^(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>[12]\d{3})$"),
)
_YES = pa.array(["yes", "true", "1", "y", "ja", "j"])
_NO = pa.array(["no", "false", "0", "n", "nein", "nej"])


def with_readings(table: pa.Table) -> pa.Table:
    """Add to a table with a column ``value`` what its texts say as numbers, days and truths.

    ``number_value`` is in ten-thousandths, ``day_value`` in days since 1970; each is null where a text is
    none. A number has a point or a comma before its decimals, a day is written 2024-12-31 or 31.12.2024.
    """
    if "value" not in table.column_names:
        return table
    texts = table["value"]
    table = table.append_column("number_value", _numbers(texts))
    table = table.append_column("day_value", _days(texts))
    return table.append_column("yes_no_value", _truths(texts))


def _numbers(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    unclear = pc.match_substring_regex(texts, _THOUSANDS)
    readable = pc.and_(pc.match_substring_regex(texts, _NUMBER), pc.invert(unclear))
    plain = pc.if_else(readable, pc.replace_substring(texts, ",", "."), pa.scalar(None, pa.string()))
    exact = pc.utf8_ltrim(plain, "+").cast(pa.decimal128(18, 4)).cast(pa.decimal128(28, 4))
    return pc.multiply(exact, pa.scalar(Decimal(10_000), pa.decimal128(7, 0))).cast(pa.int64())


def _days(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    days = pa.chunked_array([pa.nulls(len(texts), pa.int32())])
    for pattern in _DAYS:
        parts = pc.extract_regex(texts, pattern)
        year, month, day = (pc.struct_field(parts, name) for name in ("year", "month", "day"))
        written = pc.binary_join_element_wise(year, _two(month), _two(day), "-")
        read = pc.strptime(written, format="%Y-%m-%d", unit="s", error_is_null=True)
        exists = pc.equal(pc.strftime(read, format="%Y-%m-%d"), written)  # there is no 30 February
        days = pc.coalesce(days, pc.if_else(exists, read.cast(pa.date32()).cast(pa.int32()), None))
    return days


def _two(digits: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_lpad(digits, 2, "0")


def _truths(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    words = pc.utf8_lower(texts)
    yes, no = pc.is_in(words, _YES), pc.is_in(words, _NO)
    return pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))
