"""Small pieces of DuckDB SQL. Every text in them is quoted here."""

from collections.abc import Sequence
from typing import Any

import duckdb

from hub import GUARDED

_APOSTROPHE = "''"
WHITE = " \t"
"""What is trimmed off both ends of a cell."""


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def matches(cell: str, pattern: str) -> str:
    """Whether a whole cell matches a regular expression."""
    return f"regexp_full_match({cell}, {literal(pattern)})"


def trimmed(cell: str) -> str:
    """A cell without white space at its ends; null when nothing is left."""
    return f"nullif(trim({cell}, {literal(WHITE)}), '')"


def as_it_was(cell: str) -> str:
    """A text without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    guarded = f"starts_with({cell}, '{_APOSTROPHE}') AND regexp_matches({cell}, {literal(GUARDED)})"
    return f"CASE WHEN {guarded} THEN substr({cell}, 2) ELSE {cell} END"


def first_of(cases: Sequence[tuple[str, str]]) -> str:
    """The value beside the first condition that holds; null when none does."""
    return "CASE " + " ".join(f"WHEN {condition} THEN {value}" for condition, value in cases) + " END"


def one_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The only row of a query's answer, fetched to its end: an unfinished answer blocks the connection."""
    [row] = connection.execute(query).fetchall()
    return tuple(row)
