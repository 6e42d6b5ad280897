"""Takes an expression apart where it asks facts for customers, so that each such select is asked by itself.

``traits.number in (select customer from …)`` asked as a join costs several times what the inner select costs
alone: its customers are gathered as bits, and the rest of the expression becomes algebra of bitmaps.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, Grouping, UnaryExpression
from sqlalchemy.sql.selectable import SelectStatementGrouping

from hub.core.engines.bitmap import Bitmap

Select = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Decomposing:
    """How the parts of an expression are answered."""

    traits: sa.FromClause
    """The relation that expressions stand over, with the column ``number``."""
    everyone: Callable[[], Bitmap]
    """All customers."""
    of_traits: Callable[[sa.ColumnElement[bool]], Bitmap]
    """Who matches an expression over traits."""
    of_facts: Callable[[Select], Bitmap]
    """The customers whom a select of one column returns, perhaps with numbers that are no customer's."""

    def answer(self, expression: sa.ColumnElement[bool]) -> Bitmap:
        """Who matches an expression."""
        match expression:
            case Grouping():
                return self.answer(_inner(expression))
            case UnaryExpression(operator=operators.inv):
                return self.everyone() - self.answer(_inner(expression))
            case BooleanClauseList(operator=operators.and_):
                return reduce(Bitmap.__and__, self._parts(expression, sa.and_))
            case BooleanClauseList(operator=operators.or_):
                return reduce(Bitmap.__or__, self._parts(expression, sa.or_))
        found = self._asked(expression)
        if found is None:
            return self.of_traits(expression)
        select, is_in = found
        return self.everyone() & self.of_facts(select) if is_in else self.everyone() - self.of_facts(select)

    def _parts(self, joined: BooleanClauseList, join: Callable[..., sa.ColumnElement[bool]]) -> list[Bitmap]:
        """The answers of a join's parts; those over traits alone are asked as one."""
        plain: list[Any] = []
        asking: list[Any] = []
        for part in joined.clauses:
            (asking if self._asks_facts(part) else plain).append(part)
        answers = [self.answer(part) for part in asking]
        return [self.of_traits(join(*plain)), *answers] if plain else answers

    def _asks_facts(self, expression: Any) -> bool:
        return any(self._asked(part) is not None for part in visitors.iterate(expression))

    def _asked(self, expression: Any) -> tuple[Select, bool] | None:
        """The select that an expression looks for the customer's number in, and whether it has to be there."""
        match expression:
            case BinaryExpression(
                operator=operators.in_op | operators.not_in_op,
                right=sa.ScalarSelect(element=sa.Select()) | SelectStatementGrouping(element=sa.Select()),
            ) if expression.left is self.traits.c.number:
                select: Select = expression.right.element
                if all(part is not self.traits for part in visitors.iterate(select)):
                    return select, expression.operator is operators.in_op
        return None


class Asking(Protocol):
    """Answers many parts at once."""

    def everyone(self) -> Bitmap:
        """All customers."""

    def matching(self, conditions: Sequence[sa.ColumnElement[bool]]) -> Iterable[Bitmap]:
        """Who matches each of some expressions over traits alone."""

    def selected(self, selects: Sequence[Select]) -> Iterable[Bitmap]:
        """The customers whom each of some selects returns."""


def answered_at_once(
    expressions: Sequence[sa.ColumnElement[bool]], traits: sa.FromClause, asking: Asking
) -> Sequence[Bitmap]:
    """Who matches each expression, with all parts of all of them asked at once."""
    # Taken apart twice: to see what there is to ask, then to put the answers together, in the same order.
    conditions: list[sa.ColumnElement[bool]] = []
    selects: list[Select] = []
    nobody = Bitmap.of([])

    def noted_condition(condition: sa.ColumnElement[bool]) -> Bitmap:
        conditions.append(condition)
        return nobody

    def noted_select(select: Select) -> Bitmap:
        selects.append(select)
        return nobody

    noting = Decomposing(traits, lambda: nobody, noted_condition, noted_select)
    for expression in expressions:
        noting.answer(expression)
    matching, selected = iter(asking.matching(conditions)), iter(asking.selected(selects))
    together = Decomposing(traits, asking.everyone, lambda _: next(matching), lambda _: next(selected))
    return [together.answer(expression) for expression in expressions]


def _inner(expression: Any) -> sa.ColumnElement[bool]:
    inner: sa.ColumnElement[bool] = expression.element
    return inner
