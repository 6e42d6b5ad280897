"""The SQL that types the rows of a file."""

from collections.abc import Sequence

from hub_csv.columns import Column

ROW, BAD, BAD_TEXT = "row_", "bad_", "text_"
"""Names beside the fields: the row's number, which column is wrong (by place, null if none), its cell."""


def typed_rows(columns: Sequence[Column]) -> str:
    """A query with a row for each row of the file, in its order: the values, and what is wrong."""
    cells = ", ".join(
        f"{column.cell} AS t_{column.field.name}, {column.value} AS v_{column.field.name}" for column in columns
    )
    tests = [(place, column.wrong) for place, column in enumerate(columns) if column.wrong != "false"]
    cases = " ".join(f"WHEN {test} THEN {place}" for place, test in tests)
    bad = f"CASE {cases} END" if cases else "NULL"
    texts = " ".join(f"WHEN {place} THEN t_{columns[place].field.name}" for place, _ in tests)
    bad_text = f"CASE {BAD} {texts} END" if texts else "NULL::VARCHAR"
    values = ", ".join(f"{column.stored} AS f_{column.field.name}" for column in columns)
    return (
        f"SELECT {ROW}, {BAD}, {bad_text} AS {BAD_TEXT}, {values} "
        f"FROM (SELECT *, ({bad})::INTEGER AS {BAD} FROM (SELECT rowid AS {ROW}, {cells} FROM raw))"
    )
