"""The embedded engine: DuckDB over the replica."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Question, Relations
from hub.core.engines.engine import Expression, Numbers
from hub.core.replica.replica import Replica
from hub.core.replica.tables import standing_consents_sql, traits_sql

_KEPT_DAYS = 4
"""How many past days' relations are kept at hand."""

_TEXT, _WHOLE, _TRUTH, _REAL = sa.String(), sa.BigInteger(), sa.Boolean(), sa.Float()


def _relation(name: str, **columns: sa.types.TypeEngine[Any]) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, kind) for column, kind in columns.items()))


class DuckDBEngine:
    """Answers over the replica's traits and facts.

    For a day that facts lie after, the relations are made as they stood at its end, in tables of their own.

    Args:
        replica: the organisation's.
        currency_digits: decimals of the organisation's currency.
    """

    def __init__(self, replica: Replica, currency_digits: int) -> None:
        self._replica = replica
        self._currency_digits = currency_digits
        self._past: OrderedDict[tuple[int, int], str] = OrderedDict()
        self._making_past = threading.Lock()

    def refresh(self) -> int:
        """See ``Engine``."""
        return self._replica.refresh()

    def everyone(self) -> Numbers:
        """See ``Engine``."""
        traits = self._relations("").traits
        return self._replica.numbers(sa.select(traits.c.number))

    def ask(self, expression: Expression, calendar: Calendar, among: Numbers | None = None) -> Numbers:
        """See ``Engine``."""
        relations = self._relations(self._as_of(calendar))
        condition = expression(Question(relations, calendar, self._currency_digits))
        statement = sa.select(relations.traits.c.number).where(condition)
        if among is not None:
            chosen = _relation("among", number=_WHOLE)
            statement = statement.where(relations.traits.c.number.in_(sa.select(chosen.c.number)))
        return self._replica.numbers(statement, among)

    def figures(self, numbers: Numbers, names: Sequence[str]) -> pa.Table:
        """See ``Engine``."""
        columns = ", ".join(("number", *names))
        with self._replica.cursor() as cursor:
            cursor.register("chosen", {"number": numbers})
            found = f"SELECT {columns} FROM traits WHERE number IN (SELECT number FROM chosen)"
            return cursor.sql(found).to_arrow_table()

    def changed_since(self, revision: int) -> Numbers | None:
        """See ``Engine``."""
        return self._replica.changed_since(revision)

    def follows_days(self, calendar: Calendar) -> bool:
        """See ``Engine``."""
        return calendar.ends_at(calendar.today) <= self._replica.horizon

    def _as_of(self, calendar: Calendar) -> str:
        """The suffix of the relations' names: empty for those that are kept up to date."""
        if not self.follows_days(calendar):
            return ""
        end = calendar.ends_at(calendar.today)
        key = (end, self._replica.revision)
        with self._making_past:
            if key not in self._past:
                self._past[key] = f"_{self._replica.revision}_{abs(end)}{'b' if end < 0 else ''}"
                self._make_past(self._past[key], end)
            self._past.move_to_end(key)
            while len(self._past) > _KEPT_DAYS:
                _, suffix = self._past.popitem(last=False)
                self._drop_past(suffix)
            return self._past[key]

    def _make_past(self, suffix: str, end: int) -> None:
        made = {
            "lines": f"SELECT * FROM lines WHERE ordered_at < {end}",
            "standing_consents": standing_consents_sql(f"changed_at < {end}"),
            "traits": traits_sql("true", f"o.ordered_at < {end}", f"l.ordered_at < {end}"),
        }
        with self._replica.cursor() as cursor:
            for table, select in made.items():
                cursor.execute(f"CREATE OR REPLACE TABLE past_{table}{suffix} AS FROM {table} LIMIT 0")
                cursor.execute(f"INSERT INTO past_{table}{suffix} {select}")

    def _drop_past(self, suffix: str) -> None:
        with self._replica.cursor() as cursor:
            for table in ("lines", "standing_consents", "traits"):
                cursor.execute(f"DROP TABLE IF EXISTS past_{table}{suffix}")

    def _relations(self, suffix: str) -> Relations:
        prefix = "past_" if suffix else ""
        return Relations(
            traits=_relation(
                f"{prefix}traits{suffix}", number=_WHOLE, born_day=_WHOLE, registered_at=_WHOLE, gender=_TEXT,
                account_kind=_TEXT, account_status=_TEXT, country=_TEXT, region=_TEXT, city=_TEXT, postcode=_TEXT,
                language=_TEXT, latitude=_REAL, longitude=_REAL, orders=_WHOLE, tickets=_WHOLE, revenue=_WHOLE,
                first_purchase_at=_WHOLE, last_purchase_at=_WHOLE,
            ),
            lines=_relation(
                f"{prefix}lines{suffix}", customer=_WHOLE, ordered_at=_WHOLE, event=_TEXT, product=_TEXT,
                category=_TEXT, quantity=_WHOLE, total=_WHOLE,
            ),
            consents=_relation(
                f"{prefix}standing_consents{suffix}", customer=_WHOLE, permission=_TEXT, channel=_TEXT,
                given=_TRUTH, changed_at=_WHOLE,
            ),
            tags=_relation("customer_tags", customer=_WHOLE, tag=_TEXT),
        )  # fmt: skip
