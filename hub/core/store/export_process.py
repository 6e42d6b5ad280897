"""The process that reads SQLite through ADBC for ``hub.core.store.export``; it does nothing else.

It takes a request as JSON on standard input and writes one Arrow stream per statement to standard output.
"""

import json
import sys

import adbc_driver_sqlite.dbapi
import pyarrow as pa
import pyarrow.compute as pc

WHOLE = b"whole"
"""Follows each stream that was written to its end: Arrow takes a stream that breaks off for a finished one."""

_BATCH_ROWS = 65_536
_NULLS = {pa.string(): "\x00", pa.int64(): -(2**63), pa.bool_(): -1, pa.float64(): -1.7e308}
"""What stands for null on the way: ADBC takes a column's type from its first rows, so it must not see nulls."""


def main() -> None:
    """Serve one request."""
    request = json.load(sys.stdin)
    output = sys.stdout.buffer
    with adbc_driver_sqlite.dbapi.connect(f"file:{request['file']}?mode=ro") as connection:
        for statement, serialized in zip(request["statements"], request["schemas"], strict=True):
            schema = pa.ipc.read_schema(pa.py_buffer(bytes.fromhex(serialized)))
            with connection.cursor() as cursor, pa.ipc.new_stream(output, schema) as stream:
                cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": _BATCH_ROWS})
                cursor.execute(_without_nulls(statement, schema))
                for batch in cursor.fetch_record_batch():
                    stream.write_batch(_with_nulls(batch, schema))
            output.write(WHOLE)
            output.flush()


def _without_nulls(statement: str, schema: pa.Schema) -> str:
    columns = ", ".join(f'coalesce("{field.name}", {_literal(field.type)}) AS "{field.name}"' for field in schema)
    return f"SELECT {columns} FROM ({statement})"


def _literal(kind: pa.DataType) -> str:
    return "char(0)" if kind == pa.string() else repr(_NULLS[kind])


def _with_nulls(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = []
    for column, field in zip(batch.columns, schema, strict=True):
        null = pc.equal(column, pa.scalar(_NULLS[field.type], column.type))
        columns.append(pc.if_else(null, pa.scalar(None, column.type), column).cast(field.type))
    return pa.record_batch(columns, schema=schema)


if __name__ == "__main__":
    main()
