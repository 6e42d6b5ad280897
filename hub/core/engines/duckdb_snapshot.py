"""What the replica answers within one transaction: the facts at one revision, at the end of one day.

Sets of customers come as bits: DuckDB gathers them with ``bitstring_agg`` without ever making rows of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, Literal, Self

import duckdb
import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import TableClause

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Question
from hub.core.contracts.relations import Relations, named_table, plain_relations, relations
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.decomposing import Decomposing, Select, answered_at_once
from hub.core.engines.engine import Expression, Statement
from hub.core.engines.row_order import RowOrder
from hub.core.replica.replica import Meta, meta_of
from hub.core.replica.tables import consents_sql, traits_sql

_OWNERS: Mapping[str, str] = MappingProxyType(
    {
        "traits": "number",
        **dict.fromkeys(
            (
                "orders", "lines", "consents", "tags", "group_members", "custom_values", "carts", "identities",
                "subscriptions",
            ),
            "customer",
        ),
    }
)  # fmt: skip
"""The relations about customers, and the column that says about whom."""

_DATED: Mapping[str, str] = MappingProxyType(
    {"orders": "ordered_at", "lines": "ordered_at", "carts": "changed_at"}
)
"""The relations that a past day knows a part of, and the column that tells which."""


class DuckDBSnapshot:
    """See ``Snapshot``.

    Args:
        cursor: in a transaction that it is alone in.
        calendar: the day at whose end the facts are seen.
        currency_digits: decimals of the organisation's currency.
        order_of: keeps the order of a revision's rows, and has it read when it has not.
    """

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        calendar: Calendar,
        currency_digits: int,
        order_of: Callable[[int, Callable[[], RowOrder]], RowOrder],
    ) -> None:
        self._cursor = cursor
        self._calendar = calendar
        self._currency_digits = currency_digits
        self._order_of = order_of
        self._end = calendar.ends_at(calendar.today)

    @cached_property
    def _meta(self) -> Meta:
        meta = meta_of(self._cursor)
        assert meta is not None, "a snapshot is taken after a refresh"
        return meta

    @property
    def revision(self) -> int:
        """See ``Snapshot``."""
        return self._meta.revision

    @property
    def depends_on_day(self) -> bool:
        """See ``Snapshot``."""
        return self._meta.horizon is not None and self._end <= self._meta.horizon

    def everyone(self) -> Bitmap:
        """See ``Snapshot``."""
        return self._order.everyone

    def ask(self, expressions: Sequence[Expression], among: Bitmap | None = None) -> Sequence[Bitmap]:
        """See ``Snapshot``."""
        if among is None:
            return [self._decomposing.answer(expression(self.question)) for expression in expressions]
        with _Among(self, among) as asked:
            return asked.ask(expressions)

    def rows(self, statement: Statement, among: Bitmap | None = None) -> Sequence[tuple[Any, ...]]:
        """See ``Snapshot``."""
        if among is None:
            return self.run(statement(self.question)).fetchall()
        with _Among(self, among, "VIEW") as asked:
            return asked.rows(statement)

    def sizes(self, statement: Statement, among: Bitmap | None = None) -> Mapping[Any, int]:
        """See ``Snapshot``. Bits are gathered for each bucket: several times cheaper than a distinct count."""
        if among is None:
            return self._sizes(statement(self.question))
        with _Among(self, among, "VIEW") as asked:
            return self._sizes(asked.prepared(statement))

    def _sizes(self, select: Select) -> Mapping[Any, int]:
        sql, parameters = compiled(select)
        last = self._last
        counting = (
            f"SELECT bucket, bit_count(bitstring_agg(n, 0, {last})) FROM ({sql}) AS put(bucket, n) "
            f"WHERE n BETWEEN 0 AND {last} GROUP BY bucket"
        )
        return dict(self._cursor.execute(counting, parameters).fetchall())

    def changed_since(self, revision: int) -> Bitmap | None:
        """See ``Snapshot``."""
        if revision < self._meta.changes_from:
            return None
        return self._gathered("SELECT number FROM changes WHERE revision > ?", [revision], bounded=True)

    def run(self, statement: sa.Executable) -> duckdb.DuckDBPyConnection:
        """Execute a select."""
        return self._cursor.execute(*compiled(statement))

    def execute(self, sql: str) -> None:
        """Execute a statement of the engine's own."""
        self._cursor.execute(sql)

    def offer(self, name: str, numbers: Bitmap) -> None:
        """Make a temporary table of customer numbers."""
        self._cursor.register("offered", {"number": numbers.numbers()})
        self.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM offered")
        self._cursor.unregister("offered")

    def question_over(self, given: Relations) -> Question:
        """The question of this day over some relations."""
        return Question(given, self._calendar, self._currency_digits)

    @cached_property
    def question(self) -> Question:
        """See ``Snapshot``."""
        return self.question_over(self.relations)

    @cached_property
    def relations(self) -> Relations:
        """The relations as they stand at the end of the day."""
        if not self.depends_on_day:
            return plain_relations()
        return relations(lambda name, columns: named_table(self._past(name), columns))

    def _past(self, name: str) -> str:
        """Make what a relation was at the end of the day; return where it stands."""
        if name in _DATED:
            made = f"VIEW past_{name} AS SELECT * FROM {name} WHERE {_DATED[name]} < {self._end}"
        elif name == "consents":
            made = f"TABLE past_consents AS {consents_sql(f'c.changed_at < {self._end}')}"
        elif name == "traits":
            before = f"ordered_at < {self._end}"
            made = f"TABLE past_traits AS {traits_sql('true', f'o.{before}', f'l.{before}')}"
        else:
            return name
        self.execute(f"CREATE OR REPLACE TEMP {made}")
        return f"past_{name}"

    @cached_property
    def _decomposing(self) -> Decomposing:
        traits = self.question.relations.traits
        return Decomposing(
            traits=traits,
            everyone=self.everyone,
            of_traits=self._matching,
            of_facts=lambda select: self._gathered(*compiled(select), bounded=True),
        )

    @cached_property
    def _order(self) -> RowOrder:
        def read() -> RowOrder:
            return RowOrder(self._cursor.execute("SELECT number FROM traits").fetchnumpy()["number"])

        return self._order_of(self.revision, read)

    def _matching(self, expression: sa.ColumnElement[bool]) -> Bitmap:
        """Who matches an expression over traits."""
        traits = self.relations.traits
        if self.depends_on_day:  # the past's rows stand in another order
            return self._gathered(*compiled(sa.select(traits.c.number).where(expression)))
        order = self._order
        self._cursor.execute(*compiled(sa.select(expression.label("matches")).select_from(traits)))
        return order.chosen(self._cursor.fetchnumpy()["matches"])

    @property
    def _last(self) -> int:
        """The last number that bits are gathered for: in whole words, and no lower than the highest customer's."""
        return (self._meta.highest // 64 + 1) * 64 - 1

    def _gathered(self, sql: str, parameters: Iterable[Any] = (), *, bounded: bool = False) -> Bitmap:
        """The numbers a query returns.

        Args:
            sql: the query.
            parameters: its values.
            bounded: whether it may return numbers that are nobody's here: DuckDB refuses those above the last.
        """
        within = f" WHERE n BETWEEN 0 AND {self._last}" if bounded else ""
        gathering = f"SELECT bitstring_agg(n, 0, {self._last})::BLOB FROM ({sql}) AS found(n){within}"
        # All of it: a result that is not read to its end keeps the cursor from other work.
        ((bits,),) = self._cursor.execute(gathering, list(parameters)).fetchall()
        return Bitmap.of_bits(bits or b"")


class _Among:
    """The same facts for some customers: in tables that hold theirs alone, or seen through views."""

    def __init__(self, snapshot: DuckDBSnapshot, among: Bitmap, kind: Literal["TABLE", "VIEW"] = "TABLE") -> None:
        self._snapshot = snapshot
        self._among = among
        self._kind = kind
        self._made: set[str] = set()
        self._question = snapshot.question_over(
            relations(lambda name, columns: named_table(f"few_{name}" if name in _OWNERS else name, columns))
        )

    def __enter__(self) -> Self:
        self._snapshot.offer("few", self._among)
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._made:
            self._snapshot.execute(f"DROP {self._kind} few_{name}")

    def ask(self, expressions: Sequence[Expression]) -> Sequence[Bitmap]:
        conditions = [expression(self._question) for expression in expressions]
        return answered_at_once(conditions, self._question.relations.traits, self)

    def everyone(self) -> Bitmap:
        return self._among & self._snapshot.everyone()

    def matching(self, conditions: Sequence[sa.ColumnElement[bool]]) -> Iterator[Bitmap]:
        """Each condition as a column of one select."""
        if conditions:
            answers = [condition.label(f"a{place}") for place, condition in enumerate(conditions)]
            found = self._fetched(sa.select(self._question.relations.traits.c.number, *answers))
            yield from (Bitmap.of(found["number"][found[answer.name]]) for answer in answers)

    def selected(self, selects: Sequence[Select]) -> Iterator[Bitmap]:
        """All selects in one, each row with its select's place."""
        if selects:
            parts = (select.subquery() for select in selects)
            placed = (sa.select(sa.literal_column(str(place)), *part.c) for place, part in enumerate(parts))
            places, numbers = self._fetched(sa.union_all(*placed)).values()
            by_place = np.argsort(places, kind="stable")
            ends = np.searchsorted(places[by_place], np.arange(1, len(selects)))
            yield from (Bitmap.of(each) for each in np.split(numbers[by_place], ends))

    def _fetched(self, statement: sa.Executable) -> dict[str, NDArray[Any]]:
        self._make(statement)
        found: dict[str, NDArray[Any]] = self._snapshot.run(statement).fetchnumpy()
        return found

    def rows(self, statement: Statement) -> list[tuple[Any, ...]]:
        return self._snapshot.run(self.prepared(statement)).fetchall()

    def prepared(self, statement: Statement) -> Select:
        """A select over these customers, with all that it reads made."""
        select = statement(self._question)
        self._make(select)
        return select

    def _make(self, statement: Any) -> None:
        """Make the tables that a statement reads."""
        read = {
            part.name.removeprefix("few_") for part in visitors.iterate(statement) if isinstance(part, TableClause)
        }
        for name in sorted((read & _OWNERS.keys()) - self._made):
            source = getattr(self._snapshot.relations, name).name
            self._snapshot.execute(
                f"CREATE TEMP {self._kind} few_{name} AS "
                f"FROM {source} WHERE {_OWNERS[name]} IN (SELECT number FROM few)"
            )
            self._made.add(name)


def compiled(statement: Any) -> tuple[str, list[Any]]:
    """A select as DuckDB reads it, with the values of its parameters."""
    text = statement.compile(dialect=_dialect(), compile_kwargs={"render_postcompile": True})
    named = text.params  # made anew at every look
    return str(text), [named[name] for name in text.positiontup or ()]


@cache
def _dialect() -> sa.Dialect:
    return postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
