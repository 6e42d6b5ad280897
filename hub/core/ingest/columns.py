"""Turns the Arrow columns of records into the columns the store keeps, a whole column at a time."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from babel.numbers import get_currency_precision

from hub.core.contracts.records import LINE_COLUMN, Record, arrow_schema, value_type

_ROOMY = pa.decimal128(30, 4)
"""Wide enough for 18 digits times any currency's power of ten."""


def fit_schema(model: type[Record], table: pa.Table) -> pa.Table:
    """Cast a batch's table to its record's columns; texts are trimmed, and an empty text becomes null.

    Raises:
        ValueError: a column is unknown, a key column is missing, or a value can't be cast.
    """
    names = [name for name in table.column_names if name != LINE_COLUMN]
    unknown = sorted(set(names) - set(model.model_fields))
    if unknown:
        raise ValueError(f"{model.kind} have no column {unknown[0]!r}")
    missing = [name for name, field in model.model_fields.items() if field.is_required() and name not in names]
    if missing:
        raise ValueError(f"{model.kind} need the column {missing[0]!r}")
    schema = arrow_schema(model, names)
    if LINE_COLUMN in table.column_names:
        schema = schema.append(pa.field(LINE_COLUMN, pa.int64()))
    try:
        fitted = table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise ValueError(f"{model.kind} have a column of the wrong type: {error}") from error
    for place, field in enumerate(schema):
        if pa.types.is_string(field.type):
            fitted = fitted.set_column(place, field, _trimmed(fitted[field.name]))
    return fitted


def stored_columns(model: type[Record], table: pa.Table, currency: str) -> pa.Table:
    """Give a checked table the types the store keeps.

    Instants become seconds since 1970 in UTC, days become days since 1970, money becomes minor units of the
    row's currency (rounded half up where it has more decimals than the currency).

    Args:
        model: the record.
        table: rows with the record's Arrow types.
        currency: the organisation's, for rows that name none.
    """
    if "currency" in table.column_names:
        filled = pc.fill_null(table["currency"], currency)
        table = table.set_column(table.column_names.index("currency"), "currency", pc.utf8_upper(filled))
    columns: dict[str, pa.ChunkedArray] = {}
    for name in table.column_names:
        column = table[name]
        kind = int if name == LINE_COLUMN else value_type(model, name)
        if kind is Decimal:
            column = _minor_units(column, table, currency)
        elif kind is datetime:
            column = pc.floor_temporal(column, unit="second").cast(pa.timestamp("s", tz="UTC")).cast(pa.int64())
        elif kind is date:
            column = column.cast(pa.int32())
        columns[name] = column
    return pa.table(columns)


def last_of_each(table: pa.Table, key: tuple[str, ...]) -> pa.Table:
    """Keep only the last row of each key: what a source says later holds."""
    if table.num_rows < 2 or _are_distinct(table, key):
        return table
    numbered = table.select(list(key)).append_column("position", pa.array(np.arange(table.num_rows)))
    last = numbered.group_by(list(key), use_threads=False).aggregate([("position", "max")])
    positions = last["position_max"].combine_chunks()
    return table.take(positions.take(pc.sort_indices(positions)))


def _are_distinct(table: pa.Table, key: tuple[str, ...]) -> bool:
    """Whether no key comes twice. Far quicker than to group by it, and nearly always true."""
    if len(key) == 1:
        return bool(pc.count_distinct(table[key[0]], mode="all").as_py() == table.num_rows)
    numbers: Any = np.zeros(table.num_rows, dtype=np.int64)
    span = 1
    for name in key:
        codes, count = _codes(table[name].combine_chunks())
        span *= count
        if span > np.iinfo(np.int64).max:
            return False
        numbers = numbers * count + codes
    return bool(pc.count_distinct(pa.array(numbers)).as_py() == table.num_rows)


def _codes(column: pa.Array) -> tuple[Any, int]:
    """A whole number for each value, alike for equal ones, and how many such numbers there may be."""
    if pa.types.is_integer(column.type) and not column.null_count:
        least, most = pc.min_max(column).as_py().values()
        return column.to_numpy() - least, most - least + 1
    encoded = pc.dictionary_encode(column, null_encoding="encode")
    return encoded.indices.to_numpy(), len(encoded.dictionary)


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _minor_units(column: pa.ChunkedArray, table: pa.Table, currency: str) -> pa.ChunkedArray:
    currencies = [currency]
    if "currency" in table.column_names:
        currencies = pc.unique(table["currency"]).to_pylist()
    digits = {code: get_currency_precision(code) for code in currencies}
    if len(set(digits.values())) <= 1:
        return _shifted(column, next(iter(digits.values()), 2))
    result = pa.chunked_array([pa.nulls(len(column), pa.int64())])
    for count in set(digits.values()):
        chosen = pc.is_in(table["currency"], pa.array([code for code, own in digits.items() if own == count]))
        result = pc.if_else(chosen, _shifted(column, count), result)
    return result


def _shifted(column: pa.ChunkedArray, digits: int) -> pa.ChunkedArray:
    whole = pc.multiply(column.cast(_ROOMY), pa.scalar(Decimal(10**digits), pa.decimal128(7, 0)))
    return pc.round(whole, 0, round_mode="half_towards_infinity").cast(pa.int64(), safe=False)
