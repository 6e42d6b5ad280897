"""Turn the rows of a query into batches: Arrow tables of the good ones, reasons for the others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hub import LINE_COLUMN, RECORDS, Batch, OrderLineRecord, OrderRecord, Record, RejectedRow, arrow_schema
from hub_csv import orders
from hub_csv.columns import Column
from hub_csv.fields import LINE_FIELDS
from hub_csv.lines import LineMap
from hub_csv.queries import BAD, BAD_TEXT, ROW, typed_rows
from hub_csv.reasons import reason
from hub_csv.scan import Scan

_LINE_NUMBER = "number_"


def read_batches(
    connection: duckdb.DuckDBPyConnection, kind: str, columns: Sequence[Column], scan: Scan, batch_rows: int
) -> Iterator[Batch]:
    """Yield the rows of the table ``raw``, ``batch_rows`` at a time, with what the scan left out."""
    names = [column.field.name for column in columns]
    make: Callable[[pa.Table], dict[str, pa.Table]]
    if kind == OrderRecord.kind:
        query = orders.order_rows(connection, columns)
        lined = bool({"event", "product", "category", "quantity", "line_total", "line"} & set(names))
        make = _orders_maker(names)
    else:
        query, lined = typed_rows(columns), True
        sources = {name: f"f_{name}" for name in names}
        make = _single_maker(RECORDS[kind], sources)
    left_out = iter(scan.rejected)
    waiting = next(left_out, None)
    for part in connection.sql(query).to_arrow_reader(batch_rows):
        table = _with_line_numbers(pa.Table.from_batches([part]), scan.lines)
        good, rejected = _split(table, columns, scan.lines, lined=lined)
        last = pc.max(table[_LINE_NUMBER]).as_py()
        while waiting is not None and waiting.line < last:
            rejected.append(waiting)
            waiting = next(left_out, None)
        yield Batch(tables=make(good), rejected=sorted(rejected, key=lambda row: row.line))
    rest = [row for row in (waiting, *left_out) if row is not None]
    for start in range(0, len(rest), batch_rows):
        yield Batch(rejected=rest[start : start + batch_rows])


def _with_line_numbers(table: pa.Table, lines: LineMap) -> pa.Table:
    numbers = lines.lines_of(table[ROW].to_numpy())
    return table.append_column(_LINE_NUMBER, pa.array(numbers, type=pa.int64()))


def _split(
    table: pa.Table, columns: Sequence[Column], lines: LineMap, *, lined: bool
) -> tuple[pa.Table, list[RejectedRow]]:
    """The rows that are good, and for the others why they are not."""
    wrong = pc.is_valid(table[BAD])
    repeats = orders.FIRST in table.column_names
    refused = wrong
    if repeats:
        repeat = table[orders.OTHER] if lined else pc.is_valid(table[orders.FIRST])
        refused = pc.or_(wrong, pc.fill_null(repeat, False))
    if not pc.any(refused).as_py():
        return table, []
    rejected: list[RejectedRow] = []
    for row in table.filter(refused).to_pylist():
        if row[BAD] is not None:
            column = columns[row[BAD]]
            rejected.append(RejectedRow(row[_LINE_NUMBER], reason(column, row[BAD_TEXT]), column.field.name))
        else:
            rejected.append(_repeated(row, lines))
    return table.filter(pc.invert(refused)), rejected


def _repeated(row: Mapping[str, Any], lines: LineMap) -> RejectedRow:
    first = int(lines.lines_of(np.array([row[orders.FIRST]], dtype=np.int64))[0])
    order = f"order {row['f_id']!r} is already on line {first}"
    if row[orders.OTHER]:
        return RejectedRow(row[_LINE_NUMBER], f"{order}, for another customer", "customer")
    return RejectedRow(
        row[_LINE_NUMBER],
        f"{order}: if each row is a line of an order, map event, product, category, quantity or line_total",
        "id",
    )


def _single_maker(model: type[Record], sources: Mapping[str, str]) -> Callable[[pa.Table], dict[str, pa.Table]]:
    return lambda table: {model.kind: _table(model, sources, table)} if table.num_rows else {}


def _orders_maker(names: Sequence[str]) -> Callable[[pa.Table], dict[str, pa.Table]]:
    order = {name: f"f_{name}" for name in OrderRecord.model_fields if name in names or name == "id"}
    line = {"id": orders.LINE_ID, "order": "f_id"}
    line |= {LINE_FIELDS[name]: f"f_{name}" for name in ("event", "product", "category") if name in names}
    line |= {"quantity": orders.LINE_QUANTITY, "total": orders.LINE_TOTAL}

    def make(table: pa.Table) -> dict[str, pa.Table]:
        if not table.num_rows:
            return {}
        every = table[orders.FIRST].null_count == table.num_rows  # filtering would copy all columns
        firsts = table if every else table.filter(pc.is_null(table[orders.FIRST]))
        tables: dict[str, pa.Table] = {}
        lines = table if not table[orders.LINE_ID].null_count else table.filter(pc.is_valid(table[orders.LINE_ID]))
        if lines.num_rows:
            tables[OrderLineRecord.kind] = _table(OrderLineRecord, line, lines)
        if firsts.num_rows:
            tables[OrderRecord.kind] = _table(OrderRecord, order, firsts)
        return tables

    return make


def _table(model: type[Record], sources: Mapping[str, str], table: pa.Table) -> pa.Table:
    """The record's columns with their proper types, and the line each row came from."""
    schema = arrow_schema(model, list(sources)).append(pa.field(LINE_COLUMN, pa.int64()))
    chosen = table.select([*sources.values(), _LINE_NUMBER]).rename_columns([*sources, LINE_COLUMN])
    return chosen.cast(schema)
