"""Rows that wait to be sent, on disk once they are many."""

import tempfile
from collections.abc import Iterator

import pyarrow as pa

_IN_MEMORY = 8 * 1024 * 1024
"""Bytes up to which nothing is written to disk."""


class Spool:
    """Takes tables of one schema and gives their rows back in batches of any size.

    What lies on disk is in a file without a name, which is gone with the process, whatever ends it.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed in close()
        self._writer: pa.RecordBatchStreamWriter | None = None
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def put(self, rows: pa.Table) -> None:
        """Add rows."""
        if self._writer is None:
            self._writer = pa.ipc.new_stream(pa.PythonFile(self._file, "w"), rows.schema)
        self._writer.write_table(rows)
        self._rows += rows.num_rows

    def batches(self, size: int) -> Iterator[pa.Table]:
        """All rows in their order, ``size`` at a time. Nothing can be added afterwards."""
        if self._writer is None:
            return
        self._writer.close()
        self._file.seek(0)
        with pa.ipc.open_stream(pa.PythonFile(self._file, "r")) as reader:
            waiting: list[pa.RecordBatch] = []
            for batch in reader:
                waiting.append(batch)
                while sum(one.num_rows for one in waiting) >= size:
                    table = pa.Table.from_batches(waiting)
                    yield table.slice(0, size)
                    waiting = table.slice(size).to_batches()
            if any(one.num_rows for one in waiting):
                yield pa.Table.from_batches(waiting)

    def close(self) -> None:
        """Forget all rows."""
        self._file.close()
