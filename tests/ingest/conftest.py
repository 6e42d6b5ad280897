"""What the tests of ingesting share: a shop whose records come in, and a look at what is stored."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa

from hub import RECORDS, Batch, Record, arrow_schema
from hub.core.ingest.ingest import Ingest
from hub.core.ingest.report import IngestReport
from hub.core.store.database import Database
from hub.core.store.tables import Organisation

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Shop:
    """A source of records, and the store they go to."""

    database: Database
    organisation: Organisation
    name: str = "shop"

    def bring(self, *records: Record) -> IngestReport:
        """Store records as one batch."""
        return self.bring_tables(Batch.of(*records).tables)

    def bring_rows(self, kind: str, *rows: dict[str, Any]) -> IngestReport:
        """Store rows of one kind as one batch, their lines counted from 2 as after a header."""
        columns = list(dict.fromkeys(name for row in rows for name in row))
        table = pa.Table.from_pylist(list(rows), schema=arrow_schema(RECORDS[kind], columns))
        lines = pa.array(range(2, len(rows) + 2), pa.int64())
        return self.bring_tables({kind: table.append_column("line", lines)})

    def bring_tables(self, tables: Any) -> IngestReport:
        """Store Arrow tables as one batch."""
        ingest = Ingest(self.database, self.organisation, self.name, lambda: NOW)
        return list(ingest.store([Batch(tables)]))[-1]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in the store."""
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]

    @staticmethod
    def reasons(report: IngestReport) -> list[tuple[int, str, str]]:
        """Line, field and reason of every rejected row."""
        return [(row.line, row.field, row.reason) for row in report.rejected]

    def stays(self, *records: Record) -> bool:
        """Whether storing records changes nothing at all."""
        report = self.bring(*records)
        return not (sum(report.inserted.values()) or sum(report.updated.values()) or report.rejected)


@pytest.fixture
def shop(database: Database, organisation: Organisation) -> Shop:
    """A source of an invented theatre."""
    return Shop(database, organisation)


@pytest.fixture
def second_shop(database: Database, organisation: Organisation) -> Shop:
    """Another source of the same theatre."""
    return Shop(database, organisation, "till")
