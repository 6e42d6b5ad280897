"""What can be done with segments: make, count, list, watch, remove and restore them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Criterion
from hub.core.contracts.errors import DefinitionError, InUse, NotFound, UserError
from hub.core.segments.binding import Catalogue
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.definition import Tree, dump, load
from hub.core.segments.evaluator import Evaluation, Evaluator
from hub.core.segments.language import Language
from hub.core.store import people
from hub.core.store import segments as stored
from hub.core.store import syncs as stored_syncs
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, Segment, SegmentResult

LONGEST_NAME = 200

MEMBER_COLUMNS = (
    "external_id", "email", "phone", "title", "first_name", "last_name", "gender", "born_on", "registered_at",
    "account_kind", "account_status", "street", "postcode", "city", "region", "country", "language",
)  # fmt: skip
"""What is shown of a segment's members, besides number, orders, tickets and revenue."""


@dataclass(frozen=True)
class SegmentState:
    """A segment with what its last evaluation found."""

    segment: Segment
    text: str
    """Its definition in the text language; empty for a manual segment, or when there is a problem."""
    problem: str
    """Why its definition makes no sense now, such as a criterion whose plugin is gone; empty when it does."""
    size: int | None
    """None when it was never evaluated."""
    evaluated_at: datetime | None
    synced_to: Sequence[str]
    """Names of the syncs that keep it somewhere."""


class Segments:
    """The segments of one organisation.

    Args:
        database: the store's.
        organisation: whose segments.
        evaluator: answers definitions.
        criteria: those there are.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        evaluator: Callable[[], Evaluator],
        criteria: Sequence[Criterion[Any]],
        clock: Callable[[], datetime],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._zone = ZoneInfo(organisation.time_zone)
        self._evaluator = evaluator
        self._catalogue = Catalogue(criteria)
        self._clock = clock
        self.language = Language(criteria)

    def calendar(self, as_of: date | None = None) -> Calendar:
        """The organisation's calendar on a day, today if None."""
        return Calendar(as_of or self._clock().astimezone(self._zone).date(), self._zone)

    def understood(self, definition: str | object) -> Tree:
        """The canonical tree of a text or of a definition's JSON form.

        Raises:
            DefinitionError: it can't be understood; the error knows the place.
        """
        if isinstance(definition, str):
            return self.language.parse(definition)
        return self._catalogue.normalise(load(definition))

    def create(self, name: str, definition: str | object, description: str = "") -> Segment:
        """Make a dynamic segment and evaluate it.

        Raises:
            DefinitionError: the definition can't be understood.
            NameTaken: a segment has that name in any case.
            UserError: the name is empty or too long.
        """
        name = name.strip()
        if not name or len(name) > LONGEST_NAME:
            raise UserError(f"a segment's name has 1 to {LONGEST_NAME} characters")
        tree = self.understood(definition)
        evaluation = self._evaluator().evaluate(tree, self.calendar())
        now = self._clock()
        segment = Segment(
            organisation_id=self._organisation_id,
            name=name,
            folded_name=stored.folded(name),
            description=description,
            definition=dump(tree),
            created_at=now,
            changed_at=now,
        )
        with self._database.session(write=True) as session:
            stored.add_segment(session, segment)
        self._keep(segment, evaluation)
        return segment

    def named(self, name: str, *, removed: bool = False) -> Segment:
        """The segment of that name, in any case; a removed one only where it will do.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.segment_named(session, self._organisation_id, name, removed=removed)

    def of_id(self, segment_id: int, *, removed: bool = False) -> Segment:
        """The segment of that id; a removed one only where it will do.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.segment_of(session, self._organisation_id, segment_id, removed=removed)

    def states(
        self, *, removed: bool = False, after: str | None = None, limit: int | None = None
    ) -> Sequence[SegmentState]:
        """Segments by name, with what their last evaluations found; for paging from after a folded name."""
        with self._database.session() as session:
            found = stored.segments(session, self._organisation_id, removed=removed, after=after, limit=limit)
        return [self.state(segment) for segment in found]

    def state(self, segment: Segment) -> SegmentState:
        """A segment with what its last evaluation found."""
        with self._database.session() as session:
            newest = next(iter(stored.results(session, segment, 1)), None)
            syncs = stored_syncs.syncs_of_segment(session, segment)
        text, problem = "", ""
        if segment.definition:
            try:
                text = self.language.print(load(segment.definition))
            except DefinitionError as error:
                problem = str(error)
        return SegmentState(
            segment,
            text,
            problem,
            newest.size if newest else None,
            newest.evaluated_at if newest else None,
            [sync.name for sync in syncs],
        )

    def ask(self, definition: str | object, as_of: date | None = None) -> Evaluation:
        """Who matches a definition at the end of a day, with nothing stored."""
        return self._evaluator().evaluate(self.understood(definition), self.calendar(as_of))

    def evaluate(self, segment: Segment, as_of: date | None = None) -> Evaluation:
        """Evaluate a segment; what is found for today is kept in its history if it is new."""
        if segment.definition is None:
            raise UserError(f"the segment {segment.name!r} is manual; it has no criteria to evaluate")
        evaluation = self._evaluator().evaluate(load(segment.definition), self.calendar(as_of))
        if as_of is None:
            self._keep(segment, evaluation)
        return evaluation

    def history(self, segment: Segment, limit: int = 100, *, before: int | None = None) -> Sequence[SegmentResult]:
        """The newest results that differed from the one before, newest first; for paging from before an id.

        They come without their members.
        """
        with self._database.session() as session:
            return stored.results(session, segment, limit, before=before)

    def remove(self, segment: Segment) -> None:
        """Put a segment away; it can be restored at any time.

        Raises:
            InUse: a sync keeps it somewhere.
        """
        with self._database.session(write=True) as session:
            using = [sync.name for sync in stored_syncs.syncs_of_segment(session, segment) if not sync.paused]
            if using:
                raise InUse(
                    f"the segment {segment.name!r} is kept elsewhere by the sync {using[0]!r}; pause that first"
                )
            session.get_one(Segment, segment.id).removed_at = self._clock()

    def restore(self, name: str) -> Segment:
        """Bring a removed segment back.

        Raises:
            NotFound: no removed segment has that name.
        """
        with self._database.session(write=True) as session:
            segment = stored.segment_named(session, self._organisation_id, name, removed=True)
            if segment.removed_at is None:
                raise NotFound(f"the segment {segment.name!r} was not removed; there is nothing to restore")
            segment.removed_at = None
        return segment

    def rows(self, members: Bitmap, *, after: int = 0, limit: int | None = None) -> pa.Table:
        """Data of a segment's members by number: ``number``, ``MEMBER_COLUMNS``, orders, tickets and revenue.

        Args:
            members: whose.
            after: only those with a higher number, for paging.
            limit: at most so many.
        """
        numbers = members.numbers()
        chosen = numbers[np.searchsorted(numbers, after, side="right") :][:limit]
        personal = people.customers(self._database, self._organisation_id, chosen, MEMBER_COLUMNS)
        figures = self._evaluator().figures(chosen, ("orders", "tickets", "revenue"))
        return personal.join(figures.cast(_FIGURES), "number").sort_by("number")

    def _keep(self, segment: Segment, evaluation: Evaluation) -> None:
        with self._database.session(write=True) as session:
            newest = stored.newest_result(session, segment)
            before = Bitmap.from_bytes(newest.members) if newest else Bitmap.of([])
            if newest and newest.revision > evaluation.revision:
                return
            entered, left = evaluation.members - before, before - evaluation.members
            if newest and not len(entered) and not len(left):
                return
            assert segment.id is not None
            session.add(
                SegmentResult(
                    segment_id=segment.id,
                    evaluated_at=self._clock(),
                    day=evaluation.calendar.today,
                    revision=evaluation.revision,
                    size=len(evaluation.members),
                    entered=len(entered),
                    departed=len(left),
                    members=evaluation.members.to_bytes(),
                )
            )


_FIGURES = pa.schema(
    [("number", pa.int64()), ("orders", pa.int64()), ("tickets", pa.int64()), ("revenue", pa.int64())]
)
