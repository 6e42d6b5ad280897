"""Members come in pieces, each row with its own figures, whichever way the store is read."""

from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest

from hub import CustomerRecord
from hub.core.engines.bitmap import Bitmap
from hub.core.exports.service import Exports
from hub.core.segments.evaluator import Evaluator
from hub.core.store import people
from tests.exports.conftest import Place


class Backwards:
    """Knows figures of all customers but number 5, and tells them in no order."""

    def figures(self, numbers: Any, names: tuple[str, ...]) -> pa.Table:
        known = np.array([number for number in reversed(numbers.tolist()) if number != 5], np.uint32)
        figures = {name: pa.array(known.astype(np.int64) * 10 + place) for place, name in enumerate(names)}
        return pa.table({"number": known, **figures})


@pytest.mark.parametrize("many", [1, 10_000])
def test_each_row_has_its_own_figures(place: Place, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(people, "MANY", many)
    place.bring("shop", *(CustomerRecord(id=f"c{number}", city="=x") for number in range(1, 9)))
    exports = Exports(place.database, place.organisation, lambda: cast("Evaluator", Backwards()))
    pieces = list(exports.members(Bitmap.of([2, 3, 5, 8, 90])))
    rows = pa.concat_tables(pieces).to_pylist()
    assert [(row["number"], row["external_id"], row["city"]) for row in rows] == [
        (number, f"c{number}", "=x") for number in (2, 3, 5, 8)
    ]
    assert [(row["orders"], row["tickets"], row["revenue"]) for row in rows] == [
        (20, 21, 22), (30, 31, 32), (None, None, None), (80, 81, 82),
    ]  # fmt: skip


def test_nobody_is_a_piece_with_the_columns(place: Place) -> None:
    exports = Exports(place.database, place.organisation, lambda: cast("Evaluator", Backwards()))
    (piece,) = exports.members(Bitmap.of([]))
    assert piece.num_rows == 0
    assert piece.column_names[:2] == ["number", "external_id"]
    assert piece.column_names[-3:] == ["orders", "tickets", "revenue"]
