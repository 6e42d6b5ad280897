"""Keeps texts from being taken for formulas by a spreadsheet that opens an export (CSV injection).

A text that could be one gets a leading apostrophe, and so does one that would look as if it had got it: whoever
takes one apostrophe off what matches ``GUARDED`` has every text again as it was.
"""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_HIDDEN = r"[\s\p{Z}\p{Cc}\p{Cf}]*"
_FORMULA = rf"^'*(?:{_HIDDEN}[=+\-@\x{{FF1D}}\x{{FF0B}}\x{{FF0D}}\x{{FF20}}]|[\t\r\n])"
"""How a text begins that a spreadsheet may take for a formula: with a sign, perhaps a full-width one, perhaps
after what can't be seen. Apostrophes before that count in, so that the one that is put there can be told."""

GUARDED = _FORMULA.replace("^'*", "^''*", 1)
"""How a text begins that was given an apostrophe; a regular expression for RE2."""


def without_formulas(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts of which none is taken for a formula: one that could be gets a leading apostrophe.

    Args:
        texts: a column of strings; nulls stay nulls.
    """
    # Nearly every text begins with a letter or a digit: only the others are worth the regular expression.
    return pa.chunked_array([_guarded(chunk) for chunk in texts.chunks], pa.string())


def _guarded(texts: pa.Array) -> pa.Array:
    places = np.flatnonzero(_suspicious()[_first_bytes(texts)])
    if not len(places):
        return texts
    suspects = texts.take(pa.array(places))
    found = pc.fill_null(pc.match_substring_regex(suspects, _FORMULA), False)
    wanted = np.zeros(len(texts), dtype=bool)
    wanted[places] = found.to_numpy(zero_copy_only=False)
    if not wanted.any():
        return texts
    return pc.if_else(pa.array(wanted), pc.binary_join_element_wise("'", texts, ""), texts)


def _first_bytes(texts: pa.Array) -> NDArray[np.uint8]:
    """The first byte of each text in UTF-8; that of a letter where there is none."""
    _, offsets, data = texts.buffers()
    first = np.full(len(texts), ord("a"), np.uint8)
    if data is None or not data.size:
        return first
    bounds = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4)
    filled = bounds[1:] > bounds[:-1]
    first[filled] = np.frombuffer(data, np.uint8)[bounds[:-1][filled]]
    return first


@cache
def _suspicious() -> NDArray[np.bool_]:
    """By its first byte, whether a text may begin a formula: letters and digits of ASCII and Latin do not."""
    suspicious = np.ones(256, dtype=bool)
    for sign in range(128):
        suspicious[sign] = not chr(sign).isalnum()
    suspicious[0xC3:0xCB] = False  # À to ʿ
    return suspicious
