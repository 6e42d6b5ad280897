"""What can be asked of an export."""

from enum import StrEnum

from hub.core.contracts.records import RECORDS


class MemberForm(StrEnum):
    """How a file of members is written."""

    CSV = "csv"
    """With a header."""
    JSON_LINES = "jsonl"
    """One object a line."""
    EXCEL = "xlsx"
    """An Excel workbook."""


class ExportForm(StrEnum):
    """How an export of customers is written."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    EXCEL = "xlsx"
    ZIP = "zip"
    """CSV files in a folder for each source."""


class Contents(StrEnum):
    """What an export of customers holds."""

    FIGURES = "figures"
    """A row for each customer, with what they bought."""
    DATA = "data"
    """All that is known of them, to be imported again."""


RecordKind = StrEnum("RecordKind", {kind.upper(): kind for kind in RECORDS})  # type: ignore[misc]  # made of names
"""A kind of record."""
