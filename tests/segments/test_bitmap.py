"""A bitmap is a set of numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hub.core.engines.bitmap import Bitmap

SETS = st.sets(st.integers(0, 400) | st.integers(60_000, 70_000), max_size=60)


@given(one=SETS, other=SETS)
def test_it_is_the_algebra_of_sets(one: set[int], other: set[int]) -> None:
    left, right = Bitmap.of(sorted(one)), Bitmap.of(list(other))
    assert left.numbers().tolist() == sorted(one)
    assert (left & right).numbers().tolist() == sorted(one & other)
    assert (left | right).numbers().tolist() == sorted(one | other)
    assert (left - right).numbers().tolist() == sorted(one - other)
    assert len(left) == len(one)
    assert (left == right) == (one == other)
    assert all((number in left) == (number in one) for number in one | other | {63, 64, 65_536})


@given(numbers=SETS)
def test_it_can_be_kept(numbers: set[int]) -> None:
    bitmap = Bitmap.of(np.array(sorted(numbers), np.uint32))
    assert Bitmap.from_bytes(bitmap.to_bytes()) == bitmap
