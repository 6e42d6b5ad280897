"""Draws columns: choices by weight, gaps, numbers as text. No value is made one by one."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]
Minutes = NDArray[np.datetime64]
"""Local times, to the minute."""


def weighted(random: np.random.Generator, weights: Sequence[float], count: int) -> Integers:
    """Positions drawn by weight."""
    share = np.asarray(weights, dtype=np.float64)
    return random.choice(len(share), size=count, p=share / share.sum())


def taken(words: Sequence[str], positions: Integers) -> pa.Array:
    """The words at these positions."""
    return pa.array(words, pa.string()).take(pa.array(positions))


def known(column: pa.Array, mask: Mask) -> pa.Array:
    """The column where the mask holds, null elsewhere."""
    return pc.if_else(pa.array(mask), column, pa.nulls(len(column), column.type))


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts joined row by row, with nothing between them."""
    columns = [pa.scalar(part, pa.string()) if isinstance(part, str) else part.cast(pa.string()) for part in parts]
    return pc.binary_join_element_wise(*columns, "")


def padded(numbers: Integers, width: int) -> pa.Array:
    """Whole numbers as text with leading zeros."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=width, padding="0")


def minutes_in(days: NDArray[np.float64]) -> NDArray[np.timedelta64]:
    """Spans of days as whole minutes."""
    return (days * 1440).astype(np.int64).astype("timedelta64[m]")


def at_hour(random: np.random.Generator, moments: Minutes, hour: float, spread: float) -> Minutes:
    """The same days, at an hour around the given one; never in the hours that clock changes skip or repeat."""
    hours = np.clip(random.normal(hour, spread, len(moments)), 6, 23.9)
    return after(moments.astype("datetime64[D]").astype("datetime64[m]"), minutes_in(hours / 24))


def after(moments: Minutes, spans: NDArray[np.timedelta64]) -> Minutes:
    """The moments, each so much later."""
    later: Minutes = np.add(moments, spans)  # NumPy's types take the sign + for a sum of spans
    return later
