"""What of a plan is not done yet."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hub.core.engines.bitmap import Bitmap


class Leftover:
    """Counts, for each customer in a plan, what is still to be done.

    Args:
        numbers: a customer's number once for each thing to be done.
    """

    def __init__(self, numbers: NDArray[np.int64]) -> None:
        self._numbers, self._left = np.unique(numbers, return_counts=True)
        self._refused: list[NDArray[np.int64]] = []

    def done(self, numbers: Sequence[int] | NDArray[np.int64]) -> None:
        """One thing is done for each of these customers, who are in the plan."""
        places = np.searchsorted(self._numbers, np.asarray(numbers, np.int64))
        np.subtract.at(self._left, places, 1)

    def more(self, numbers: Sequence[int]) -> None:
        """One more thing is left to be done for each of these customers, who are in the plan."""
        places = np.searchsorted(self._numbers, np.asarray(numbers, np.int64))
        np.add.at(self._left, places, 1)

    def refused(self, numbers: Sequence[int]) -> None:
        """The platform refuses these customers for good."""
        self._refused.append(np.asarray(numbers, np.int64))

    @property
    def open(self) -> Bitmap:
        """Those for whom something is left to be done."""
        return Bitmap.of(self._numbers[self._left > 0].astype(np.uint32))

    @property
    def refused_for_good(self) -> Bitmap:
        """Those whom the platform refuses."""
        return Bitmap.of(np.concatenate([*self._refused, np.empty(0, np.int64)]).astype(np.uint32))
