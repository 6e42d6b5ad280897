"""Number the lines of orders whose rows stand together in the file, as nearly all exports have them."""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hub_csv.queries import BAD
from hub_csv.sql import one_row


def numbered_runs(connection: duckdb.DuckDBPyConnection, orders: int) -> pa.Table | None:
    """Number the rows of the table ``typed`` within their orders, by looking at neighbours alone.

    Args:
        connection: holds the table.
        orders: how many different orders there are.

    Returns:
        For each row ``nth_``, ``lines_``, ``first_row_`` and ``other_customer_``. None where that takes a closer
        look: an order's rows are apart or name two customers, or a row is refused.
    """
    if one_row(connection, f"SELECT count({BAD}) FROM typed") != (0,):
        return None
    rows = connection.sql("SELECT f_id, f_customer FROM typed").to_arrow_table()
    begins = np.concatenate(([True], _differs_from_last(rows["f_id"])))
    starts = np.flatnonzero(begins)
    if len(starts) != orders or (_differs_from_last(rows["f_customer"]) & ~begins[1:]).any():
        return None
    lines = np.diff(starts, append=rows.num_rows)
    heads = np.repeat(starts, lines)
    return pa.table(
        {
            "nth_": np.arange(rows.num_rows) - heads + 1,
            "lines_": np.repeat(lines, lines),
            "first_row_": pa.array(heads, mask=begins),
            "other_customer_": np.zeros(rows.num_rows, dtype=bool),
        }
    )


def _differs_from_last(column: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    differs = pc.not_equal(column.slice(1), column.slice(0, len(column) - 1))
    return np.asarray(differs.to_numpy(), dtype=np.bool_)
