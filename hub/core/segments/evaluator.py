"""Answers definitions: asks each criterion once, keeps its bitmap, and combines bitmaps.

A kept bitmap is brought up to date for the customers that changed since, and asked anew only when the
day changed and the criterion depends on it.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import pyarrow as pa

from hub.core.contracts.calendar import Calendar
from hub.core.engines.engine import Engine, Numbers
from hub.core.segments.binding import Bound, Catalogue
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.definition import AllOf, AnyOf, CriterionNode, Tree, children, criteria_of

_KEPT_CRITERIA = 2_000
"""How many criteria's bitmaps are kept: 250 MB for a million customers."""

_EVERYONE = "everyone"


@dataclass(frozen=True)
class _Kept:
    bitmap: Bitmap
    revision: int
    calendar: Calendar | None
    """For which day, or None when the answer depends on no day."""


@dataclass(frozen=True)
class Evaluation:
    """What a definition matched."""

    members: Bitmap
    calendar: Calendar
    revision: int
    """The store's revision it saw."""
    criteria: tuple[tuple[CriterionNode, int], ...] = ()
    """Every criterion of the definition, from left to right, with the number of customers it matches by itself."""


class Evaluator:
    """Evaluates definitions over one engine. Safe to share between threads: one evaluation at a time.

    Args:
        engine: answers single criteria.
        catalogue: the criteria there are.
    """

    def __init__(self, engine: Engine, catalogue: Catalogue) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._kept: OrderedDict[tuple[str, Calendar | None], _Kept] = OrderedDict()
        self._one_at_a_time = threading.RLock()
        self.asked = 0
        """How many questions the engine was asked so far."""

    def evaluate(self, tree: Tree, calendar: Calendar) -> Evaluation:
        """Find who matches at the end of the calendar's day, at the store's newest revision.

        Raises:
            DefinitionError: a criterion is unknown, or its parameters are wrong.
        """
        with self._one_at_a_time:
            revision = self._engine.refresh()
            members = self._members(tree, calendar, revision)
            # Each was answered just now, so it is only counted here.
            sizes = ((node, len(self._members(node, calendar, revision))) for node in criteria_of(tree))
            return Evaluation(members, calendar, revision, tuple(sizes))

    def figures(self, numbers: Numbers, names: Sequence[str]) -> pa.Table:
        """Traits of chosen customers as they are now; see ``Engine.figures``."""
        return self._engine.figures(numbers, names)

    def _members(self, tree: Tree, calendar: Calendar, revision: int) -> Bitmap:
        if isinstance(tree, CriterionNode):
            return self._answer(self._catalogue.bind(tree), calendar, revision)
        below = [self._members(child, calendar, revision) for child in children(tree)]
        match tree:
            case AllOf():
                return reduce(Bitmap.__and__, below) if below else self._everyone(revision)
            case AnyOf():
                return reduce(Bitmap.__or__, below, Bitmap.of([]))
        return reduce(Bitmap.__sub__, below, self._everyone(revision))

    def _everyone(self, revision: int) -> Bitmap:
        kept = self._kept.get((_EVERYONE, None))
        if kept is None or kept.revision != revision:
            kept = _Kept(Bitmap.of(self._engine.everyone()), revision, None)
            self._keep(_EVERYONE, kept)
        return kept.bitmap

    def _answer(self, bound: Bound, calendar: Calendar, revision: int) -> Bitmap:
        daily = bound.changes_with_time or self._engine.follows_days(calendar)
        day = calendar if daily else None
        kept = self._kept.get((bound.key, day))
        if kept is not None and kept.revision == revision:
            self._kept.move_to_end((bound.key, day))
            return kept.bitmap
        bitmap = self._brought_up_to_date(kept, bound, calendar)
        if bitmap is None:
            self.asked += 1
            bitmap = Bitmap.of(self._engine.ask(bound.expression, calendar))
        self._keep(bound.key, _Kept(bitmap, revision, day))
        return bitmap

    def _brought_up_to_date(self, kept: _Kept | None, bound: Bound, calendar: Calendar) -> Bitmap | None:
        """The kept answer with the customers that changed asked again; None when that is not known."""
        changed = self._engine.changed_since(kept.revision) if kept else None
        if kept is None or changed is None:
            return None
        if not len(changed):
            return kept.bitmap
        self.asked += 1
        matching = Bitmap.of(self._engine.ask(bound.expression, calendar, changed))
        return (kept.bitmap - Bitmap.of(changed)) | matching

    def _keep(self, key: str, kept: _Kept) -> None:
        self._kept[key, kept.calendar] = kept
        self._kept.move_to_end((key, kept.calendar))
        while len(self._kept) > _KEPT_CRITERIA:
            self._kept.popitem(last=False)
