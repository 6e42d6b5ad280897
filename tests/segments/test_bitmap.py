"""A bitmap is a set of numbers."""

import numpy as np
import pytest
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
    assert (left ^ right).numbers().tolist() == sorted(one ^ other)
    assert len(left) == len(one)
    assert (left == right) == (one == other)
    assert all((number in left) == (number in one) for number in one | other | {63, 64, 65_536})


@given(one=SETS, other=SETS)
def test_it_can_be_kept(one: set[int], other: set[int]) -> None:
    kept, difference = (
        Bitmap.of(sorted(one)).to_bytes(),
        (Bitmap.of(sorted(one)) ^ Bitmap.of(sorted(other))).to_bytes(),
    )
    assert Bitmap.from_bytes(kept).numbers().tolist() == sorted(one)
    assert Bitmap.from_bytes(kept) ^ Bitmap.from_bytes(difference) == Bitmap.of(sorted(other))
    assert Bitmap.of([70_001]) not in (Bitmap.from_bytes(kept), Bitmap.from_bytes(difference))


def test_a_kept_one_is_small() -> None:
    """Whatever it holds; a million customers are 125 KB of bits."""
    half = np.flatnonzero(np.random.default_rng(1).random(1_000_000) < 0.5)
    assert len(Bitmap.of(half.astype(np.uint32)).to_bytes()) < 126_000
    assert len(Bitmap.of(np.arange(1_000_000, dtype=np.uint32)).to_bytes()) < 100
    assert len(Bitmap.of(np.arange(0, 1_000_000, 10_000, dtype=np.uint32)).to_bytes()) < 600


def test_a_kept_one_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="form 58"):
        Bitmap.from_bytes(b"\x3a\x30\x00\x00\x00\x00\x00\x00")
