"""Reads back who unsubscribed or bounced in Mailchimp, oldest change first, a page at a time.

Unsubscribed contacts are asked for by when they unsubscribed, since anything else that changes about them, the
hub's own updates included, would tell of them again as if it had just happened. Bounces can only be asked for by
when the contact changed.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Self

from hub import Departure, DepartureReason, Departures
from hub_mailchimp.api import Api, path
from hub_mailchimp.subscribing import audience_is_gone

_PAGE = 1000
"""The most rows Mailchimp gives at once."""
_REPEATED = 20
"""Rows of a page that are asked for once more with the next where pages are counted off: some may have gone."""
_OVERLAP = timedelta(hours=1)
"""Each reading begins so long before the end of the last: clocks differ, and some changes show late."""
_SECOND = timedelta(seconds=1)
_FIELDS = ("id", "status", "unsubscribe_reason", "last_changed")
_COMPLAINT = re.compile(r"abuse|spam|complain", re.IGNORECASE)


@dataclass(frozen=True)
class Position:
    """How far an audience was read; what the cursor holds. Moments are ISO 8601 in UTC."""

    list_id: str
    unsubscribed: str | None = None
    """Of all who unsubscribed before, it was told."""
    began: str | None = None
    """When the reading began that is under way; it was not told of all who unsubscribed since the last one."""
    changed: str | None = None
    """Of these, it was told of those who changed last before this."""
    cleaned: str | None = None
    """Of all who bounced and changed last before this, it was told."""

    def encode(self) -> str:
        """The cursor."""
        return json.dumps({name: value for name, value in asdict(self).items() if value is not None})

    @classmethod
    def decode(cls, cursor: str | None, list_id: str) -> Self:
        """Read a cursor; one of another audience, or that can't be read, is as none."""
        try:
            position = cls(**json.loads(cursor or "{}"))
            for moment in (position.unsubscribed, position.began, position.changed, position.cleaned):
                _moment(moment)
        except (ValueError, TypeError):
            return cls(list_id)
        return position if position.list_id == list_id else cls(list_id)


class Reading:
    """Reads one audience.

    Args:
        api: the account.
        list_id: the audience.
        clock: the time now, in UTC.
    """

    def __init__(self, api: Api, list_id: str, clock: Callable[[], datetime]) -> None:
        self._api = api
        self._list_id = list_id
        self._clock = clock

    def since(self, cursor: str | None) -> Iterator[Departures]:
        """Yield who left since a cursor (None: ever).

        Raises:
            NotFound: the audience is gone.
            NotAuthorised, SettingsError, TryAgain: see ``Api.call``.
        """
        reached = Position.decode(cursor, self._list_id)
        for part in (self._unsubscribed, self._cleaned):
            for found, position in part(reached):
                reached = position
                yield Departures(found, position.encode())

    def _unsubscribed(self, position: Position) -> Iterator[tuple[list[Departure], Position]]:
        position = replace(position, began=position.began or _written(self._clock()))
        last = _moment(position.unsubscribed)
        told: set[object] = set()
        for rows, reached in self._pages("unsubscribed", _moment(position.changed), _unsubscribed_since(last)):
            position = replace(position, changed=_written(reached) if reached else None)
            told.update(row.get("id") for row in rows)
            yield [self._departure(row, self._clock()) for row in rows], position
        if last is not None:
            for rows, _ in self._pages("unsubscribed", None, _unsubscribed_since(last - _OVERLAP)):
                # They did so before the last reading ended, whatever changed about them since.
                yield [self._departure(row, last) for row in rows if row.get("id") not in told], position
        yield [], replace(position, unsubscribed=position.began, began=None, changed=None)

    def _cleaned(self, position: Position) -> Iterator[tuple[list[Departure], Position]]:
        last = _moment(position.cleaned)
        for rows, reached in self._pages("cleaned", last and last - _OVERLAP, {}):
            newest = max(filter(None, (last, reached)), default=None)
            if newest is not None:  # A platform whose clock is ahead must not make the next reading miss any.
                position = replace(position, cleaned=_written(min(newest, self._clock())))
            yield [self._departure(row, self._clock()) for row in rows], position

    def _pages(
        self, status: str, since: datetime | None, query: Mapping[str, str]
    ) -> Iterator[tuple[list[Mapping[str, Any]], datetime | None]]:
        """Yield pages of contacts that changed after a moment, and after which moment to go on when they are kept.

        The next page begins with the second in which the last one ended, so that a contact that changes
        meanwhile, and so goes to the end, moves no other to a page that is read already. Pages are counted off
        only within a second, or if they come in no order.
        """
        offset, newest = 0, since
        chosen = {"fields": ",".join(f"members.{name}" for name in _FIELDS), "sort_field": "last_changed"}
        while True:
            after = {} if since is None else {"since_last_changed": _written(since)}
            rows = self._page(status, {**chosen, **query, **after, "sort_dir": "ASC", "offset": str(offset)})
            moments = [moment for row in rows if (moment := _changed(row))]
            newest = max((*moments, *filter(None, [newest])), default=None)
            if len(rows) < _PAGE:
                yield rows, newest - _SECOND if newest else None
                return
            is_sorted = len(moments) == len(rows) and all(one <= other for one, other in pairwise(moments))
            begins = moments[-1] - _SECOND if is_sorted else None
            if begins is not None and (since is None or begins > since):
                since, offset = begins, 0
            else:
                offset += _PAGE - _REPEATED
            yield rows, since

    def _page(self, status: str, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
        answer = self._api.call(
            "GET", path("lists", self._list_id, "members"), status=status, count=str(_PAGE), **query
        )
        if answer.status == 404:
            raise audience_is_gone(self._list_id)
        return answer.rows("members")

    def _departure(self, row: Mapping[str, Any], latest: datetime) -> Departure:
        return Departure(str(row.get("id")), _reason(row), min(_changed(row) or latest, latest))


def _unsubscribed_since(moment: datetime | None) -> dict[str, str]:
    return {} if moment is None else {"unsubscribed_since": _written(moment)}


def _reason(row: Mapping[str, Any]) -> DepartureReason:
    if row.get("status") == "cleaned":
        return DepartureReason.BOUNCED
    is_complaint = _COMPLAINT.search(str(row.get("unsubscribe_reason") or ""))
    return DepartureReason.COMPLAINED if is_complaint else DepartureReason.UNSUBSCRIBED


def _changed(row: Mapping[str, Any]) -> datetime | None:
    try:
        return _moment(row.get("last_changed"))
    except (ValueError, TypeError):
        return None


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
