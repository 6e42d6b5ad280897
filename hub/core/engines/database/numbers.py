"""Customer numbers in bulk: PostgreSQL packs them into one value, numpy reads it."""

from typing import Any

import numpy as np
import sqlalchemy as sa

from hub.core.engines.bitmap import Bitmap


def packed(number: sa.ColumnElement[int]) -> sa.Function[Any]:
    """An aggregate of all numbers of a column, four bytes each; a million take 0.07 s, as rows they take 0.9."""
    empty = sa.literal(b"", sa.LargeBinary)
    return sa.func.string_agg(sa.func.int4send(number), empty, type_=sa.LargeBinary)


def unpacked(value: bytes | None) -> Bitmap:
    """The set that ``packed`` found; null is the empty one."""
    return Bitmap.of(np.frombuffer(value or b"", ">u4").astype(np.uint32))
