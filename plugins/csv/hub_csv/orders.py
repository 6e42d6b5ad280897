"""Make orders and their lines of a flat file, in which each row is a line and its order at once."""

from collections.abc import Sequence

import duckdb

from hub import OrderRecord
from hub_csv.columns import Column
from hub_csv.queries import BAD, BAD_TEXT, ROW, typed_rows
from hub_csv.runs import numbered_runs
from hub_csv.sql import literal, one_row

FIRST, OTHER = "first_", "other_"
"""Names beside the fields: the row that began the order (null in that row itself); other customer than there."""
LINE_ID, LINE_TOTAL, LINE_QUANTITY = "line_id_", "line_total_", "line_quantity_"

_NO_REPEAT = "NULL::BIGINT AS first_row_, false AS other_customer_"
_BETWEEN = "chr(31)"  # a sign that no text in a table holds


def order_rows(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> str:
    """Prepare the tables and return the query with a row for each row of the file.

    An order without an id of its own gets a digest of what the row says, and its number among rows
    that say the same: importing a file twice changes nothing, buying the same twice counts twice.
    """
    names = {column.field.name for column in columns}
    if "id" in names:
        order_id, source = "f_id", _numbered_lines(connection, columns)
    else:
        order_id = f"{_digest(columns)} || CASE WHEN nth_ > 1 THEN '-' || nth_ ELSE '' END"
        source = _numbered_repeats(connection, columns)
    line_id = "f_line" if "line" in names else "coalesce(nth_, 1)::VARCHAR" if "id" in names else "'1'"
    single = "f_total" if "id" not in names else "CASE WHEN lines_ = 1 THEN f_total END"
    total = f"coalesce(f_line_total, {single})" if "line_total" in names else single
    passed = [f"f_{name}" for name in OrderRecord.model_fields if name in names and name != "id"]
    passed += [f"f_{name}" for name in ("event", "product", "category") if name in names]
    return (
        f"SELECT {ROW}, {BAD}, {BAD_TEXT}, first_row_ AS {FIRST}, other_customer_ AS {OTHER}, "
        f"{order_id} AS f_id, {', '.join(passed)}, {line_id} AS {LINE_ID}, {total} AS {LINE_TOTAL}, "
        f"{'f_quantity' if 'quantity' in names else '1::BIGINT'} AS {LINE_QUANTITY} FROM {source}"
    )


def _numbered_lines(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> str:
    """The rows with their place within their order, in the order of the file."""
    identifier = next(column for column in columns if column.field.name == "id")
    # A short hash finds out quickly whether an id comes twice at all.
    different, rows = one_row(connection, f"SELECT count(DISTINCT hash({identifier.value})), count(*) FROM raw")
    if different == rows:
        return f"(SELECT *, 1 AS nth_, 1 AS lines_, {_NO_REPEAT} FROM ({typed_rows(columns)}))"
    _store(connection, columns)
    if runs := numbered_runs(connection, different):
        connection.register("runs", runs)
        connection.execute("CREATE OR REPLACE TABLE places AS SELECT * FROM runs")
        connection.unregister("runs")
        return "typed POSITIONAL JOIN places"
    # A row that is refused anyway neither begins an order nor counts as one of its lines.
    connection.execute(
        f"CREATE OR REPLACE TABLE places AS SELECT nth_, lines_, CASE WHEN nth_ > 1 THEN head_ END AS first_row_, "
        f"coalesce(customer_ <> f_customer, false) AS other_customer_ FROM (SELECT {ROW}, f_customer, "
        f"row_number() OVER following AS nth_, count(*) OVER whole AS lines_, "
        f"first_value({ROW}) OVER following AS head_, first_value(f_customer) OVER following AS customer_ "
        f"FROM (SELECT {ROW}, f_customer, CASE WHEN {BAD} IS NULL THEN f_id END AS key_ FROM typed) "
        f"WINDOW whole AS (PARTITION BY key_), following AS (PARTITION BY key_ ORDER BY {ROW})) ORDER BY {ROW}"
    )
    return "typed POSITIONAL JOIN places"


def _numbered_repeats(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> str:
    """The rows, those that say the same as others numbered among them."""
    _store(connection, columns)
    values = ", ".join(f"f_{column.field.name}" for column in columns)
    hashed = f"SELECT *, hash({values}) AS hash_ FROM typed WHERE {BAD} IS NULL"
    # Again a short hash finds the few candidates; the digest then decides.
    connection.execute(
        f"CREATE OR REPLACE TABLE twice AS SELECT hash_ FROM ({hashed}) GROUP BY hash_ HAVING count(*) > 1"
    )
    if one_row(connection, "SELECT count(*) FROM twice") == (0,):
        return f"(SELECT *, 1 AS nth_, {_NO_REPEAT} FROM typed)"
    connection.execute(
        f"CREATE OR REPLACE TABLE repeats AS SELECT {ROW}, "
        f"row_number() OVER (PARTITION BY {_digest(columns)} ORDER BY {ROW}) AS nth_ "
        f"FROM ({hashed}) WHERE hash_ IN (SELECT hash_ FROM twice)"
    )
    return f"(SELECT *, {_NO_REPEAT} FROM typed LEFT JOIN repeats USING ({ROW}))"


def _store(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> None:
    """Table ``typed``, for rows that are gone through more than once."""
    connection.execute(f"CREATE OR REPLACE TABLE typed AS {typed_rows(columns)}")
    connection.execute("DROP TABLE raw")  # every cell that is still needed is in ``typed``


def _digest(columns: Sequence[Column]) -> str:
    """SQL of a digest of what a row says; a field without a value leaves no trace in it."""
    parts = [
        f"{literal(column.field.name + '=')} || {_as_text(column)}"
        for column in sorted(columns, key=lambda column: column.field.name)
    ]
    return f"md5(concat_ws({_BETWEEN}, {', '.join(parts)}))"


def _as_text(column: Column) -> str:
    name = f"f_{column.field.name}"
    return f"epoch_us({name})" if column.forms else name
