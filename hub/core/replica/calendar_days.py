"""Adds the organisation's calendar day to moments, whole columns at a time."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_SECONDS_A_DAY = 86_400
_FIRST, _LAST = -2_208_988_800, 7_258_118_400
"""From 1900 to 2200, as seconds since 1970."""
_WEEK = 7 * _SECONDS_A_DAY
"""No zone changes its clocks twice within a week."""


def with_days(reader: pa.RecordBatchReader, moments: str, zone: str) -> pa.RecordBatchReader:
    """The same rows with a column ``day``: days since 1970 of a column of seconds since 1970 in UTC."""
    schema = reader.schema.append(pa.field("day", pa.int32()))
    place = reader.schema.get_field_index(moments)
    batches = (
        pa.record_batch([*batch.columns, days_of(batch.column(place), zone)], schema=schema) for batch in reader
    )
    return pa.RecordBatchReader.from_batches(schema, batches)


def days_of(seconds: pa.Array, zone: str) -> pa.Array:
    """The calendar days of moments there, as days since 1970; null for null."""
    since, offsets = _clock(zone)
    unknown = np.asarray(seconds.is_null())
    moments = np.asarray(seconds.fill_null(0)).astype(np.int64)
    offset = offsets[np.searchsorted(since, moments, side="right") - 1]
    return pa.array(((moments + offset) // _SECONDS_A_DAY).astype(np.int32), mask=unknown)


@lru_cache(maxsize=16)
def _clock(zone: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """From when on (seconds since 1970 in UTC) the clocks there are how far ahead of UTC (seconds)."""
    place = ZoneInfo(zone)
    since, offsets = [np.iinfo(np.int64).min], [_ahead(_FIRST, place)]
    for moment in range(_FIRST, _LAST, _WEEK):
        if _ahead(moment + _WEEK, place) != offsets[-1]:
            before, after = moment, moment + _WEEK
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (middle, after) if _ahead(middle, place) == offsets[-1] else (before, middle)
            since.append(after)
            offsets.append(_ahead(after, place))
    return np.array(since, np.int64), np.array(offsets, np.int64)


def _ahead(moment: int, place: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(moment, place).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
