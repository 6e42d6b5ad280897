"""The history of segments: what evaluations found, who entered and left, and which criteria turned for them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from hub.core.contracts.errors import NotFound
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.evaluator import Evaluation
from hub.core.segments.history.changes import ChangedCustomer, Side, changed_customers
from hub.core.segments.history.recording import KeptChange, Recorder
from hub.core.segments.language import Language
from hub.core.store import results as stored
from hub.core.store.database import Database
from hub.core.store.results import DaySize
from hub.core.store.tables import Segment, SegmentReason, SegmentResult


class History:
    """What is kept of the evaluations of one organisation's segments. Safe to share between threads.

    Args:
        database: the store's.
        organisation_id: whose segments.
        language: says criteria as text.
        clock: the time now, in UTC.
    """

    def __init__(
        self, database: Database, organisation_id: int, language: Language, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._organisation_id = organisation_id
        self._recorder = Recorder(database, organisation_id, language, clock)

    def keep(self, segment: Segment, evaluation: Evaluation, busy_seconds: float | None = None) -> None:
        """Keep what an evaluation of a segment found; see ``Recorder.keep_many``."""
        self._recorder.keep_many([(segment, evaluation)], busy_seconds)

    def keep_many(self, found: Iterable[tuple[Segment, Evaluation]]) -> Sequence[KeptChange]:
        """Keep what evaluations of segments found; see ``Recorder.keep_many``."""
        return self._recorder.keep_many(found)

    def results(self, segment: Segment, limit: int = 100, *, before: int | None = None) -> Sequence[SegmentResult]:
        """The newest results that differed from the one before, newest first; for paging from before an id.

        They come without their bitmaps.
        """
        with self._database.session() as session:
            return stored.results(session, segment, limit, before=before)

    def reasons(self, results: Iterable[SegmentResult]) -> Mapping[int, Sequence[SegmentReason]]:
        """The criteria that turned with results, in numbers, by the result's id and in the definition's order."""
        ids = [result.id for result in results if result.id is not None]
        with self._database.session() as session:
            found = stored.reasons(session, ids)
        by_result: dict[int, list[SegmentReason]] = defaultdict(list)
        for each in found:
            by_result[each.result_id].append(each)
        return {result_id: by_result[result_id] for result_id in ids}

    def sizes(self, segment: Segment, since: date) -> Sequence[DaySize]:
        """The segment's size over time: every day with a result, from a day on, and the last one before it."""
        assert segment.id is not None
        with self._database.reading() as connection:
            return stored.day_sizes(connection, segment.id, since)

    def changes(self, result_id: int, side: Side, *, after: int = 0, limit: int = 50) -> Sequence[ChangedCustomer]:
        """Who entered or left with a result and why, by number; those erased since are left out.

        Args:
            result_id: which result.
            side: those who entered or those who left.
            after: only customers with a higher number, for paging.
            limit: at most so many.

        Raises:
            NotFound: there is no such result.
        """
        with self._database.session() as session:
            result = stored.result_of(session, self._organisation_id, result_id)
            if result is None:
                raise NotFound(f"there is no result {result_id}; `hub segment history` shows those there are")
            reasons = stored.reasons(session, [result_id], bitmaps=True)
            connection = session.connection()
            step = stored.difference(connection, result_id)
            numbers = Bitmap.from_bytes(step.entered if side is Side.ENTERED else step.departed).numbers()
            chosen = stored.still_there(connection, self._organisation_id, numbers, after=after, limit=limit)
        return changed_customers(result, reasons, side, chosen)

    def members_of(self, result: SegmentResult) -> Bitmap:
        """Who was in the segment after a result; some may be erased since."""
        assert result.id is not None
        with self._database.reading() as connection:
            return _members(connection, result.segment_id, result.id)

    def members_at(self, segment: Segment, moment: datetime) -> Bitmap:
        """Who was in the segment at a moment, by what was known then; nobody before its first evaluation."""
        assert segment.id is not None
        with self._database.session() as session:
            result_id = stored.result_at(session, segment, moment)
            return _members(session.connection(), segment.id, result_id) if result_id else Bitmap.of([])


def _members(connection: sa.Connection, segment_id: int, result_id: int) -> Bitmap:
    """The members after a result: the last full set by then, and what changed since."""
    members = Bitmap.of([])
    for step in stored.differences(connection, segment_id, result_id):
        if step.members is not None:
            members = Bitmap.from_bytes(step.members)
        else:
            members = (members - Bitmap.from_bytes(step.departed)) | Bitmap.from_bytes(step.entered)
    return members
