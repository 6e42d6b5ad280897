"""Gathers sets of customers on the cluster as bits, so that a hundred million of them arrive as 12 MB.

Spark's ``bitmap_construct_agg`` makes buckets of 32,768 bits. It numbers from 1 what we number from 0.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from hub.core.engines.bitmap import Bitmap

_WORDS = 512
"""64-bit words in a bucket."""
_BUCKET = "bitmap_bucket_number(number + 1)"
_BITS = "bitmap_construct_agg(bitmap_bit_position(number + 1))"

Ask = Callable[[str], Sequence[tuple[Any, ...]]]
"""Runs a query in Spark's SQL."""


def of_columns(ask: Ask, select: str, marks: Sequence[str]) -> list[Bitmap]:
    """The customers for whom each of several columns is true.

    Args:
        ask: runs the query.
        select: a select of the column ``number`` and the others.
        marks: the names of the others.
    """
    sets = ", ".join(f"{_BITS} FILTER (WHERE {mark}) AS {mark}" for mark in marks)
    found = ask(f"SELECT {_BUCKET} AS bucket, {sets} FROM ({select}) AS marked GROUP BY 1")
    return [_assembled((row[0], row[place]) for row in found) for place in range(1, len(marks) + 1)]


def of_selects(ask: Ask, selects: Sequence[str]) -> list[Bitmap]:
    """The customers each of several selects of the column ``number`` returns; what is no number is left out."""
    numbered = (
        f"SELECT {place} AS place, number FROM ({select}) AS found WHERE number >= 0"
        for place, select in enumerate(selects)
    )
    found = ask(
        f"SELECT place, {_BUCKET} AS bucket, {_BITS} AS bits FROM ({' UNION ALL '.join(numbered)}) GROUP BY 1, 2"
    )
    return [_assembled(row[1:] for row in found if row[0] == place) for place in range(len(selects))]


def _assembled(parts: Iterable[tuple[Any, ...]]) -> Bitmap:
    """One set of its buckets, each with its number and its bits."""
    found = dict(parts)
    words = np.zeros((max(found, default=0), _WORDS), np.uint64)
    for bucket, bits in found.items():
        words[bucket - 1] = np.frombuffer(bits, "<u8")
    return Bitmap(words.reshape(-1))
