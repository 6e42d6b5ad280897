"""Listings of the REST API v3: one request each, with the keys only ever in the header."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from hub import TryAgain
from hub_woocommerce.answers import Page, rows_of
from hub_woocommerce.settings import WooCommerceSettings

PER_PAGE = 100
"""The most rows WooCommerce gives at once."""


class Api:
    """The interface of one shop."""

    def __init__(self, http: httpx.Client, settings: WooCommerceSettings, clock: Callable[[], datetime]) -> None:
        self._http = http
        self._settings = settings
        self._clock = clock
        self._timeout = httpx.Timeout(settings.timeout, connect=min(settings.timeout, 10.0))

    def page(self, resource: str, **query: str) -> Page:
        """Read one page of a listing.

        Args:
            resource: such as ``orders``.
            query: parameters, beside the size of the page.

        Raises:
            NotAuthorised, SettingsError, TryAgain: see ``answers.rows_of``; TryAgain also when nothing comes back.
        """
        response = self._send(resource, {"per_page": str(PER_PAGE), **query})
        headers = response.headers
        rows = rows_of(
            response.status_code,
            self._without_keys(response.text),
            headers.get("Location", ""),
            headers.get("Retry-After", ""),
        )
        return Page(rows, _number(headers, "X-WP-Total"), _number(headers, "X-WP-TotalPages"), self._time(headers))

    def _send(self, resource: str, query: dict[str, str]) -> httpx.Response:
        url = f"{self._settings.interface}/{resource}"
        fault = ""
        try:
            auth = httpx.BasicAuth(*self._keys())
            return self._http.get(url, params=query, auth=auth, timeout=self._timeout, follow_redirects=False)
        except httpx.TimeoutException:
            fault = "The shop did not answer in time"
        except (httpx.TransportError, httpx.DecodingError) as error:
            fault = f"The shop can't be reached ({type(error).__name__})"
        # Raised out here, where httpx's error with the request and its headers is no longer its context.
        raise TryAgain(fault)

    def _keys(self) -> tuple[str, str]:
        return self._settings.consumer_key.get_secret_value(), self._settings.consumer_secret.get_secret_value()

    def _without_keys(self, text: str) -> str:
        """The keys blotted out, should the shop repeat them."""
        key, secret = self._keys()
        for word in (key, secret, b64encode(f"{key}:{secret}".encode()).decode()):
            text = text.replace(word, "***") if word else text
        return text

    def _time(self, headers: httpx.Headers) -> datetime:
        try:
            told = parsedate_to_datetime(headers.get("Date", ""))
        except ValueError:
            return self._clock()
        return told if told.tzinfo else told.replace(tzinfo=UTC)


def _number(headers: httpx.Headers, name: str) -> int | None:
    value = headers.get(name, "")
    return int(value) if value.isascii() and value.isdigit() else None
