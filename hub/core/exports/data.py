"""Writes all that is known of customers as CSV files that can be imported: one for each source and kind of record.

The columns are those of the records that sources bring, so that whoever reads them back has the same facts.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from hub.core.contracts.records import RECORDS, Record, value_type
from hub.core.contracts.spreadsheets import without_formulas
from hub.core.exports.naming import folder_names
from hub.core.exports.values import amounts, amounts_by_row, days, instants, plain_numbers, truths
from hub.core.store.database import Database
from hub.core.store.export import MANY, export
from hub.core.store.source_records import SourceOfRecords, most_rows, selection, source_named, sources
from hub.core.store.tables import Organisation

PURCHASE_KINDS = ("venues", "events", "products", "orders", "order_lines", "carts")
"""Kinds of records about purchases and what can be bought."""

KINDS = tuple(RECORDS)
"""Every kind of record, in the order in which files of them are to be imported."""

_LEFT_OUT = "present"
"""A field that says whether something is so: in an export it always is."""
_NO_LINE = "line"
"""A column of orders that is always empty: it says that a row is an order and none of its lines."""


@dataclass(frozen=True)
class DataFile:
    """A file of an export."""

    source: str
    """Name of the source."""
    folder: str
    """Name of the source's folder."""
    kind: str
    """Kind of its records."""
    pieces: Iterator[bytes]
    """The CSV itself; take it before the next file."""

    @property
    def path(self) -> str:
        """Where it belongs within the export."""
        return f"{self.folder}/{self.kind}.csv"


class CustomerData:
    """All customer data of one organisation.

    Args:
        database: the store's.
        organisation: whose.
    """

    def __init__(self, database: Database, organisation: Organisation) -> None:
        self._database = database
        self._organisation = organisation

    def files(self, source: str | None = None, *, purchases: bool = True) -> Iterator[DataFile]:
        """The files of all kinds that there are records of, in the order in which they are to be imported.

        All of them are read in one snapshot of the store, each as its pieces are taken.

        Args:
            source: those of this source alone.
            purchases: with orders, carts, and what was bought.

        Raises:
            NotFound: there is no such source; told at once.
        """
        known = sources(self._database, self._organisation)
        folders = folder_names([each.name for each in known])
        wanted = [source_named(self._database, self._organisation, source)] if source is not None else known
        kinds = [kind for kind in KINDS if purchases or kind not in PURCHASE_KINDS]
        return self._files(wanted, folders, kinds)

    def file(self, source: str, kind: str) -> Iterator[bytes]:
        """The file of a single kind, a header at least.

        Raises:
            NotFound: there is no such source; told at once.
        """
        return self._file(source_named(self._database, self._organisation, source), kind)

    def _file(self, source: SourceOfRecords, kind: str) -> Iterator[bytes]:
        for _, _, batches in self._read([source], [kind]):
            yield from self._written(kind, batches)

    def _files(
        self, wanted: Sequence[SourceOfRecords], folders: dict[str, str], kinds: Sequence[str]
    ) -> Iterator[DataFile]:
        for source, kind, batches in self._read(wanted, kinds):
            first = next((batch for batch in batches if batch.num_rows), None)
            if first is not None:
                pieces = self._written(kind, _chained(first, batches))
                yield DataFile(source.name, folders[source.name], kind, pieces)

    def _read(
        self, wanted: Sequence[SourceOfRecords], kinds: Sequence[str]
    ) -> Iterator[tuple[SourceOfRecords, str, pa.RecordBatchReader]]:
        asked = {
            f"{source.id} {kind}": (source, kind, selection(self._database, self._organisation, source, kind))
            for source in wanted
            for kind in kinds
        }
        if not asked:
            return
        many = most_rows(self._database, self._organisation) >= MANY
        statements = {name: statement for name, (_, _, statement) in asked.items()}
        for name, batches in export(self._database, statements, many=many):
            source, kind, _ = asked[name]
            yield source, kind, batches

    def _written(self, kind: str, batches: pa.RecordBatchReader) -> Iterator[bytes]:
        yield _csv(self._shown(kind, batches.schema.empty_table()), header=True)
        for batch in batches:
            if batch.num_rows:
                yield _csv(self._shown(kind, pa.table(batch)), header=False)

    def _shown(self, kind: str, rows: pa.Table) -> pa.Table:
        model = RECORDS[kind]
        special = {"custom_fields": _with_choices, "custom_values": _with_values}.get(kind)
        if special:
            return special(rows)
        names = [name for name in model.model_fields if name != _LEFT_OUT]
        columns = {name: self._column(model, name, rows) for name in names}
        if kind == "orders":
            columns[_NO_LINE] = pa.chunked_array([pa.nulls(rows.num_rows, pa.string())])
        return pa.table(columns)

    def _column(self, model: type[Record], name: str, rows: pa.Table) -> pa.ChunkedArray:
        kind, values = value_type(model, name), rows[name]
        if kind is datetime:
            return instants(values)
        if kind is date:
            return days(values)
        if kind is bool:
            return truths(values)
        if kind is Decimal:
            if "currency" in rows.column_names:
                return amounts_by_row(values, rows["currency"])
            # A line's amount is kept in minor units of the organisation's currency, whatever its order's is.
            return amounts(values, self._organisation.currency)
        return without_formulas(values) if kind is str else values


def _chained(first: pa.RecordBatch, rest: pa.RecordBatchReader) -> pa.RecordBatchReader:
    def batches() -> Iterator[pa.RecordBatch]:
        yield first
        yield from rest

    return pa.RecordBatchReader.from_batches(rest.schema, batches())


def _with_choices(rows: pa.Table) -> pa.Table:
    # Fields are few, so they are gone through one by one.
    choices = ["|".join(json.loads(text)) or None for text in rows["choices"].to_pylist()]
    shown = pa.chunked_array([pa.array(choices, pa.string())])
    columns = [without_formulas(rows["name"]), rows["value_type"], without_formulas(shown)]
    return pa.table(columns, names=["name", "value_type", "choices"])


def _with_values(rows: pa.Table) -> pa.Table:
    value = pc.coalesce(
        without_formulas(rows["text_value"]),  # of these alone: a number such as -3.75 is no formula
        plain_numbers(rows["number_value"]),
        days(rows["day_value"]),
        truths(rows["yes_no_value"]),
    )
    columns = [without_formulas(rows["customer"]), without_formulas(rows["field"]), value]
    return pa.table(columns, names=["customer", "field", "value"])


def _csv(rows: pa.Table, *, header: bool) -> bytes:
    written = BytesIO()
    # A header in quotes tells whoever reads the file which sign stands around texts.
    options = csv.WriteOptions(include_header=header, quoting_style="needed", quoting_header="needed")
    csv.write_csv(rows, written, options)
    return written.getvalue()
