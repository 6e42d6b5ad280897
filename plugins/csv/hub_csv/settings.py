"""What a user may say about a CSV file. What is left empty is found out from the file."""

from typing import Literal

from pydantic import Field, field_validator

from hub import RECORDS, Settings


class CsvSourceSettings(Settings):
    """Settings of the source ``csv``."""

    path: str = Field(min_length=1, description="the file; a relative path starts in the hub's home")
    kind: str = Field(description="what a row is: customers, events, products, orders, order_lines …")
    mapping: dict[str, str] = Field(
        default_factory=dict,
        description="field of the record -> column header; an empty column leaves the field out",
    )
    delimiter: str | None = Field(None, description="between two fields; found out if empty")
    encoding: str | None = Field(None, description="such as utf-8 or cp1252; found out if empty")
    quote: Literal['"', "'"] | None = Field(None, description="around a field; found out if empty")
    decimal: Literal[".", ","] | None = Field(None, description="decimal sign; found out if empty")
    date_format: str | None = Field(
        None, min_length=1, description="such as %d/%m/%Y, for all date columns; found out if empty"
    )
    batch_rows: int = Field(250_000, ge=1, le=1_000_000, description="rows of the file in a batch")

    @field_validator("kind")
    @classmethod
    def _kind_is_known(cls, kind: str) -> str:
        if kind not in RECORDS:
            raise ValueError(f"must be one of {', '.join(RECORDS)}")
        return kind

    @field_validator("delimiter")
    @classmethod
    def _delimiter_is_one_sign(cls, delimiter: str | None) -> str | None:
        if delimiter == "\\t":  # how a tab is typed on a command line
            return "\t"
        if delimiter is not None and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in "\"'\r\n\0"):
            raise ValueError("must be a single ASCII character, such as ; or , or \\t")
        return delimiter
