"""Writes the theatre's data as a ticket system exports it: its own headers, local dates, decimal commas."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from hub.demo.theatre.theatre import Theatre

DELIMITER = ";"

HEADERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "customers": {
            "id": "customer_no", "title": "salutation", "first_name": "given_name", "last_name": "family_name",
            "gender": "sex", "email": "e_mail", "phone": "telephone", "born_on": "birth_date",
            "registered_at": "account_since", "account_kind": "account_type", "account_status": "account_state",
            "street": "street_and_no", "postcode": "zip", "city": "town", "region": "state",
            "country": "country_code", "language": "lang", "latitude": "geo_lat", "longitude": "geo_lon",
        },
        "events": {
            "id": "event_no", "title": "event_title", "starts_at": "event_start", "category": "genre",
            "production": "production_name", "venue": "stage", "organiser": "promoter", "description": "blurb",
        },
        "products": {"id": "article_no", "name": "article", "category": "article_group"},
        "orders": {
            "id": "booking_no", "line": "position", "customer": "customer_no", "ordered_at": "booked_at",
            "total": "booking_amount", "status": "booking_state", "sales_channel": "counter", "event": "event_no",
            "product": "article_no", "quantity": "pieces", "line_total": "position_amount",
        },
        "consents": {
            "customer": "customer_no", "permission": "purpose", "channel": "medium", "given": "opt_in",
            "at": "changed_at", "place": "collected_by",
        },
        "tags": {"customer": "customer_no", "tag": "mark"},
    }
)  # fmt: skip
"""By kind of record: the header over each of its fields. The same mapping is what an import is told."""


@dataclass(frozen=True)
class Export:
    """A file as the ticket system wrote it."""

    kind: str
    path: Path
    rows: int

    def settings(self) -> dict[str, object]:
        """What the source ``csv`` is told of it; all else it finds out."""
        return {"path": str(self.path), "kind": self.kind, "mapping": dict(HEADERS[self.kind])}


def write_exports(theatre: Theatre, folder: Path) -> list[Export]:
    """Write a file for each kind of record, in the order in which to bring them in."""
    return [write_export(kind, table, folder / f"{kind}.csv") for kind, table in theatre.tables.items()]


def write_export(kind: str, table: pa.Table, path: Path) -> Export:
    """Write one table, with columns by the fields of its record, as a file; its folder is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    headers = HEADERS[kind]
    shown = pa.table({headers[name]: _text(name, table[name]) for name in table.column_names})
    options = pyarrow.csv.WriteOptions(delimiter=DELIMITER, quoting_style="needed")
    pyarrow.csv.write_csv(shown, path, options)
    return Export(kind, path, table.num_rows)


def _text(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if name in ("total", "line_total"):
        cents = pc.utf8_lpad(column.cast(pa.string()), width=3, padding="0")
        return pc.binary_join_element_wise(
            pc.utf8_slice_codeunits(cents, 0, -2), pc.utf8_slice_codeunits(cents, -2), ","
        )
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%d.%m.%Y %H:%M")
    if pa.types.is_date(column.type):
        return pc.strftime(column, format="%d.%m.%Y")
    if pa.types.is_floating(column.type):
        return pc.replace_substring(column.cast(pa.string()), ".", ",")
    return column
