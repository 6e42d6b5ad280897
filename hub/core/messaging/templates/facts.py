"""Reads what a template may speak of, for many customers at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa
from babel.numbers import get_currency_precision

from hub.core.contracts.calendar import Calendar
from hub.core.messaging.templates.values import Money
from hub.core.messaging.templates.vocabulary import CHAT_LINKS, NAMES_IN
from hub.core.replica.following import COUNTING
from hub.core.segments.evaluator import Evaluator
from hub.core.store import template_facts as stored
from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from hub.core.store.templates import custom_fields

_AT_ONCE = 5_000
"""Customers looked up with one query of each kind: databases take a limited number of values."""
_COUNTS = ("orders", "tickets", "events")
_FIGURES = (*_COUNTS, "revenue", "first_purchase_at", "last_purchase_at")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

FindChatLinks = Callable[[Sequence[int]], Mapping[int, Mapping[str, str | None]]]


def _no_chat_links(numbers: Sequence[int]) -> Mapping[int, Mapping[str, str | None]]:
    """Those of a hub to which nothing is connected."""
    none = dict.fromkeys(sorted(NAMES_IN[CHAT_LINKS]))
    return dict.fromkeys(numbers, none)


class CustomerFacts:
    """What is known of one organisation's customers, as templates speak of it.

    Args:
        database: the store's.
        organisation: whose customers.
        evaluator: knows their figures.
        clock: the time now, in UTC.
        chat_links: links into conversations of customers, by number, then by the channel's name.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        evaluator: Callable[[], Evaluator],
        clock: Callable[[], datetime],
        chat_links: FindChatLinks = _no_chat_links,
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation = organisation
        self._organisation_id = organisation.id
        self._evaluator = evaluator
        self._clock = clock
        self._chat_links = chat_links

    def certain(self) -> frozenset[str]:
        """What elsewhere may be missing, and is known of every customer here: links to what is connected."""
        return frozenset(f"{CHAT_LINKS}.{name}" for name, url in self._chat_links([0])[0].items() if url)

    def of(self, numbers: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """What is known of customers, by number: all that ``vocabulary`` names but what belongs to a newsletter
        or message. Whoever is gone is missing. Moments are in UTC; the values can cross a process border.
        """
        found: dict[int, Mapping[str, object]] = {}
        for start in range(0, len(numbers), _AT_ONCE):
            found |= self._of_some([int(number) for number in numbers[start : start + _AT_ONCE]])
        return found

    def _of_some(self, numbers: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        today = self._clock().astimezone(ZoneInfo(self._organisation.time_zone)).date()
        figures, chat_links = self._figures(numbers, today), self._chat_links(numbers)
        common: dict[str, object] = {"organisation": {"name": self._organisation.name}, "today": today}
        with self._database.session() as session:
            connection = session.connection()
            known = list(stored.people_and_companies(connection, self._organisation_id, numbers))
            more = self._lists(connection, numbers)
            fields = dict.fromkeys(custom_fields(session, self._organisation_id))
            filled: dict[int, dict[str, object]] = {}
            for number, name, value in stored.filled_fields(connection, numbers):
                filled.setdefault(number, dict(fields))[name] = value
            orders = stored.newest_orders(connection, numbers, COUNTING)
        return {
            number: {
                **common,
                "customer": {**person, **more[number], "fields": filled.get(number, fields)},
                "company": company,
                "figures": figures.get(number) or self._no_figures(),
                "last_order": self._told(orders[number]) if number in orders else None,
                CHAT_LINKS: chat_links[number],
            }
            for number, person, company in known
        }

    def _lists(self, connection: sa.Connection, numbers: Sequence[int]) -> Mapping[int, dict[str, list[str]]]:
        found: dict[int, dict[str, list[str]]] = {number: {"tags": [], "groups": []} for number in numbers}
        for name, pairs in (("tags", stored.tags), ("groups", stored.groups)):
            for number, word in pairs(connection, numbers):
                found[number][name].append(word)
        return found

    def _figures(self, numbers: Sequence[int], today: date) -> Mapping[int, Mapping[str, object]]:
        evaluator = self._evaluator()
        calendar = Calendar(today, ZoneInfo(self._organisation.time_zone))
        with evaluator.snapshot(calendar):  # brings the figures up to date
            table = evaluator.figures(np.array(numbers, np.uint32), _FIGURES)
        return {row["number"]: self._figures_of(row) for row in table.to_pylist()}

    def _figures_of(self, row: Mapping[str, Any]) -> Mapping[str, object]:
        return {
            **{name: int(row[name]) for name in _COUNTS},
            "revenue": _money(int(row["revenue"]), self._organisation.currency),
            "first_purchase": _moment(row["first_purchase_at"]),
            "last_purchase": _moment(row["last_purchase_at"]),
        }

    def _no_figures(self) -> Mapping[str, object]:
        """Of somebody whom the engine does not know yet."""
        nothing = {name: None if name.endswith("_at") else 0 for name in _FIGURES}
        return self._figures_of(nothing)

    def _told(self, order: stored.NewestOrder) -> Mapping[str, object]:
        return {
            "ordered_at": order.ordered_at,
            "total": _money(order.total, order.currency),
            "titles": list(order.titles) or None,
        }


def _money(minor: int, currency: str) -> Money:
    return Money(Decimal(minor).scaleb(-get_currency_precision(currency)), currency)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else _EPOCH + timedelta(seconds=int(seconds))
