"""Say on which line of the file a row began."""

from array import array
from typing import Any

import numpy as np
import numpy.typing as npt


class LineMap:
    """Line numbers of rows: row 0 is on the line after the header, and most rows take one line each.

    Only where that is not so is anything kept, so a plain file costs nothing.
    """

    def __init__(self, first_line: int) -> None:
        self._rows = array("q", [0])
        self._offsets = array("q", [first_line])

    def shift(self, row: int, lines: int) -> None:
        """From this row on, rows begin that many lines further down."""
        offset = self._offsets[-1] + lines
        if self._rows[-1] == row:
            self._offsets[-1] = offset
        else:
            self._rows.append(row)
            self._offsets.append(offset)

    def lines_of(self, rows: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """The lines of rows, both as whole numbers."""
        starts = np.frombuffer(self._rows, dtype=np.int64)
        offsets = np.frombuffer(self._offsets, dtype=np.int64)
        if len(starts) == 1:
            return np.asarray(rows + offsets[0], dtype=np.int64)
        return np.asarray(rows + offsets[np.searchsorted(starts, rows, side="right") - 1], dtype=np.int64)
