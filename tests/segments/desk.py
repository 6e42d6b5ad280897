"""A desk at which segments are made and changed: a real store, its replica, and every service over them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from hub import Batch, Criterion, CustomerRecord, Record
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.duckdb import DuckDBEngine
from hub.core.ingest.ingest import Ingest
from hub.core.registry.registry import Registry
from hub.core.replica.replica import Replica
from hub.core.segments.binding import Catalogue
from hub.core.segments.editing import SegmentEditing
from hub.core.segments.evaluator import Evaluator
from hub.core.segments.language import Language
from hub.core.segments.people.manual import ManualMembers
from hub.core.segments.people.members import Members
from hub.core.segments.people.profiles import Profiles
from hub.core.segments.people.tagging import Tagging
from hub.core.segments.references.resolving import SegmentResolver
from hub.core.segments.service import Segments
from hub.core.segments.views import Views
from hub.core.store.database import Database
from hub.core.store.tables import Connection, Organisation, Segment, Sync

NOON = datetime(2024, 6, 15, 10, tzinfo=UTC)


@cache
def all_criteria() -> tuple[Criterion[Any], ...]:
    """Those of all plugins, loaded once."""
    return tuple(Registry.load().criteria())


@cache
def whole_language() -> Language:
    """Of all criteria, made once: it never changes."""
    return Language(all_criteria())


class Desk:
    """The services of one process over a store, on a clock that can be turned."""

    def __init__(
        self, database: Database, organisation: Organisation, criteria: Sequence[Criterion[Any]] | None = None
    ) -> None:
        self.database = database
        self.organisation = organisation
        self.now = NOON
        self.criteria = all_criteria() if criteria is None else criteria
        self.replica = Replica(database, organisation, None)
        self.engine = DuckDBEngine(self.replica, 2)
        self.evaluator = Evaluator(self.engine, Catalogue(self.criteria), SegmentResolver(database, organisation))
        self.segments = Segments(
            database,
            organisation,
            lambda: self.evaluator,
            self.criteria,
            lambda: self.now,
            language=whole_language() if criteria is None else None,
        )
        self.editing = SegmentEditing(database, organisation, self.segments, lambda: self.now)
        self.manual = ManualMembers(database, organisation, self.segments, lambda: self.now)
        self.views = Views(database, organisation, self.segments)
        self.members = Members(database, organisation, lambda: self.evaluator)
        self.profiles = Profiles(database, organisation, self.segments, lambda: self.evaluator)
        self.tagging = Tagging(database, organisation)

    def without(self, criterion: str) -> "Desk":
        """The desk of a process in which the plugin with this criterion is gone."""
        return Desk(self.database, self.organisation, [one for one in self.criteria if one.name != criterion])

    def bring(self, *records: Record) -> None:
        list(Ingest(self.database, self.organisation, "test", lambda: self.now).store([Batch.of(*records)]))

    def bring_people(self, *countries: str) -> None:
        """Customers 1, 2, 3 …, known as 0, 1, 2 …, from these countries."""
        self.bring(*(CustomerRecord(id=str(place), country=country) for place, country in enumerate(countries)))

    def sync(self, segment: Segment, name: str = "Newsletter list", *, paused: bool = False) -> Sync:
        """Keep a segment on a platform."""
        common: dict[str, Any] = {"organisation_id": self.organisation.id or 0, "created_at": NOON}
        with self.database.session(write=True) as session:
            connection = Connection(
                name=f"for {name}", kind="audience_sink", component="memory", settings="{}", changed_at=NOON,
                **common,
            )  # fmt: skip
            session.add(connection)
            session.flush()
            sync = Sync(
                name=name, segment_id=segment.id or 0, connection_id=connection.id or 0, audience_name=name,
                paused=paused, changed_at=NOON, **common,
            )  # fmt: skip
            session.add(sync)
        return sync

    def who(self, found: str | Segment) -> list[int]:
        """The numbers of who matches a text, or of a segment's members."""
        evaluation = self.segments.ask(found) if isinstance(found, str) else self.segments.evaluate(found)
        return numbers(evaluation.members)

    def text(self, name: str) -> str:
        """A segment's definition as text."""
        return self.segments.state(self.segments.named(name)).text


def numbers(members: Bitmap) -> list[int]:
    """The numbers in a bitmap as a list."""
    return [int(number) for number in members.numbers()]
