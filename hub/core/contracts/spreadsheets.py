"""Keeps texts from being taken for formulas by a spreadsheet that opens an export (CSV injection)."""

import pyarrow as pa
import pyarrow.compute as pc

_FORMULA = r"^[\s\p{Z}\p{Cc}\p{Cf}]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[\t\r\n]"
"""How a text begins that a spreadsheet may take for a formula: with a sign, perhaps a full-width one, perhaps
after what can't be seen."""


def without_formulas(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts of which none is taken for a formula: one that could be gets a leading apostrophe.

    Args:
        texts: a column of strings; nulls stay nulls.
    """
    suspicious = pc.match_substring_regex(texts, _FORMULA)
    if not pc.any(suspicious).as_py():
        return texts
    return pc.if_else(suspicious, pc.binary_join_element_wise("'", texts, ""), texts)
