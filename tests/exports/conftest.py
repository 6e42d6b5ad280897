"""What the tests of exports share: two stores, and the way from one to the other through CSV files."""

import logging
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from hub_csv import CsvSource, CsvSourceSettings

from hub import Batch, Context, Record
from hub.core.exports.data import CustomerData, DataFile
from hub.core.ingest.ingest import Ingest
from hub.core.store.database import Database
from hub.core.store.organisations import add_organisation
from hub.core.store.tables import Organisation

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Place:
    """A store with an organisation, whose data goes out to files and comes in from them."""

    def __init__(self, database: Database, organisation: Organisation, folder: Path) -> None:
        self.database = database
        self.organisation = organisation
        self._folder = folder

    @property
    def data(self) -> CustomerData:
        return CustomerData(self.database, self.organisation)

    def bring(self, source: str, *records: Record) -> None:
        """Store records; all of them are taken."""
        self.store(source, [Batch.of(*records)])

    def store(self, source: str, batches: list[Batch]) -> None:
        for report in Ingest(self.database, self.organisation, source, lambda: NOW).store(batches):
            assert report.rejected == []

    def files(self, *, purchases: bool = True) -> dict[str, tuple[DataFile, bytes]]:
        """Every file of an export by its path, with what stands in it."""
        return {file.path: (file, b"".join(file.pieces)) for file in self.data.files(purchases=purchases)}

    def take(self, files: dict[str, tuple[DataFile, bytes]]) -> None:
        """Import files in their order, with nothing said but their kinds."""
        with httpx.Client() as client:
            context = Context(
                http=client,
                clock=lambda: NOW,
                log=logging.getLogger("test"),
                time_zone=ZoneInfo("Europe/Berlin"),
                currency="EUR",
                country="DE",
                folder=self._folder,
            )
            for file, written in files.values():
                (self._folder / "file.csv").write_bytes(written)
                source = CsvSource(CsvSourceSettings(path="file.csv", kind=file.kind), context)
                self.store(file.source, list(source.read(None)))


@pytest.fixture
def place(database: Database, organisation: Organisation, tmp_path: Path) -> Place:
    """A store on each of the two databases in turn."""
    return Place(database, organisation, tmp_path)


def theatre() -> Organisation:
    """An invented theatre in Berlin."""
    return Organisation(name="Theater am Ufer", time_zone="Europe/Berlin", currency="EUR", country="DE")


@pytest.fixture(scope="session")
def new_place(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], AbstractContextManager[Place]]:
    """Opens an empty store on SQLite, as often as a test wants one."""
    root = tmp_path_factory.mktemp("places")

    @contextmanager
    def opened() -> Iterator[Place]:
        folder = root / uuid.uuid4().hex
        folder.mkdir()
        shutil.copy(sqlite_template, folder / "hub.sqlite")
        database = Database(f"sqlite:///{folder / 'hub.sqlite'}")
        try:
            yield Place(database, add_organisation(database, theatre()), folder)
        finally:
            database.close()
            shutil.rmtree(folder)

    return opened
