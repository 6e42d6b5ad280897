"""Calls of the Marketing API: one request each, with the key only ever in the header."""

import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_random_exponential

from hub import Context, TryAgain
from hub_mailchimp.answers import Answer, is_throttled, judge
from hub_mailchimp.settings import Account, account_name, find_base_url

_USER = "hub"
"""Mailchimp takes any user name."""
_PAGE = 1000
"""The most rows Mailchimp gives at once."""
CONNECTIONS = 8
"""Mailchimp refuses more than 10 at once; two are left to other programs that use the account."""
_ATTEMPTS = 4
"""At a request that is throttled by a 403, which the hub's client does not repeat."""


def path(*parts: str) -> str:
    """A path below the base URL, each part quoted."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


class Api:
    """The interface of one account.

    Every request holds one of the account's connections, which it shares with all other syncs and sources of it.

    Args:
        settings: which account, and how long to wait.
        context: the component's.
        sleep: waits for seconds.
    """

    def __init__(self, settings: Account, context: Context, sleep: Callable[[float], None] = time.sleep) -> None:
        self._http = context.http
        self._base_url = find_base_url(settings)
        self._key = settings.api_key
        self._timeout = httpx.Timeout(settings.timeout, connect=min(settings.timeout, 10.0))
        self._account = account_name(settings)
        self._connection = context.connection
        self._retrying = Retrying(
            retry=retry_if_result(lambda response: is_throttled(response.status_code, response.text)),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_random_exponential(multiplier=1, max=20),
            sleep=sleep,
            retry_error_callback=_last,
        )

    def call(self, method: str, path: str, body: Any = None, **query: str) -> Answer:
        """Send a request and judge what comes back.

        Args:
            method: the HTTP method.
            path: below the base URL, quoted.
            body: sent as JSON unless None.
            query: parameters.

        Raises:
            NotAuthorised, SettingsError, TryAgain: see ``judge``; TryAgain also when nothing comes back.
        """
        auth = httpx.BasicAuth(_USER, self._key.get_secret_value())
        response: httpx.Response = self._retrying(
            self._send, method, self._base_url + path, auth=auth, json=body, params=query
        )
        return self.judge(response.status_code, response.text, response.headers.get("Retry-After"))

    def judge(self, status: int, text: str, retry_after: str | None = None) -> Answer:
        """As ``answers.judge``, with the key blotted out should the other side repeat it."""
        text = self._without_key(text)
        return judge(status, text, retry_after)

    def pages(self, path: str, name: str, **query: str) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of a listing, page by page; a 404 yields nothing."""
        offset = 0
        while True:
            answer = self.call("GET", path, **query, count=str(_PAGE), offset=str(offset))
            if answer.status == 404:
                return
            rows = answer.rows(name)
            yield from rows
            offset += _PAGE
            if len(rows) < _PAGE:
                return

    def download(self, url: str) -> bytes:
        """Fetch the results of a batch from their short-lived address, which must not get the key.

        Raises:
            TryAgain: it can't be had, or the address is not a safe one.
        """
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.netloc != urlsplit(self._base_url).netloc:
            raise TryAgain("Mailchimp gave no usable address for the results of a batch")
        response = self._send("GET", url, auth=None)
        if response.status_code != 200:
            raise TryAgain(f"the results of a batch can't be fetched (HTTP status {response.status_code})")
        return response.content

    def _without_key(self, text: str) -> str:
        key = self._key.get_secret_value()
        for secret in (key, b64encode(f"{_USER}:{key}".encode()).decode()):
            text = text.replace(secret, "***") if secret else text
        return text

    def _send(self, method: str, url: str, **options: Any) -> httpx.Response:
        fault = ""
        try:
            with self._connection(self._account, CONNECTIONS):
                return self._http.request(method, url, timeout=self._timeout, follow_redirects=False, **options)
        except httpx.TimeoutException:
            fault = "Mailchimp did not answer in time"
        except (httpx.TransportError, httpx.DecodingError) as error:
            fault = f"Mailchimp can't be reached ({type(error).__name__})"
        # Raised out here, where httpx's error with the request and its headers is no longer its context.
        raise TryAgain(fault)


def _last(state: RetryCallState) -> httpx.Response:
    """The answer to the last attempt, for the caller to judge."""
    assert state.outcome is not None
    response: httpx.Response = state.outcome.result()
    return response
