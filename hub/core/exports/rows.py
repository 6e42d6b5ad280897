"""Writes members as CSV or JSON lines, piece by piece and column by column."""

from collections.abc import Iterable, Iterator
from io import BytesIO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from hub.core.contracts.spreadsheets import without_formulas
from hub.core.exports.values import instants

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


def as_csv(pieces: Iterable[pa.Table], *, quoted_header: bool = True) -> Iterator[bytes]:
    """Write members as CSV in UTF-8, with a header.

    A text that a spreadsheet could take for a formula gets a leading apostrophe. Texts stand in quotes, so
    that an empty text and one that is not known can be told apart.

    Args:
        pieces: tables of the same columns, one at least, such as ``presented`` returns.
        quoted_header: whether the names in the header stand in quotes, too.
    """
    headed = False
    for rows in pieces:
        texts = _with_texts(rows)
        if not headed:
            yield _csv(texts.slice(0, 0), header=True, quoted_header=quoted_header)
            headed = True
        for piece in texts.to_batches(max_chunksize=_ROWS):
            yield _csv(_harmless(pa.table(piece)), header=False)


def as_json_lines(pieces: Iterable[pa.Table]) -> Iterator[bytes]:
    """Write members as JSON, one object a line.

    Args:
        pieces: tables of the same columns, such as ``presented`` returns.
    """
    with duckdb.connect(":memory:") as columns:
        columns.execute("SET enable_progress_bar = false")
        for rows in pieces:
            for piece in _with_texts(rows).to_batches(max_chunksize=_ROWS):
                columns.register("members", pa.table(piece))
                ((lines,),) = columns.execute(_LINES).fetchall()
                yield lines.encode()


_LINES = "SELECT string_agg(CAST(to_json(one) AS VARCHAR) || chr(10), '' ORDER BY number) FROM members AS one"


def _with_texts(rows: pa.Table) -> pa.Table:
    """Instants as texts in one form, as the rest of the API writes them."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            rows = rows.set_column(place, field.name, instants(rows[field.name]))
    return rows


def _harmless(rows: pa.Table) -> pa.Table:
    columns = [without_formulas(column) if pa.types.is_string(column.type) else column for column in rows.columns]
    return pa.table(columns, names=rows.column_names)


def _csv(rows: pa.Table, *, header: bool, quoted_header: bool = True) -> bytes:
    written = BytesIO()
    quoting = "needed" if quoted_header else "none"
    csv.write_csv(rows, written, csv.WriteOptions(include_header=header, quoting_header=quoting))
    return written.getvalue()
