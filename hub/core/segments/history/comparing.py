"""Compares what a segment's evaluation found with what the one before found: who entered, who left, and why."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.core.engines.bitmap import Bitmap
from hub.core.segments.binding import Catalogue
from hub.core.segments.definition import CriterionNode, dump
from hub.core.segments.evaluator import Evaluation
from hub.core.store.answers import WHOLE
from hub.core.store.tables import ResultCause


@dataclass(frozen=True)
class Anchor:
    """A set kept in full, from which answers are told as differences."""

    id: int | None
    """None for one that is not stored yet."""
    members: Bitmap
    size: int
    """Bytes it takes as it is kept."""


@dataclass(frozen=True)
class EarlierAnswer:
    """What a criterion, or the whole definition, matched when it was evaluated last."""

    node: dict[str, Any] | None
    members: Bitmap
    anchor: Anchor


@dataclass(frozen=True)
class Earlier:
    """What is kept of a segment's last evaluation."""

    day: date
    revision: int
    answers: Mapping[str, EarlierAnswer]
    """By key; that of the whole is always there."""

    @property
    def whole(self) -> EarlierAnswer:
        """What the whole definition matched."""
        return self.answers[WHOLE]


@dataclass(frozen=True)
class Turned:
    """A criterion that turned for customers who entered or left."""

    node: CriterionNode
    matching: Bitmap
    """Who of them turned to match it."""
    ceasing: Bitmap
    """Who of them ceased to match it."""
    is_new: bool
    """Whether nothing is known of its earlier answers."""


@dataclass(frozen=True)
class FoundAnswer:
    """An answer that is to be kept."""

    node: dict[str, Any] | None
    members: Bitmap
    anchor: Anchor | None
    """The one that the answer before was told from."""


@dataclass(frozen=True)
class Change:
    """How an evaluation differs from the one before, in members or in the answer to a criterion."""

    cause: ResultCause
    entered: Bitmap
    departed: Bitmap
    turned: Sequence[Turned]
    """In the order of the definition; none at the first evaluation."""
    answers: Mapping[str, FoundAnswer]
    """Those that differ, by key, and the whole."""
    gone: Sequence[str]
    """Keys that the definition asks no more."""

    @property
    def moved(self) -> bool:
        """Whether a customer entered or left, or this is the first evaluation."""
        return bool(self.cause is ResultCause.FIRST or len(self.entered) or len(self.departed))


@dataclass(frozen=True)
class Seen:
    """The state of the store up to which an evaluation was found to have changed nothing."""

    day: date
    revision: int

    def with_evaluation(self, evaluation: Evaluation) -> "Seen":
        """The state when this evaluation found nothing new either; it may be an earlier one."""
        return Seen(max(self.day, evaluation.calendar.today), max(self.revision, evaluation.revision))


def compare(
    earlier: Earlier | None,
    definition: dict[str, Any] | None,
    evaluation: Evaluation,
    catalogue: Catalogue,
    seen: Seen | None = None,
) -> Change | None:
    """What changed, or None when nothing did or the evaluation is older than what is kept.

    Args:
        earlier: what is kept; None before the first evaluation.
        definition: what was evaluated; None for a manual segment.
        evaluation: what it found.
        catalogue: the criteria, to tell which ask the same.
        seen: up to where an earlier evaluation is known to have found the same as is kept.
    """
    if earlier and (evaluation.revision < earlier.revision or evaluation.calendar.today < earlier.day):
        return None
    before = earlier.answers if earlier else {}
    members_before = earlier.whole.members if earlier else Bitmap.of([])
    found = {digest(catalogue.bind(answer.node).key): answer for answer in evaluation.criteria}
    entered, departed = evaluation.members - members_before, members_before - evaluation.members
    changed = {
        key: FoundAnswer(dump(answer.node), answer.members, before[key].anchor if key in before else None)
        for key, answer in found.items()
        if key not in before or before[key].members != answer.members
    }
    gone = [key for key in before if key not in found and key != WHOLE]
    same = earlier and not (changed or gone or len(entered) or len(departed))
    if same and earlier and earlier.whole.node == definition:
        return None
    moving = entered | departed
    turned = [
        Turned(
            found[key].node,
            (moving & found[key].members) - before[key].members if key in before else Bitmap.of([]),
            (moving & before[key].members) - found[key].members if key in before else Bitmap.of([]),
            key not in before,
        )
        for key in changed
        if earlier
    ]
    anchor = earlier.whole.anchor if earlier else None
    return Change(
        _cause(earlier, definition, evaluation, seen),
        entered,
        departed,
        [each for each in turned if each.is_new or len(each.matching) or len(each.ceasing)],
        {WHOLE: FoundAnswer(definition, evaluation.members, anchor), **changed},
        gone,
    )


def digest(key: str) -> str:
    """A criterion's key, short enough for an index of any database."""
    return hashlib.sha256(key.encode()).hexdigest()


def _cause(
    earlier: Earlier | None, definition: dict[str, Any] | None, evaluation: Evaluation, seen: Seen | None
) -> ResultCause:
    if earlier is None:
        return ResultCause.FIRST
    if definition is None:
        return ResultCause.BY_HAND
    if earlier.whole.node != definition:
        return ResultCause.DEFINITION
    last = seen or Seen(earlier.day, earlier.revision)
    facts, day = evaluation.revision > last.revision, evaluation.calendar.today > last.day
    if facts:
        return ResultCause.FACTS_AND_DAY if day else ResultCause.FACTS
    return ResultCause.DAY if day else ResultCause.REFERENCE
