"""Writes members as CSV or JSON lines, piece by piece and column by column."""

from collections.abc import Iterator
from io import BytesIO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from hub.core.contracts.spreadsheets import without_formulas

_ROWS = 20_000
"""Rows in one piece."""
_INSTANTS = frozenset({"registered_at", "last_purchase_at"})


def presented(rows: pa.Table) -> pa.Table:
    """Members as they are shown: days and instants as such, money named for its minor units.

    Args:
        rows: as ``Segments.rows`` returns them, or a page of ``Members.page``.
    """
    shown = rows.rename_columns(["revenue_minor" if name == "revenue" else name for name in rows.column_names])
    days = pc.cast(pc.cast(rows["born_on"], pa.int32()), pa.date32())
    shown = shown.set_column(shown.column_names.index("born_on"), "born_on", days)
    for place, name in enumerate(shown.column_names):
        if name in _INSTANTS:
            shown = shown.set_column(place, name, pc.cast(shown[name], pa.timestamp("s", tz="UTC")))
    return shown


def as_csv(rows: pa.Table) -> Iterator[bytes]:
    """Write members as CSV in UTF-8, with a header.

    A text that a spreadsheet could take for a formula gets a leading apostrophe. Texts stand in quotes, so
    that an empty text and one that is not known can be told apart.

    Args:
        rows: as ``presented`` returns them.
    """
    texts = _with_texts(rows)
    yield _csv(texts.slice(0, 0), header=True)
    for piece in texts.to_batches(max_chunksize=_ROWS):
        yield _csv(_harmless(pa.table(piece)), header=False)


def as_json_lines(rows: pa.Table) -> Iterator[bytes]:
    """Write members as JSON, one object a line.

    Args:
        rows: as ``presented`` returns them.
    """
    with duckdb.connect(":memory:") as columns:
        columns.execute("SET enable_progress_bar = false")
        for piece in _with_texts(rows).to_batches(max_chunksize=_ROWS):
            columns.register("members", pa.table(piece))
            ((lines,),) = columns.execute(_LINES).fetchall()
            yield lines.encode()


_LINES = "SELECT string_agg(CAST(to_json(one) AS VARCHAR) || chr(10), '' ORDER BY number) FROM members AS one"


def _with_texts(rows: pa.Table) -> pa.Table:
    """Instants as texts in one form, as the rest of the API writes them."""
    instants = pc.strftime(rows["registered_at"], format="%Y-%m-%dT%H:%M:%SZ")
    return rows.set_column(rows.column_names.index("registered_at"), "registered_at", instants)


def _harmless(rows: pa.Table) -> pa.Table:
    columns = [without_formulas(column) if pa.types.is_string(column.type) else column for column in rows.columns]
    return pa.table(columns, names=rows.column_names)


def _csv(rows: pa.Table, *, header: bool) -> bytes:
    written = BytesIO()
    csv.write_csv(rows, written, csv.WriteOptions(include_header=header))
    return written.getvalue()
