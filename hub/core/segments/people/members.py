"""Lists the members of a segment, view or question: sorted, searched, page by page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hub.core.engines.bitmap import Bitmap
from hub.core.segments.evaluator import Evaluator
from hub.core.store import people
from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from hub.core.store.texts import storable

MEMBER_COLUMNS = (
    "external_id", "email", "phone", "title", "first_name", "last_name", "gender", "born_on", "registered_at",
    "account_kind", "account_status", "street", "postcode", "city", "region", "country", "language",
)  # fmt: skip
"""What is shown of a segment's members, besides number, orders, tickets and revenue."""

LISTED_COLUMNS = (*MEMBER_COLUMNS, "company", "source")
"""What a page of a list shows of members: the names of their business partner and their source, too."""

FIGURES = ("orders", "tickets", "revenue", "last_purchase_at")
"""What a page of a list shows of what members bought."""

_FIGURES = pa.schema([("number", pa.int64()), *((name, pa.int64()) for name in FIGURES)])
_SEARCHED = ("first_name", "last_name", "email", "external_id", "city")


class MemberOrder(StrEnum):
    """What members are sorted by. Who has no value comes last, either way round."""

    NUMBER = "number"
    NAME = "name"
    """Last name, then first name, without regard to case and accents."""
    EMAIL = "email"
    CITY = "city"
    REGISTERED_AT = "registered_at"
    ORDERS = "orders"
    REVENUE = "revenue"
    LAST_PURCHASE = "last_purchase"


@dataclass(frozen=True)
class Position:
    """Where a page ended: what the last member was sorted by, and their number."""

    value: str | int | None
    number: int


@dataclass(frozen=True)
class MemberPage:
    """A page of members."""

    rows: pa.Table
    """``number``, ``LISTED_COLUMNS`` and ``FIGURES``, in order. Instants are seconds since 1970 in UTC, days are
    days since 1970, revenue is in minor units of the organisation's currency."""
    found: int
    """How many members there are on all pages: those that the search finds."""
    end: Position | None
    """Where to go on; None on the last page."""


@dataclass(frozen=True)
class _Key:
    expression: str
    """Of the value that is sorted by, in DuckDB's SQL; null for who has none."""
    personal: tuple[str, ...] = ()
    figure: str | None = None


def _plain(expression: str) -> str:
    return f"strip_accents(lower({expression}))"


# A name's parts are parted by a sign lower than any letter, so that Li, Wei comes before Lima, Ada.
_KEYS: Mapping[MemberOrder, _Key] = MappingProxyType(
    {
        MemberOrder.NUMBER: _Key("number"),
        MemberOrder.NAME: _Key(
            "nullif(" + _plain("concat(last_name, chr(1), first_name)") + ", chr(1))", ("last_name", "first_name")
        ),
        MemberOrder.EMAIL: _Key(f"nullif({_plain('email')}, '')", ("email",)),
        MemberOrder.CITY: _Key(f"nullif({_plain('city')}, '')", ("city",)),
        MemberOrder.REGISTERED_AT: _Key("registered_at", ("registered_at",)),
        MemberOrder.ORDERS: _Key("orders", figure="orders"),
        MemberOrder.REVENUE: _Key("revenue", figure="revenue"),
        MemberOrder.LAST_PURCHASE: _Key("last_purchase_at", figure="last_purchase_at"),
    }
)


class Members:
    """Lists customers of one organisation.

    Args:
        database: the store's, which has their personal data.
        organisation: whose customers.
        evaluator: knows their figures.
    """

    def __init__(self, database: Database, organisation: Organisation, evaluator: Callable[[], Evaluator]) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._evaluator = evaluator

    def rows(self, members: Bitmap, *, after: int = 0, limit: int | None = None) -> pa.Table:
        """Data of members by number: ``number``, ``MEMBER_COLUMNS``, orders, tickets and revenue.

        Args:
            members: whose.
            after: only those with a higher number, for paging.
            limit: at most so many.
        """
        numbers = members.numbers()
        chosen = numbers[np.searchsorted(numbers, after, side="right") :][:limit]
        personal = people.customers(self._database, self._organisation_id, chosen, MEMBER_COLUMNS)
        return personal.join(self._figures(chosen, FIGURES[:3]), "number").sort_by("number")

    def page(
        self,
        members: Bitmap,
        *,
        order: MemberOrder = MemberOrder.NUMBER,
        descending: bool = False,
        search: str = "",
        after: Position | None = None,
        limit: int = 50,
    ) -> MemberPage:
        """A page of members.

        Args:
            members: whose.
            order: what they are sorted by; among equals, by number.
            descending: the other way round.
            search: only those whose name, email, external id or city contains this, without regard to case and
                accents; a name may be written first name first or last name first.
            after: where the page before ended.
            limit: most rows of a page.
        """
        words = search.strip()
        if not storable(words):
            return MemberPage(self._data(np.empty(0, np.uint32)), 0, None)
        if order is MemberOrder.NUMBER and not words:
            return self._by_number(members.numbers(), after, limit, descending=descending)
        return self._sorted(members.numbers(), _KEYS[order], words, after, limit, descending=descending)

    def _by_number(
        self, numbers: NDArray[np.uint32], after: Position | None, limit: int, *, descending: bool
    ) -> MemberPage:
        if descending:
            stop = np.searchsorted(numbers, after.number) if after else len(numbers)
            chosen = numbers[:stop][::-1][: limit + 1].copy()  # DuckDB reads no array backwards
        else:
            start = np.searchsorted(numbers, after.number, side="right") if after else 0
            chosen = numbers[start : start + limit + 1]
        more = len(chosen) > limit
        chosen = chosen[:limit]
        end = Position(int(chosen[-1]), int(chosen[-1])) if more else None
        return MemberPage(self._data(chosen), len(numbers), end)

    def _sorted(
        self,
        numbers: NDArray[np.uint32],
        key: _Key,
        words: str,
        after: Position | None,
        limit: int,
        *,
        descending: bool,
    ) -> MemberPage:
        personal = list(dict.fromkeys((*key.personal, *(_SEARCHED if words else ()))))
        with duckdb.connect(":memory:") as columns:
            columns.execute("SET enable_progress_bar = false")
            columns.register("members", {"number": numbers})
            sources = ["members"]
            if personal:
                columns.register(
                    "personal", people.customers(self._database, self._organisation_id, numbers, personal)
                )
                sources.append("JOIN personal USING (number)")
            if key.figure:
                columns.register("figures", self._figures(numbers, (key.figure,)))
                sources.append("JOIN figures USING (number)")
            listed = f"SELECT CAST(number AS BIGINT) AS number, {key.expression} AS value FROM {' '.join(sources)}"
            searched = f" WHERE {_FOUND}" if words else ""
            columns.execute(f"CREATE TEMP TABLE listed AS {listed}{searched}", [words] if words else [])
            found = columns.execute("SELECT count(*) FROM listed").fetchone()
            further, bound = _further(after, descending=descending)
            direction = "DESC" if descending else "ASC"
            rows = columns.execute(
                f"SELECT number, value FROM listed WHERE {further} "
                f"ORDER BY value {direction} NULLS LAST, number {direction} LIMIT {limit + 1:d}",
                bound,
            ).fetchall()
        assert found is not None
        end = Position(rows[limit - 1][1], rows[limit - 1][0]) if len(rows) > limit else None
        chosen = np.array([number for number, _ in rows[:limit]], np.uint32)
        return MemberPage(self._data(chosen), int(found[0]), end)

    def _figures(self, numbers: NDArray[np.uint32], names: tuple[str, ...]) -> pa.Table:
        schema = pa.schema([_FIGURES.field(name) for name in ("number", *names)])
        return self._evaluator().figures(numbers, names).select(schema.names).cast(schema)

    def _data(self, numbers: NDArray[np.uint32]) -> pa.Table:
        """What a page shows of these customers, in their order; who was erased meanwhile is left out."""
        personal = people.customers(self._database, self._organisation_id, numbers, LISTED_COLUMNS)
        rows = personal.join(self._figures(numbers, FIGURES), "number")
        place = {int(number): position for position, number in enumerate(numbers)}
        positions = pa.array([place[number] for number in rows["number"].to_pylist()], pa.int64())
        return rows.append_column("place", positions).sort_by("place").drop_columns(["place"])


_NAMES = "concat_ws(' ', first_name, last_name, first_name)"
"""A name both ways round."""
_FOUND = " OR ".join(
    f"contains({_plain(f'CAST({expression} AS VARCHAR)')}, {_plain('$1')})"
    for expression in (_NAMES, "email", "external_id", "city")
)


def _further(after: Position | None, *, descending: bool) -> tuple[str, list[str | int]]:
    """The condition for what comes after a position, with its bound values."""
    if after is None:
        return "true", []
    beyond = "<" if descending else ">"
    if after.value is None:
        return f"value IS NULL AND number {beyond} $1", [after.number]
    same = f"value = $1 AND number {beyond} $2"
    return f"(value {beyond} $1 OR ({same}) OR value IS NULL)", [after.value, after.number]
