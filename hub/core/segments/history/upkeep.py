"""Keeps the history of all dynamic segments true by a schedule."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.errors import TryAgain
from hub.core.segments.definition import Tree, load
from hub.core.segments.evaluator import Evaluation
from hub.core.segments.history.history import History
from hub.core.segments.history.recording import KeptChange
from hub.core.store import upkeep as stored
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, Segment

Evaluate: TypeAlias = Callable[[Sequence[Tree]], Sequence[Evaluation]]
"""Answers definitions for today, all at one revision."""

_log = logging.getLogger(__name__)


class Upkeep:
    """Evaluates all dynamic segments of one organisation and keeps what is new. One run at a time.

    Args:
        database: the store's.
        organisation: whose segments.
        evaluate: answers definitions.
        history: keeps what is found.
        calendar: the organisation's calendar today.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        evaluate: Evaluate,
        history: History,
        calendar: Callable[[], Calendar],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._evaluate = evaluate
        self._history = history
        self._calendar = calendar
        self._done: stored.Sight | None = None
        self._told: dict[int, str] = {}
        """What the log was told of segments that can't be answered."""

    def run(self) -> Sequence[KeptChange]:
        """Evaluate what there is, unless nothing changed and no day went by; return the changes of members.

        A segment that can't be answered is told to the log, once, and keeps no other back.

        Raises:
            TryAgain: the store can't be used just now.
        """
        sight = self._sight()
        if sight == self._done:
            return ()
        with self._database.session() as session:
            segments = stored.dynamic_segments(session, self._organisation_id)
        changes = self._history.keep_many(self._evaluated(segments))
        self._done = replace(sight, newest_result=self._sight().newest_result)
        if changes:
            entered, left = sum(each.entered for each in changes), sum(each.departed for each in changes)
            _log.info("%d of %d segments changed: %d entered, %d left", len(changes), len(segments), entered, left)
        return changes

    def _sight(self) -> stored.Sight:
        with self._database.reading() as connection:
            return stored.sight(connection, self._organisation_id, self._calendar().today)

    def _evaluated(self, segments: Sequence[Segment]) -> Sequence[tuple[Segment, Evaluation]]:
        if not segments:
            return ()
        try:
            found = self._evaluate([load(segment.definition) for segment in segments])
        except TryAgain:
            raise
        except Exception:  # noqa: BLE001 - whatever is wrong with one, the others are answered by themselves
            return list(self._each_by_itself(segments))
        self._told.clear()
        return list(zip(segments, found, strict=True))

    def _each_by_itself(self, segments: Sequence[Segment]) -> Iterator[tuple[Segment, Evaluation]]:
        told: dict[int, str] = {}
        for segment in segments:
            assert segment.id is not None
            try:
                (evaluation,) = self._evaluate([load(segment.definition)])
            except TryAgain:
                raise
            except Exception as error:  # noqa: BLE001 - a plugin's bug must not end the others
                told[segment.id] = f"{type(error).__name__}: {error}"
                if self._told.get(segment.id) != told[segment.id]:
                    _log.warning("the segment %r can't be evaluated: %s", segment.name, error)
            else:
                yield segment, evaluation
        self._told = told
