"""Files of members, column by column: whatever the texts are, they come back, and none is a formula."""

import csv
import io
import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.exports import rows as exporting
from hub.core.segments.people.members import MEMBER_COLUMNS

TEXTS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    st.text(st.sampled_from("=+-@＝ \t\r\n\x85\xa0\u200b\ufeffa"), max_size=4),
    st.sampled_from(
        ["=cmd|'/c calc'!A1", "+49 30", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "'=1", ""]
    ),
)


def members(texts: list[str | None]) -> pa.Table:
    """Rows as the hub returns them, all texts of a row alike."""
    count = len(texts)
    columns: dict[str, Any] = {"number": pa.array(range(1, count + 1), pa.int64())}
    columns |= {name: pa.array(texts, pa.string()) for name in MEMBER_COLUMNS}
    columns |= {name: pa.array([None] * count, pa.int64()) for name in ("born_on", "registered_at")}
    columns |= {name: pa.array(range(count), pa.int64()) for name in ("orders", "tickets", "revenue")}
    return exporting.presented(pa.table(columns))


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, max_size=6))
def test_no_cell_of_a_csv_file_is_a_formula_and_nothing_is_lost(texts: list[str | None]) -> None:
    written = b"".join(exporting.as_csv([members(texts)])).decode()
    rows = list(csv.DictReader(io.StringIO(written, newline="")))
    assert len(rows) == len(texts)
    for row, text in zip(rows, texts, strict=True):
        cell = row["email"]
        seen = "".join(sign for sign in cell if sign.isprintable() and not sign.isspace())
        assert not seen.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
        assert not cell.startswith(("\t", "\r", "\n"))
        assert cell in {text or "", f"'{text}"}


@settings(max_examples=25, deadline=None)
@given(st.lists(TEXTS, max_size=6))
def test_json_lines_keep_every_text(texts: list[str | None]) -> None:
    written = b"".join(exporting.as_json_lines([members(texts)])).decode()
    assert [json.loads(line)["email"] for line in written.split("\n") if line] == texts


@pytest.mark.parametrize("write", [exporting.as_csv, exporting.as_json_lines])
def test_large_files_come_in_pieces_and_in_order(monkeypatch: pytest.MonkeyPatch, write: Any) -> None:
    monkeypatch.setattr(exporting, "_ROWS", 3)
    pieces = list(write([members([f"t{number}" for number in range(10)])]))
    assert len(pieces) >= 4
    lines = b"".join(pieces).decode().splitlines()[-10:]  # without a header
    assert [f'"t{number}"' in line for number, line in enumerate(lines)] == [True] * 10
