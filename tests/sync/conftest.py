"""A hub around syncs: a real store, replica and evaluator, and a platform in memory."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from hub import Batch, ConsentRecord, Context, CustomerRecord, Departure, DepartureReason, Record
from hub.core.engines.duckdb import DuckDBEngine
from hub.core.ingest.ingest import Ingest
from hub.core.registry.registry import Registry
from hub.core.replica.replica import Replica
from hub.core.segments.binding import Catalogue
from hub.core.segments.evaluator import Evaluator
from hub.core.segments.references.resolving import SegmentResolver
from hub.core.segments.service import Segments
from hub.core.segments.views import Views
from hub.core.store.database import Database
from hub.core.store.tables import Connection, Organisation, Segment, Sync, SyncMode, SyncRun
from hub.core.sync.guarded_sink import GuardedSink
from hub.core.sync.previewing import Preview, Previewing
from hub.core.sync.runner import Manner, SyncRunner, SyncWorld
from hub.core.sync.service import Syncs
from hub.testing.memory_sink import MemorySink, Platform
from tests.mortal_database import MortalDatabase

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


@dataclass
class Stage:
    """Everything a test of syncs plays with."""

    database: MortalDatabase
    organisation: Organisation
    folder: Path
    platform: Platform = field(default_factory=Platform)
    now: datetime = NOW
    sink_type: type[MemorySink] = MemorySink

    def __post_init__(self) -> None:
        self.replica = Replica(self.database, self.organisation, None)
        self.criteria = Registry.load().criteria()

    def bring(self, *records: Record) -> None:
        """Import records."""
        list(Ingest(self.database, self.organisation, "test", lambda: self.now).store([Batch.of(*records)]))

    def bring_readers(self, *names: str, country: str = "DE") -> None:
        """Import customers who have an address and agreed to the newsletter."""
        for name in names:
            self.bring(
                CustomerRecord(id=name, email=f"{name}@example.com", first_name=name.title(), country=country),
                ConsentRecord(customer=name, permission="newsletter", at=NOW),
            )

    def segments(self) -> Segments:
        resolver = SegmentResolver(self.database, self.organisation)
        evaluator = Evaluator(DuckDBEngine(self.replica, 2), Catalogue(self.criteria), resolver)
        return Segments(self.database, self.organisation, lambda: evaluator, self.criteria, lambda: self.now)

    def sync(self, text: str = 'country in ("DE")', *, segment: Segment | None = None, **options: Any) -> Sync:
        """Make a segment, unless one is given, and a sync of it."""
        segment = segment or self.segments().create(f"Segment {text}", text)
        assert segment.id is not None
        with self.database.session(write=True) as session:
            connection = Connection(
                organisation_id=self.organisation.id or 0, name="platform", kind="audience_sink",
                component="memory", settings="{}", created_at=NOW, changed_at=NOW,
            )  # fmt: skip
            session.add(connection)
            session.flush()
            sync = Sync(
                organisation_id=self.organisation.id or 0, name="sync", segment_id=segment.id,
                connection_id=connection.id or 0, audience_name="audience", created_at=NOW, changed_at=NOW,
                **{"mode": SyncMode.MIRROR.value, "permission": "newsletter"} | options,
            )  # fmt: skip
            session.add(sync)
            session.flush()
        return sync

    def runner(self, owner: str = "test", sleep: Callable[[float], None] = lambda seconds: None) -> SyncRunner:
        segments = self.segments()
        context = Context(
            httpx.Client(), lambda: self.now, logging.getLogger("test"), ZoneInfo("Europe/Berlin"), "EUR", "DE",
            self.folder,
        )  # fmt: skip
        world = SyncWorld(
            self.database, self.organisation, DuckDBEngine(self.replica, 2), segments,
            Views(self.database, self.organisation, segments),
            lambda connection: GuardedSink(self.sink_type(self.platform, context), "memory"), lambda: self.now,
            sleep,
        )  # fmt: skip
        return SyncRunner(world, owner)

    def run(self, sync: Sync, **manner: bool) -> SyncRun:
        runner = self.runner()
        return runner.finish(runner.begin(sync), Manner(**manner))

    def follow(self, sync: Sync) -> SyncRun | None:
        """Run by change."""
        return self.syncs().follow(sync)

    def syncs(self) -> Syncs:
        """What the command line and the API use."""
        return Syncs(self.database, self.organisation, self.runner(), lambda schedule: None, lambda: self.now)

    def withdraw_there(self, address: str, at: datetime) -> None:
        """Somebody unsubscribes on the platform."""
        self.platform.departed.append(Departure(address, DepartureReason.UNSUBSCRIBED, at))

    def preview(self, sync: Sync) -> Preview:
        return Previewing(self.database, self.organisation, self.runner()).preview(sync)

    @property
    def held(self) -> set[str]:
        """The addresses the platform holds."""
        return set(self.platform.audiences.get("audience", {}))

    def close(self) -> None:
        self.replica.close()
        self.database.close()


@pytest.fixture
def make_stage(sqlite_template: Path, make_theatre: Callable[[Database], Organisation]) -> Callable[[Path], Stage]:
    """Makes a stage in a folder."""

    def make(folder: Path) -> Stage:
        (folder / "hub.sqlite").write_bytes(sqlite_template.read_bytes())
        database = MortalDatabase(f"sqlite:///{folder / 'hub.sqlite'}")
        return Stage(database, make_theatre(database), folder)

    return make


@pytest.fixture
def stage(make_stage: Callable[[Path], Stage], tmp_path: Path) -> Iterator[Stage]:
    """An empty stage."""
    made = make_stage(tmp_path)
    yield made
    made.close()
