"""What one publication answers, seen at the end of one day."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

import sqlalchemy as sa

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Question
from hub.core.contracts.relations import named_table, relations
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.counting import counted
from hub.core.engines.decomposing import Select, answered_at_once
from hub.core.engines.engine import Expression, Statement
from hub.core.engines.spark.among import offered
from hub.core.engines.spark.bitmaps import of_columns, of_selects
from hub.core.engines.spark.cluster import Cluster
from hub.core.engines.spark.tables import as_published, at_the_end_of
from hub.core.engines.spark.translating import translated
from hub.core.replica.publication import Manifest

_AT_ONCE = 50
"""How many parts of expressions are asked in one query."""

PartT = TypeVar("PartT")


class SparkSnapshot:
    """See ``Snapshot``.

    Args:
        ask: asks the cluster, in Spark's SQL.
        cluster: it.
        prefix: what the names of the publication's views begin with.
        manifest: the publication's.
        calendar: the day at whose end the facts are seen.
        currency_digits: decimals of the organisation's currency.
    """

    def __init__(
        self,
        ask: Callable[[str], Sequence[tuple[Any, ...]]],
        cluster: Cluster,
        prefix: str,
        manifest: Manifest,
        calendar: Calendar,
        currency_digits: int,
    ) -> None:
        self._ask = ask
        self._cluster = cluster
        self._prefix = prefix
        self._manifest = manifest
        self._end = calendar.ends_at(calendar.today)
        self._question = Question(relations(named_table), calendar, currency_digits)

    @property
    def revision(self) -> int:
        """See ``Snapshot``: the publication's."""
        return self._manifest.revision

    @property
    def depends_on_day(self) -> bool:
        """See ``Snapshot``."""
        return self._end <= self._manifest.horizon

    def everyone(self) -> Bitmap:
        """See ``Snapshot``."""
        return self._everyone

    def ask(self, expressions: Sequence[Expression], among: Bitmap | None = None) -> Sequence[Bitmap]:
        """See ``Snapshot``. All customers are asked in either case: a scan costs the same for few of them."""
        conditions = [expression(self._question) for expression in expressions]
        members = answered_at_once(conditions, self._question.relations.traits, self)
        return members if among is None else [found & among for found in members]

    def rows(self, statement: Statement, among: Bitmap | None = None) -> Sequence[tuple[Any, ...]]:
        """See ``Snapshot``."""
        translation = translated(statement(self._question))
        if among is None:
            return self._ask(translation.sql(self._definitions))
        with offered(self._cluster, among) as few:
            traits = f"SELECT t.* FROM ({self._definitions['traits']}) AS t LEFT SEMI JOIN {few} USING (number)"
            return self._ask(translation.sql({**self._definitions, "traits": traits}))

    def sizes(self, statement: Statement, among: Bitmap | None = None) -> Mapping[Any, int]:
        """See ``Snapshot``."""
        return dict(self.rows(lambda question: counted(statement(question)), among))

    def changed_since(self, revision: int) -> Bitmap | None:
        """See ``Snapshot``. A publication knows nothing of the one before."""
        return Bitmap.of([]) if revision == self.revision else None

    @cached_property
    def _definitions(self) -> Mapping[str, str]:
        return at_the_end_of(self._prefix, self._end) if self.depends_on_day else as_published(self._prefix)

    @cached_property
    def _everyone(self) -> Bitmap:
        return next(self.selected([sa.select(self._question.relations.traits.c.number)]))

    def matching(self, conditions: Sequence[sa.ColumnElement[bool]]) -> Iterator[Bitmap]:
        """See ``Asking``: many in one scan."""
        number = self._question.relations.traits.c.number
        for some in _in_turn(conditions):
            marks = [f"m{place}" for place in range(len(some))]
            labelled = (condition.label(mark) for condition, mark in zip(some, marks, strict=True))
            select = translated(sa.select(number, *labelled)).sql(self._definitions)
            yield from of_columns(self._ask, select, marks)

    def selected(self, selects: Sequence[Select]) -> Iterator[Bitmap]:
        """See ``Asking``: many in one query."""
        for some in _in_turn(selects):
            texts = [translated(_named_number(select)).sql(self._definitions) for select in some]
            yield from of_selects(self._ask, texts)


def _in_turn(parts: Sequence[PartT]) -> Iterator[Sequence[PartT]]:
    for start in range(0, len(parts), _AT_ONCE):
        yield parts[start : start + _AT_ONCE]


def _named_number(select: Select) -> Select:
    inner = select.subquery("inner_select")
    return sa.select(next(iter(inner.c)).label("number"))
