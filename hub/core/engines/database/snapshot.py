"""One revision of the store, seen through one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Question
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.counting import counted
from hub.core.engines.database.changes import Horizon, changed_since
from hub.core.engines.database.numbers import packed, unpacked
from hub.core.engines.database.relations import relations_in
from hub.core.engines.database.scope import Scope
from hub.core.engines.engine import Expression, Statement
from hub.core.store.tables import Organisation

_AT_ONCE = 50
"""Expressions in one statement, when they are asked of a few customers."""


class DatabaseSnapshot:
    """The store's facts at one revision, as they stood at the end of one day. See ``Snapshot``.

    Args:
        connection: in a transaction that has seen ``revision``, and sees no later one.
        organisation: whose customers are asked about.
        calendar: the day.
        currency_digits: decimals of the organisation's currency.
        revision: the store's.
        horizon: how far the organisation's facts reach.
    """

    def __init__(
        self,
        connection: sa.Connection,
        organisation: Organisation,
        calendar: Calendar,
        currency_digits: int,
        revision: int,
        horizon: Horizon,
    ) -> None:
        self.revision = revision
        self._connection = connection
        self._organisation = organisation
        self._calendar = calendar
        self._currency_digits = currency_digits
        self._horizon = horizon
        self._end = calendar.ends_at(calendar.today)

    @property
    def depends_on_day(self) -> bool:
        """See ``Snapshot``."""
        return self._horizon.reaches(self._connection, self.revision, self._end)

    def everyone(self) -> Bitmap:
        """See ``Snapshot``."""
        return self._everyone

    @cached_property
    def _everyone(self) -> Bitmap:
        (everyone,) = self._matching([lambda _: sa.true()], None)
        return everyone

    def ask(self, expressions: Sequence[Expression], among: Bitmap | None = None) -> Sequence[Bitmap]:
        """See ``Snapshot``.

        Of everyone, each expression is asked by itself, so that it gets the best plan of its own; of a few
        customers, many are asked at once, as conditions on the same rows.
        """
        if among is not None and not len(among):
            return [among] * len(expressions)
        size = 1 if among is None else _AT_ONCE
        parts = (expressions[start : start + size] for start in range(0, len(expressions), size))
        return [bitmap for part in parts for bitmap in self._matching(part, among)]

    def rows(self, statement: Statement, among: Bitmap | None = None) -> Sequence[tuple[Any, ...]]:
        """See ``Snapshot``. The facts are also only those of the customers in ``among``."""
        found = self._connection.execute(statement(self._question(among)))
        return [tuple(_whole(value) for value in row) for row in found]

    def sizes(self, statement: Statement, among: Bitmap | None = None) -> Mapping[Any, int]:
        """See ``Snapshot``."""
        return dict(self.rows(lambda question: counted(statement(question)), among))

    def changed_since(self, revision: int) -> Bitmap | None:
        """See ``Snapshot``."""
        if revision > self.revision:  # the store was restored from an older copy
            return None
        if revision == self.revision:
            return Bitmap.of([])
        return changed_since(self._connection, self._organisation, revision)

    def _matching(self, expressions: Sequence[Expression], among: Bitmap | None) -> Iterator[Bitmap]:
        question = self._question(among)
        number = question.relations.traits.c.number
        conditions = [expression(question) for expression in expressions]
        if len(conditions) == 1:
            statement = sa.select(packed(number)).where(*conditions)
        else:
            statement = sa.select(*(packed(number).filter(condition) for condition in conditions))
        yield from map(unpacked, self._connection.execute(statement).one())

    def _question(self, among: Bitmap | None) -> Question:
        numbers = None if among is None else among.numbers()
        relations = relations_in(Scope(self._organisation, self._end, numbers))
        return Question(relations, self._calendar, self._currency_digits)


def _whole(value: Any) -> Any:
    """A sum of whole numbers comes as a decimal."""
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
