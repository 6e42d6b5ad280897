"""A store with segments whose history is kept, on a clock that can be turned."""

from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa

from hub import Batch, OrderRecord, Record
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.duckdb import DuckDBEngine
from hub.core.ingest.ingest import Ingest
from hub.core.registry.registry import Registry
from hub.core.replica.replica import Replica
from hub.core.segments.binding import Catalogue
from hub.core.segments.definition import dump
from hub.core.segments.evaluator import Evaluation, Evaluator
from hub.core.segments.history.history import History
from hub.core.segments.references.resolving import SegmentResolver
from hub.core.segments.service import Segments
from hub.core.store.database import Database
from hub.core.store.segments import folded
from hub.core.store.tables import (
    KeptBitmap,
    Organisation,
    Segment,
    SegmentAnswer,
    SegmentReason,
    SegmentResult,
    table_of,
)

NOON = datetime(2024, 6, 15, 10, tzinfo=UTC)


class World:
    """A theatre, its replica, and segments over both."""

    def __init__(self, database: Database, organisation: Organisation) -> None:
        assert organisation.id is not None
        self.database = database
        self.organisation = organisation
        self.organisation_id = organisation.id
        self.now = NOON
        self.replica = Replica(database, organisation, None)
        self.engine = DuckDBEngine(self.replica, 2)
        self.criteria = Registry.load().criteria()
        self.resolver = SegmentResolver(database, organisation)
        self.evaluator = Evaluator(self.engine, Catalogue(self.criteria), self.resolver)
        self.segments = Segments(database, organisation, lambda: self.evaluator, self.criteria, lambda: self.now)

    def close(self) -> None:
        self.replica.close()

    def bring(self, *records: Record) -> None:
        list(Ingest(self.database, self.organisation, "test", lambda: self.now).store([Batch.of(*records)]))

    def fresh_history(self) -> History:
        """As another process would have it: it knows what is stored, and nothing else."""
        return History(self.database, self.organisation_id, self.segments.language, lambda: self.now)

    def make(self, name: str, text: str) -> Segment:
        """Store a segment that was never evaluated."""
        segment = Segment(
            organisation_id=self.organisation_id,
            name=name,
            folded_name=folded(name),
            definition=dump(self.segments.understood(text)),
            created_at=self.now,
            changed_at=self.now,
        )
        with self.database.session(write=True) as session:
            session.add(segment)
        return segment

    def redefine(self, segment: Segment, text: str) -> None:
        """Change a definition in the store and in hand, with nothing evaluated."""
        segment.definition = dump(self.segments.understood(text))
        with self.database.session(write=True) as session:
            session.get_one(Segment, segment.id).definition = segment.definition

    def evaluation(self, text: str) -> Evaluation:
        return self.segments.ask(text)

    def stored(self) -> list[list[tuple[object, ...]]]:
        """All that history ever wrote."""
        with self.database.reading() as connection:
            return [
                sorted(tuple(map(repr, row)) for row in connection.execute(sa.select(table_of(model))))
                for model in (SegmentResult, SegmentReason, SegmentAnswer, KeptBitmap)
            ]


def order(number: str, customer: str, at: datetime, total: str = "10") -> OrderRecord:
    return OrderRecord(id=number, customer=customer, ordered_at=at, total=Decimal(total))


def numbers(members: Bitmap) -> set[int]:
    return {int(number) for number in members.numbers()}
