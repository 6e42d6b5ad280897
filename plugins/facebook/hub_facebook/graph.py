"""Calls of the Marketing API by way of Meta's SDK, with an eye on the allowance."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from hub import Context, TryAgain
from hub_facebook.rows import Json, compact
from hub_facebook.settings import FacebookSettings
from hub_facebook.wire import Session

_PAGE = 200


class Graph:
    """The Graph as one token sees it.

    Attributes:
        clock: the time now, in UTC.
    """

    def __init__(self, context: Context, settings: FacebookSettings) -> None:
        from facebook_business.api import FacebookAdsApi  # here: who does not use the sink need not wait for it

        # Not FacebookAdsApi.init(): that would be global, and report crashes of the hub to Meta.
        self._session = Session(context, settings)
        self._api = FacebookAdsApi(self._session, api_version=settings.api_version)
        self.clock = context.clock
        self._not_before: datetime | None = None

    def call(self, method: str, *path: str, **parameters: Any) -> Mapping[str, Any]:
        """Send a request; returns the object that came back.

        Args:
            method: GET, POST or DELETE.
            path: a node and perhaps one of its edges.
            parameters: go in the address for GET and otherwise as JSON in the body.

        Raises:
            NotAuthorised, SettingsError, Refused, TryAgain: see ``judging.judge``.
        """
        body = self._call(method, path, parameters)
        if not isinstance(body, dict):
            raise TryAgain("Meta's answer is not an object, so nothing is known of the request")
        return body

    def batch(self, requests: list[dict[str, str]]) -> list[Any]:
        """Send several requests as one, so that what they ask stands in the body; returns their answers.

        Raises:
            NotAuthorised, SettingsError, Refused, TryAgain: see ``judging.judge``.
        """
        body = self._call("POST", (), {"batch": requests, "include_headers": False})
        if not isinstance(body, list):
            raise TryAgain("Meta's answer is not a list, so nothing is known of the requests")
        return body

    def wait_for_room(self) -> None:
        """Called before a piece of work: puts it off while Meta's allowance is nearly used up.

        Raises:
            TryAgain: it is; ``after`` says for how long.
        """
        if self._not_before is None:
            return
        left = (self._not_before - self.clock()).total_seconds()
        if left > 0:
            raise TryAgain("Meta's allowance of calls is nearly used up", after=left)
        self._not_before = None

    def pages(self, *path: str, fields: str) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of an edge, page by page.

        Raises:
            TryAgain: an answer has no rows, so it is not what was asked for.
        """
        query: dict[str, Any] = {"fields": fields, "limit": _PAGE}
        while True:
            body = self.call("GET", *path, **query)
            yield from rows_of(body)
            paging = body.get("paging")
            if not isinstance(paging, dict) or "next" not in paging or not isinstance(paging.get("cursors"), dict):
                return
            query["after"] = paging["cursors"].get("after")

    def _call(self, method: str, path: tuple[str, ...], parameters: Mapping[str, Any]) -> Any:
        if method != "GET":
            # Texts go through the SDK as they are; an upload's rows are not written down twice.
            parameters = {name: _written(value) for name, value in parameters.items()}
        try:
            return self._api.call(method, path, params=parameters).json()
        finally:
            pause = self._session.requests.usage.pause
            self._not_before = self.clock() + timedelta(seconds=pause) if pause else None


def rows_of(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rows of an edge's answer.

    Raises:
        TryAgain: it has none, so it is not what was asked for.
    """
    rows = body.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TryAgain("Meta's answer has no rows, so nothing is known of the request")
    return rows


def _written(value: Any) -> str:
    return value if isinstance(value, Json) else compact(value)
