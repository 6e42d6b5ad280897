"""What every engine offers to the evaluator."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import ColumnElement

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Question

Numbers = NDArray[np.uint32]
"""Customer numbers, in no particular order."""

Expression = Callable[[Question], ColumnElement[bool]]
"""A criterion with its parameters bound: give it the question, get the expression."""


class Engine(Protocol):
    """Asks the facts, wherever they are kept."""

    def refresh(self) -> int:
        """Bring the facts up to date with the store; return the revision they are at."""

    def everyone(self) -> Numbers:
        """All customers."""

    def ask(self, expression: Expression, calendar: Calendar, among: Numbers | None = None) -> Numbers:
        """The customers who match at the end of the calendar's day, all of them or among those given."""

    def figures(self, numbers: Numbers, names: Sequence[str]) -> pa.Table:
        """Traits of chosen customers as they are now: the column ``number`` and those named."""

    def changed_since(self, revision: int) -> Numbers | None:
        """The customers touched after a revision, or None when that is not known any more."""

    def follows_days(self, calendar: Calendar) -> bool:
        """Whether facts lie after the calendar's day, so that every answer depends on it."""
