"""Records what evaluations of segments found: results, reasons, and the answers to compare the next ones with."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hub.core.segments.definition import dump
from hub.core.segments.evaluator import Evaluation
from hub.core.segments.history.comparing import Change, Seen, compare
from hub.core.segments.history.keeping import earlier_of, write_answers
from hub.core.segments.language import Language
from hub.core.store import answers as stored_answers
from hub.core.store import results as stored
from hub.core.store.database import Database
from hub.core.store.tables import ResultCause, Segment, SegmentReason, SegmentResult, table_of

_AT_ONCE = 50
"""Segments compared at a time: what they matched last is held in memory meanwhile."""
_MOST_STEPS = 200
"""Most differences that are added up for the members of a result."""


@dataclass(frozen=True)
class KeptChange:
    """What the evaluation of a segment changed."""

    segment: Segment
    cause: ResultCause
    entered: int
    departed: int


@dataclass(frozen=True)
class _Found:
    segment_id: int
    segment: Segment
    evaluation: Evaluation
    change: Change


class Recorder:
    """Records evaluations of one organisation's segments. Safe to share between threads.

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
        self._language = language
        self._clock = clock
        self._seen: dict[int, tuple[Seen, Seen]] = {}
        """For each segment what was kept when it was seen to be unchanged, and up to where it was seen."""

    def keep_many(
        self, found: Iterable[tuple[Segment, Evaluation]], busy_seconds: float | None = None
    ) -> Sequence[KeptChange]:
        """Keep what differs from what is kept, in one transaction; return the changes of members.

        Nothing is written when nothing changed, neither members nor the answer to any criterion. An evaluation of
        an earlier revision or day than what is kept is dropped, and so is one of a definition that was changed
        meanwhile.

        Args:
            found: segments, each with its evaluation for today. The segment's definition is the one evaluated.
            busy_seconds: how long to wait for another writer; as long as usual if None.

        Raises:
            TryAgain: another writer did not finish in time; nothing is kept.
        """
        pairs = list(found)
        with self._database.reading() as connection:  # mostly there is nothing to write, and nobody need wait
            changed = self._changes(connection, pairs)
        if not changed:
            return ()
        with self._database.writing(busy_seconds) as connection:
            stored_answers.lock(connection, self._organisation_id)
            changed = self._changes(connection, [(each.segment, each.evaluation) for each in changed])
            if changed:
                self._write(connection, changed)
        return [
            KeptChange(each.segment, each.change.cause, len(each.change.entered), len(each.change.departed))
            for each in changed
            if each.change.moved
        ]

    def _changes(self, connection: sa.Connection, found: Sequence[tuple[Segment, Evaluation]]) -> list[_Found]:
        changed: list[_Found] = []
        for start in range(0, len(found), _AT_ONCE):
            some = {segment.id: (segment, evaluation) for segment, evaluation in found[start : start + _AT_ONCE]}
            ids = [segment_id for segment_id in some if segment_id is not None]
            earlier = earlier_of(connection, ids)
            definitions = stored_answers.definitions(connection, self._organisation_id, ids)
            for segment_id in ids:
                segment, evaluation = some[segment_id]
                if segment_id not in definitions or definitions[segment_id] != segment.definition:
                    continue
                kept = earlier.get(segment_id)
                last = Seen(kept.day, kept.revision) if kept else None
                seen = self._seen.get(segment_id)
                up_to = seen[1] if seen and seen[0] == last else last
                change = compare(kept, segment.definition, evaluation, self._language.catalogue, up_to)
                if change:
                    changed.append(_Found(segment_id, segment, evaluation, change))
                elif last and up_to:
                    self._seen[segment_id] = last, up_to.with_evaluation(evaluation)
        return changed

    def _write(self, connection: sa.Connection, changed: Sequence[_Found]) -> None:
        moved = [each for each in changed if each.change.moved]
        if moved:
            trails = stored.trails(connection, [each.segment_id for each in moved])
            now = self._clock()
            rows = [_result(each, trails.get(each.segment_id), now) for each in moved]
            results = table_of(SegmentResult)
            insert = sa.insert(results).returning(results.c.id, sort_by_parameter_order=True)
            ids = connection.execute(insert, rows).scalars().all()
            reasons = [
                row
                for result_id, each in zip(ids, moved, strict=True)
                for row in self._reasons(result_id, each.change)
            ]
            if reasons:
                connection.execute(sa.insert(table_of(SegmentReason)), reasons)
        write_answers(
            connection,
            self._organisation_id,
            ((each.segment_id, each.evaluation, each.change) for each in changed),
        )

    def _reasons(self, result_id: int, change: Change) -> Iterable[dict[str, object]]:
        for turned in change.turned:
            yield {
                "result_id": result_id,
                "node": dump(turned.node),
                "text": self._language.print(turned.node),
                "is_new": turned.is_new,
                "entered_matching": len(turned.matching & change.entered),
                "entered_ceasing": len(turned.ceasing & change.entered),
                "departed_matching": len(turned.matching & change.departed),
                "departed_ceasing": len(turned.ceasing & change.departed),
                "matching": turned.matching.to_bytes(),
                "ceasing": turned.ceasing.to_bytes(),
            }


def _result(found: _Found, trail: int | None, now: datetime) -> dict[str, object]:
    """A row of ``SegmentResult``.

    Args:
        found: what is to be kept.
        trail: that of the result before, None if there is none.
        now: when it was found.
    """
    change, evaluation = found.change, found.evaluation
    entered, departed = change.entered.to_bytes(), change.departed.to_bytes()
    members = None
    if trail is not None:
        full = evaluation.members.to_bytes()
        trail += max(len(entered) + len(departed), len(full) // _MOST_STEPS)
        if trail > len(full):
            members, trail = full, 0
    new = change.cause in (ResultCause.FIRST, ResultCause.DEFINITION)
    return {
        "segment_id": found.segment_id,
        "evaluated_at": now,
        "day": evaluation.calendar.today,
        "revision": evaluation.revision,
        "cause": change.cause.value,
        "definition": found.segment.definition if new else None,
        "size": len(evaluation.members),
        "entered": len(change.entered),
        "departed": len(change.departed),
        "entered_members": entered,
        "departed_members": departed,
        "members": members,
        "trail": trail or 0,
    }
