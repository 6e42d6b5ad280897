"""The file's mapped columns as texts in a DuckDB table, one row each in the order of the file."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from hub import InputError
from hub_csv.rows import LONGEST_ROW, Signs
from hub_csv.sql import literal, one_row

_MEMORY = "1GB"


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that spills into a folder when a file is large."""
    connection = duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(folder)})
    connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
    return connection


def load(
    connection: duckdb.DuckDBPyConnection,
    clean: Path,
    signs: Signs,
    columns: int,
    wanted: Sequence[int],
    rows: int,
) -> None:
    """Read a clean file into the table ``raw``, whose columns are c0, c1 … by their place in the file.

    An empty cell is null. A row's ``rowid`` counts the rows of the clean file from 0.

    Raises:
        InputError: DuckDB sees other rows in the file than the scan did.
    """
    for parallel in ("true", "false"):
        _read(connection, clean, signs, columns, wanted, parallel)
        (count,) = one_row(connection, "SELECT count(*) FROM raw")
        if count == rows:
            return
    raise InputError(f"the file has {rows} rows, but only {count} could be read: report this as a bug")


def _read(
    connection: duckdb.DuckDBPyConnection,
    clean: Path,
    signs: Signs,
    columns: int,
    wanted: Sequence[int],
    parallel: str,
) -> None:
    types = ", ".join(f"c{place}: 'VARCHAR'" for place in range(columns))
    quote = literal(chr(signs.quote))
    connection.execute(
        f"CREATE OR REPLACE TABLE raw AS SELECT {', '.join(f'c{place}' for place in sorted(set(wanted)))} "
        f"FROM read_csv({literal(str(clean))}, columns = {{{types}}}, auto_detect = false, header = false, "
        f"delim = {literal(chr(signs.delimiter))}, quote = {quote}, escape = {quote}, comment = '', "
        f"new_line = '\\n', strict_mode = true, max_line_size = {2 * LONGEST_ROW}, parallel = {parallel})"
    )
