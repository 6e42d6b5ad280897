"""Writes the rows that an import could not take as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Protocol

import pyarrow as pa
from pyarrow import csv

from hub.core.contracts.spreadsheets import without_formulas


class Rejected(Protocol):
    """A row with its place and the reason, as a source tells it or as a run keeps it."""

    @property
    def line(self) -> int:
        """Line of the source, from 1; 0 when it has no lines."""

    @property
    def field(self) -> str:
        """The field that is wrong, or empty when it is the whole row."""

    @property
    def reason(self) -> str:
        """Why it could not be taken."""


def as_csv(pieces: Iterable[Sequence[Rejected]]) -> Iterator[bytes]:
    """Write rejected rows as CSV in UTF-8, with a header; no spreadsheet takes any of it for a formula.

    Args:
        pieces: the rows, some at a time.
    """
    yield b"line,field,reason\n"
    for rows in pieces:
        written = BytesIO()
        csv.write_csv(_table(rows), written, csv.WriteOptions(include_header=False))
        yield written.getvalue()


def _table(rows: Sequence[Rejected]) -> pa.Table:
    lines = pa.chunked_array([pa.array([row.line or None for row in rows], pa.int64())])
    texts = (
        without_formulas(pa.chunked_array([pa.array([getattr(row, name) for row in rows], pa.string())]))
        for name in ("field", "reason")
    )
    return pa.table([lines, *texts], names=["line", "field", "reason"])
