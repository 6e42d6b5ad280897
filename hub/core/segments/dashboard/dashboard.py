"""A definition as a dashboard: the total, and what each criterion matches, with the distribution behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hub.core.contracts.calendar import Calendar
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.dashboard.distributions import Distributions, Histogram
from hub.core.segments.definition import CriterionNode, Tree, criteria_of, dump
from hub.core.segments.evaluator import Evaluation, Evaluator


@dataclass(frozen=True)
class Filter:
    """One criterion of a dashboard."""

    node: CriterionNode
    size: int
    """How many customers it matches by itself; of the base, if there is one."""
    histogram: Histogram | None
    """How what it asks about is spread over the customers; None where it has none, or none was wanted."""


@dataclass(frozen=True)
class DashboardState:
    """What a dashboard shows."""

    size: int
    """How many customers match everything; of the base, if there is one."""
    base_size: int
    """How many customers there are to choose from."""
    filters: tuple[Filter, ...]
    """The criteria from left to right."""
    evaluation: Evaluation


class Dashboard:
    """Answers dashboards. A criterion that was asked before is not asked again, nor is a distribution made again.

    Args:
        evaluator: answers definitions.
        calendar: the organisation's calendar on a day, today if None.
    """

    def __init__(self, evaluator: Callable[[], Evaluator], calendar: Callable[[date | None], Calendar]) -> None:
        self._evaluator = evaluator
        self._calendar = calendar
        self._distributions = Distributions()

    def open(
        self, tree: Tree, base: Tree | None = None, *, as_of: date | None = None, histograms: bool = True
    ) -> DashboardState:
        """Answer a definition in one go, all of it from the same facts.

        Args:
            tree: the filters, joined in any way.
            base: when given, only its customers are looked at, as when a segment is opened and narrowed down.
            as_of: the day at whose end it is seen; today if None.
            histograms: whether the distributions are wanted.

        Raises:
            DefinitionError: a criterion or segment is unknown, or parameters are wrong.
        """
        evaluator, calendar = self._evaluator(), self._calendar(as_of)
        with evaluator.snapshot(calendar) as snapshot:
            trees = [tree] if base is None else [tree, base]
            evaluation, *bases = evaluator.evaluate_over(snapshot, trees, calendar)
            there = bases[0].members if bases else snapshot.everyone()
            bounds = [evaluator.bind(node) for node in criteria_of(tree)]
            among = (repr(dump(base)), there) if base is not None else None
            shown = (
                self._distributions.over(snapshot, bounds, calendar, among) if histograms else [None] * len(bounds)
            )
        filters = tuple(
            Filter(answer.node, _size(answer.members, bases, there), histogram)
            for answer, histogram in zip(evaluation.criteria, shown, strict=True)
        )
        return DashboardState(_size(evaluation.members, bases, there), len(there), filters, evaluation)


def _size(members: Bitmap, bases: list[Evaluation], there: Bitmap) -> int:
    return len(members & there) if bases else len(members)
