"""What every engine offers to the evaluator."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy import ColumnElement

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Question
from hub.core.engines.bitmap import Bitmap

Numbers = NDArray[np.uint32]
"""Customer numbers, in no particular order."""

Expression = Callable[[Question], ColumnElement[bool]]
"""A criterion with its parameters bound: give it the question, get the expression."""

Statement = Callable[[Question], sa.Select[*tuple[Any, ...]]]
"""A select over the question's relations."""


class Snapshot(Protocol):
    """The facts at one revision, seen at the end of one day. All of its answers fit together."""

    @property
    def revision(self) -> int:
        """The store's revision these facts are at."""

    @property
    def depends_on_day(self) -> bool:
        """Whether facts lie after the day, so that every answer depends on it."""

    def everyone(self) -> Bitmap:
        """All customers."""

    def ask(self, expressions: Sequence[Expression], among: Bitmap | None = None) -> Sequence[Bitmap]:
        """The customers who match each expression: all of them, or only those among the ones given."""

    def rows(self, statement: Statement, among: Bitmap | None = None) -> Sequence[tuple[Any, ...]]:
        """The rows of a select over the relations; with ``among``, traits has only those customers."""

    def sizes(self, statement: Statement, among: Bitmap | None = None) -> Mapping[Any, int]:
        """How many different customers are in each bucket, for a select of buckets and customers.

        The buckets must be few: an engine may hold a set of customers for each.
        """

    def changed_since(self, revision: int) -> Bitmap | None:
        """The customers touched after a revision, or None when that is not known any more."""


class Engine(Protocol):
    """Asks the facts, wherever they are kept. Safe to share between threads."""

    def refresh(self) -> int:
        """Bring the facts up to date with the store; return the revision they are at."""

    def snapshot(self, calendar: Calendar) -> AbstractContextManager[Snapshot]:
        """The facts as they are now, refreshed first, as they stood at the end of the calendar's day."""

    def close(self) -> None:
        """Let go of what was opened for it, but not of what it was given."""

    def figures(self, numbers: Numbers, names: Sequence[str]) -> pa.Table:
        """Traits of chosen customers as they are now: the column ``number`` and those named."""
