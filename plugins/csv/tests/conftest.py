"""What the tests of this plugin share: a context, and a quick way to read a small file."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hub_csv import CsvSource, CsvSourceSettings

from hub import Context, RejectedRow


@dataclass
class Result:
    """Everything that was read, as Python rows."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rejected: list[RejectedRow] = field(default_factory=list)
    batches: int = 0

    def column(self, kind: str, name: str) -> list[Any]:
        return [row[name] for row in self.rows.get(kind, [])]

    @property
    def reasons(self) -> dict[int, str]:
        return {row.line: row.reason for row in self.rejected}


Read = Callable[..., Result]


def read_all(source: CsvSource) -> Result:
    result = Result()
    for batch in source.read(None):
        result.batches += 1
        result.rejected += batch.rejected
        assert batch.cursor is None
        for kind, table in batch.tables.items():
            result.rows.setdefault(kind, []).extend(table.to_pylist())
    return result


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with httpx.Client() as client:
        yield Context(
            http=client,
            clock=lambda: datetime.now(UTC),
            log=logging.getLogger("test"),
            time_zone=ZoneInfo("Europe/Berlin"),
            currency="EUR",
            country="DE",
            folder=tmp_path,
        )


@pytest.fixture
def source(context: Context, tmp_path: Path) -> Callable[..., CsvSource]:
    def make(body: bytes | str, kind: str = "customers", **settings: Any) -> CsvSource:
        (tmp_path / "file.csv").write_bytes(body if isinstance(body, bytes) else body.encode())
        return CsvSource(CsvSourceSettings(path="file.csv", kind=kind, **settings), context)

    return make


@pytest.fixture
def read(source: Callable[..., CsvSource]) -> Read:
    def make(body: bytes | str, kind: str = "customers", **settings: Any) -> Result:
        return read_all(source(body, kind, **settings))

    return make
