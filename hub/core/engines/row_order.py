"""The order in which the replica's traits are read, so that an answer need not say whose each of its values is.

DuckDB returns the rows of a table in the order in which they were stored, unless told otherwise (its setting
``preserve_insertion_order``). A column of true and false in that order is fetched twice as fast as the numbers of
those who match, and faster than their bits are gathered.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hub.core.engines.bitmap import Bitmap


@dataclass(frozen=True, eq=False)
class RowOrder:
    """The customers of one revision, row by row."""

    numbers: NDArray[np.int32]
    """Their numbers in the order of the rows."""

    @cached_property
    def everyone(self) -> Bitmap:
        """All of them."""
        return self.chosen(np.ones(len(self.numbers), np.bool_))

    def chosen(self, matches: NDArray[np.bool_]) -> Bitmap:
        """Those for whom a column in the same order is true."""
        marks = np.zeros(self._size, np.bool_)
        marks[self._places] = matches
        return Bitmap(np.packbits(marks, bitorder="little").view(np.uint64))

    @cached_property
    def _size(self) -> int:
        return (int(self.numbers.max(initial=0)) // 64 + 1) * 64

    @cached_property
    def _places(self) -> slice | NDArray[np.int32]:
        """Where the marks go: a slice where the numbers rise without a gap, which is copied at once."""
        first = int(self.numbers[0]) if len(self.numbers) else 0
        rising = np.arange(first, first + len(self.numbers), dtype=np.int32)
        return slice(first, first + len(self.numbers)) if np.array_equal(self.numbers, rising) else self.numbers
