"""Keeps what each criterion answered, and asks an engine for as little as will bring it up to date."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.core.contracts.calendar import Calendar
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.engine import Snapshot
from hub.core.segments.binding import Bound

_KEPT_CRITERIA = 2_000
"""How many criteria's bitmaps are kept: 250 MB for a million customers."""

_FEW = 10
"""One in so many customers changed, and asking everyone again costs less than asking those alone."""

_Key = tuple[str, Calendar | None]
"""A criterion with its parameters, and the day its answer is of; None when it depends on no day."""


@dataclass(frozen=True)
class _Kept:
    members: Bitmap
    revision: int


class Answers:
    """The bitmaps of criteria asked before. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self.asked = 0
        """How many questions engines were asked so far: one for each criterion that was not up to date."""

    def over(self, snapshot: Snapshot, criteria: Iterable[Bound], calendar: Calendar) -> Mapping[str, Bitmap]:
        """What each criterion answers over a snapshot, by its key."""
        keys = {self._key(bound, snapshot, calendar): bound for bound in criteria}
        found = self._found(keys, snapshot.revision)
        answers = {key: kept.members for key, kept in found.items() if kept.revision == snapshot.revision}
        answers |= self._caught_up(snapshot, keys, found)
        missing = [key for key in keys if key not in answers]
        answers |= zip(missing, self._asked(snapshot, [keys[key] for key in missing]), strict=True)
        self._keep(answers, snapshot.revision)
        return {key[0]: members for key, members in answers.items()}

    @staticmethod
    def _key(bound: Bound, snapshot: Snapshot, calendar: Calendar) -> _Key:
        return bound.key, calendar if bound.changes_with_time or snapshot.depends_on_day else None

    def _found(self, keys: Iterable[_Key], revision: int) -> dict[_Key, _Kept]:
        """What is kept of no later revision: another thread may be ahead."""
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        return {key: kept for key, kept in found.items() if kept.revision <= revision}

    def _caught_up(
        self, snapshot: Snapshot, keys: Mapping[_Key, Bound], found: Mapping[_Key, _Kept]
    ) -> Mapping[_Key, Bitmap]:
        """Older answers with the customers that changed since asked again; for all of one age at once."""
        answers: dict[_Key, Bitmap] = {}
        for revision in {kept.revision for kept in found.values()} - {snapshot.revision}:
            changed = snapshot.changed_since(revision)
            if changed is None or len(changed) * _FEW > len(snapshot.everyone()):
                continue
            stale = [key for key, kept in found.items() if kept.revision == revision]
            if not len(changed):
                answers |= {key: found[key].members for key in stale}
                continue
            matching = self._asked(snapshot, [keys[key] for key in stale], changed)
            for key, members in zip(stale, matching, strict=True):
                answers[key] = (found[key].members - changed) | members
        return answers

    def _asked(
        self, snapshot: Snapshot, criteria: Sequence[Bound], among: Bitmap | None = None
    ) -> Sequence[Bitmap]:
        if not criteria:
            return []
        with self._lock:
            self.asked += len(criteria)
        return snapshot.ask([bound.expression for bound in criteria], among)

    def _keep(self, answers: Mapping[_Key, Bitmap], revision: int) -> None:
        with self._lock:
            for key, members in answers.items():
                kept = self._kept.get(key)
                if kept is None or kept.revision < revision:
                    self._kept[key] = _Kept(members, revision)
                self._kept.move_to_end(key)
            while len(self._kept) > _KEPT_CRITERIA:
                self._kept.popitem(last=False)
