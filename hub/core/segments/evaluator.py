"""Answers definitions: asks each criterion once, keeps its bitmap, and combines bitmaps.

A kept bitmap is brought up to date for the customers that changed since, and asked anew only when the
day changed and the criterion depends on it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import reduce

import pyarrow as pa

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.errors import DefinitionError
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.engine import Engine, Numbers, Snapshot
from hub.core.segments.answers import Answers
from hub.core.segments.binding import Bound, Catalogue
from hub.core.segments.definition import AllOf, AnyOf, CriterionNode, Tree, children, criteria_of
from hub.core.segments.membership import InSegment, InSegmentParameters

DEEPEST_SEGMENTS = 50
"""Most segments that refer to the next in a row."""


@dataclass(frozen=True)
class Answer:
    """What one criterion of a definition matched."""

    node: CriterionNode
    members: Bitmap
    """The customers it matches by itself."""


@dataclass(frozen=True)
class Evaluation:
    """What a definition matched."""

    members: Bitmap
    calendar: Calendar
    revision: int
    """The store's revision it saw."""
    criteria: tuple[Answer, ...] = ()
    """Every criterion of the definition, from left to right."""


Resolve = Callable[[str], Tree | Bitmap]
"""What a segment's name stands for: the definition of a dynamic one, the members of a manual one."""


class Evaluator:
    """Evaluates definitions over one engine. Safe to share between threads, which run side by side.

    Args:
        engine: answers single criteria.
        catalogue: the criteria there are.
        resolve: looks up the segments that definitions refer to. It raises DefinitionError where there is none.
    """

    def __init__(self, engine: Engine, catalogue: Catalogue, resolve: Resolve) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._resolve = resolve
        self._answers = Answers()

    @property
    def asked(self) -> int:
        """How many questions the engine was asked so far."""
        return self._answers.asked

    def evaluate(self, tree: Tree, calendar: Calendar) -> Evaluation:
        """Find who matches at the end of the calendar's day, at the store's newest revision.

        Raises:
            DefinitionError: a criterion or a segment is unknown, or parameters are wrong.
        """
        return self.evaluate_many([tree], calendar)[0]

    def evaluate_many(self, trees: Sequence[Tree], calendar: Calendar) -> Sequence[Evaluation]:
        """Evaluate definitions at one revision; what is to be asked for any of them is asked at once.

        Raises:
            DefinitionError: as ``evaluate``, for any of them.
        """
        with self.snapshot(calendar) as snapshot:
            return self.evaluate_over(snapshot, trees, calendar)

    def snapshot(self, calendar: Calendar) -> AbstractContextManager[Snapshot]:
        """The facts at the store's newest revision, as they stood at the end of the calendar's day."""
        return self._engine.snapshot(calendar)

    def evaluate_over(self, snapshot: Snapshot, trees: Sequence[Tree], calendar: Calendar) -> Sequence[Evaluation]:
        """Evaluate definitions over a snapshot of that day; see ``evaluate_many``."""
        prepared = _Prepared(self._catalogue, self._resolve, trees)
        answered = self._answers.over(snapshot, prepared.criteria.values(), calendar)
        combining = _Combining(prepared, answered, snapshot)
        return [
            Evaluation(
                combining.members(tree),
                calendar,
                snapshot.revision,
                tuple(Answer(node, combining.members(node)) for node in criteria_of(tree)),
            )
            for tree in trees
        ]

    def bind(self, node: CriterionNode) -> Bound:
        """A node's criterion with its parameters.

        Raises:
            DefinitionError: the criterion is unknown, or its parameters are wrong.
        """
        return self._catalogue.bind(node)

    def figures(self, numbers: Numbers, names: Sequence[str]) -> pa.Table:
        """Traits of chosen customers as they are now; see ``Engine.figures``."""
        return self._engine.figures(numbers, names)


class _Prepared:
    """Definitions with all that they refer to looked up, before anything is asked."""

    def __init__(self, catalogue: Catalogue, resolve: Resolve, trees: Iterable[Tree]) -> None:
        self._catalogue = catalogue
        self._resolve = resolve
        self.criteria: dict[str, Bound] = {}
        """What engines are asked, by key."""
        self.segments: dict[str, Tree | Bitmap] = {}
        """What the names of segments stand for."""
        self._bound: dict[int, tuple[CriterionNode, Bound]] = {}
        waiting = list(trees)
        while waiting:
            for node in criteria_of(waiting.pop()):
                found = self._look_up(node)
                if found is not None:
                    waiting.append(found)

    def bound(self, node: CriterionNode) -> Bound:
        """A node's criterion with its parameters."""
        return self._bound[id(node)][1]

    def _look_up(self, node: CriterionNode) -> Tree | None:
        """Note what a node asks; return the definition that it makes necessary besides."""
        bound = self._catalogue.bind(node)
        self._bound[id(node)] = node, bound  # with the node, so that it lives as long as its id is used
        if not isinstance(bound.parameters, InSegmentParameters):
            self.criteria[bound.key] = bound
            return None
        name = bound.parameters.name
        if name in self.segments:
            return None
        found = self.segments[name] = self._resolve(name)
        return None if isinstance(found, Bitmap) else found


class _Combining:
    """The algebra of one evaluation."""

    def __init__(self, prepared: _Prepared, answered: Mapping[str, Bitmap], snapshot: Snapshot) -> None:
        self._prepared = prepared
        self._answered = answered
        self._snapshot = snapshot
        self._segments: dict[str, Bitmap] = {}
        self._path: list[str] = []

    def members(self, tree: Tree) -> Bitmap:
        """Who matches."""
        if isinstance(tree, CriterionNode):
            return self._answer(self._prepared.bound(tree))
        below = [self.members(child) for child in children(tree)]
        match tree:
            case AllOf():
                return reduce(Bitmap.__and__, below) if below else self._snapshot.everyone()
            case AnyOf():
                return reduce(Bitmap.__or__, below, Bitmap.of([]))
        return reduce(Bitmap.__sub__, below, self._snapshot.everyone())

    def _answer(self, bound: Bound) -> Bitmap:
        if not isinstance(bound.criterion, InSegment):
            return self._answered[bound.key]
        name = bound.parameters.name  # type: ignore[attr-defined]  # those of InSegment
        if name not in self._segments:
            self._segments[name] = self._members_of(name)
        return self._segments[name]

    def _members_of(self, name: str) -> Bitmap:
        found = self._prepared.segments[name]
        if isinstance(found, Bitmap):
            return found & self._snapshot.everyone()
        if name in self._path or len(self._path) >= DEEPEST_SEGMENTS:
            path = " → ".join([*self._path[-5:], name])
            raise DefinitionError(f"segments refer to each other in a circle or too deeply: {path}")
        self._path.append(name)
        members = self.members(found)
        self._path.pop()
        return members
