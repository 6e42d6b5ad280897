"""Makes a segment's members readable, column by column, and writes them as CSV."""

import os
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from babel.numbers import get_currency_precision

from hub.core.contracts.spreadsheets import without_formulas
from hub.core.store.tables import Organisation

_LISTED = (
    "number", "external_id", "email", "first_name", "last_name", "city", "orders", "tickets", "revenue",
)  # fmt: skip
"""Columns of the table people see."""
_ROWS = 65_536
"""Rows that are written at once."""


def readable(members: pa.Table, organisation: Organisation) -> pa.Table:
    """Members with days as days, moments in UTC and money in whole units of the currency.

    Args:
        members: as ``Segments.rows`` or ``Members.page`` returns them.
        organisation: whose currency it is.
    """
    digits = get_currency_precision(organisation.currency)
    changed = {
        name: pc.strftime(members[name].cast(pa.timestamp("s", tz="UTC")), "%Y-%m-%dT%H:%M:%SZ")
        for name in ("registered_at", "last_purchase_at")
        if name in members.column_names
    }
    changed |= {
        "born_on": members["born_on"].cast(pa.int32()).cast(pa.date32()),
        "revenue": pc.multiply(
            members["revenue"].cast(pa.decimal128(19, 0)), pa.scalar(Decimal(1).scaleb(-digits))
        ).cast(pa.string()),
    }
    for name, column in changed.items():
        members = members.set_column(members.column_names.index(name), name, column)
    return members


def as_rows(members: pa.Table) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Headings and rows of the table people see."""
    columns = [members[name].to_pylist() for name in _LISTED]
    return _LISTED, list(zip((str(number) for number in columns[0]), *columns[1:], strict=True))


def write_csv(members: pa.Table, file: str) -> None:
    """Write members as CSV, to standard output if ``file`` is a dash.

    A file appears whole or not at all, and may be read by its owner alone: it holds personal data.
    """
    harmless = _harmless(members)
    if file == "-":
        _write(harmless, sys.stdout.buffer)
        return
    target = Path(file)
    if target.exists() and not target.is_file():  # a pipe or a device: there is nothing to replace
        with target.open("wb") as opened:
            _write(harmless, opened)
        return
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as opened:
            _write(harmless, opened)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write(members: pa.Table, to: IO[bytes]) -> None:
    options = pa_csv.WriteOptions(quoting_style="needed", quoting_header="none", batch_size=_ROWS)
    with pa_csv.CSVWriter(to, members.schema, write_options=options) as writer:
        writer.write_table(members, max_chunksize=_ROWS)


def _harmless(members: pa.Table) -> pa.Table:
    """Texts that no spreadsheet takes for a formula: one that could be gets a leading apostrophe."""
    for place, field in enumerate(members.schema):
        if pa.types.is_string(field.type) and field.name != "revenue":
            members = members.set_column(place, field.name, without_formulas(members[field.name]))
    return members
