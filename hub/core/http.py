"""The one HTTP client the hub hands to components: time-outs, patient repetition, and no secret in a log."""

import logging
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from tenacity import RetryCallState, Retrying, stop_after_attempt, wait_random_exponential

_log = logging.getLogger(__name__)

_BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers that say nothing about the request itself: it may succeed a little later."""

_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""Faults before the first byte of the request went out."""

_HOPELESS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
"""Faults of the request itself."""


def client(
    *,
    repeatable: bool,
    connect_timeout: float = 10.0,
    read_timeout: float = 120.0,
    attempts: int = 5,
    longest_wait: float = 60.0,
    proxy: str | None = None,
    certificates: ssl.SSLContext | None = None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> httpx.Client:
    """Make a client.

    Neither proxies nor passwords are taken from the environment (``HTTPS_PROXY``, ``.netrc``): personal data
    goes only where the settings say, and a password only to the platform it was entered for. Redirects are not
    followed, for the same reason.

    A request that never left is repeated in any case. What else is repeated, only when ``repeatable``: broken
    connections, time-outs while waiting, and the answers 429, 500, 502, 503 and 504. After the last attempt
    the answer is returned, or the error raised, as it is.

    Args:
        repeatable: whether sending the same request twice does no harm. Answers are then read whole before
            they are returned, since one that breaks off in the middle is asked for again.
        connect_timeout: seconds to wait for a connection.
        read_timeout: seconds to wait for the next bytes of an answer, or for bytes to be taken.
        attempts: how often to send a request at most.
        longest_wait: seconds to wait at most before another attempt. If the platform asks for more
            (``Retry-After``) its answer is returned at once: the hub as a whole had better come back later.
        proxy: address of a proxy, if one must be used.
        certificates: which certificates to trust; those of the usual authorities if None.
        sleep: waits for seconds; for tests.
        clock: the time now, against which a date in ``Retry-After`` is read; for tests.
    """
    _keep_quiet()
    transport = RetryingTransport(
        httpx.HTTPTransport(proxy=proxy, verify=certificates or True, trust_env=False),
        repeatable=repeatable,
        attempts=attempts,
        longest_wait=longest_wait,
        sleep=sleep,
        clock=clock,
    )
    timeout = httpx.Timeout(read_timeout, connect=connect_timeout)
    return httpx.Client(
        transport=transport, timeout=timeout, trust_env=False, headers={"User-Agent": "audience-hub"}
    )


class RetryingTransport(httpx.BaseTransport):
    """Repeats a request through another transport, as ``client`` describes."""

    def __init__(
        self,
        inner: httpx.BaseTransport,
        *,
        repeatable: bool,
        attempts: int,
        longest_wait: float,
        sleep: Callable[[float], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._inner = inner
        self._repeatable = repeatable
        self._attempts = attempts
        self._longest_wait = longest_wait
        self._sleep = sleep
        self._clock = clock
        self._backoff = wait_random_exponential(multiplier=1, max=longest_wait)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request as often as it takes and is allowed."""
        # A body that comes from an iterator is gone once it was read; only bytes can be sent again.
        repeatable = self._repeatable and isinstance(request.stream, httpx.ByteStream)
        last = stop_after_attempt(self._attempts)
        retrying = Retrying(
            retry=lambda state: _worth_another(state, repeatable),
            stop=lambda state: last(state) or self._asked(state) > self._longest_wait,
            wait=lambda state: self._asked(state) or self._backoff(state),
            before_sleep=lambda state: _tell(request, state),
            sleep=self._sleep,
            retry_error_callback=lambda state: state.outcome and state.outcome.result(),
        )
        response: httpx.Response = retrying(self._send, request, whole=self._repeatable)
        return response

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _send(self, request: httpx.Request, *, whole: bool) -> httpx.Response:
        response = self._inner.handle_request(request)
        if not whole:
            return response
        try:
            body = b"".join(response.iter_raw())
        finally:
            response.close()
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=httpx.ByteStream(body),
            extensions=response.extensions,
        )

    def _asked(self, state: RetryCallState) -> float:
        """How many seconds the platform asks to wait; 0 when it does not say."""
        if state.outcome is None or state.outcome.failed:
            return 0.0
        return retry_after(state.outcome.result(), self._clock()) or 0.0


def retry_after(response: httpx.Response, now: datetime) -> float | None:
    """How many seconds an answer asks to wait (``Retry-After``, RFC 9110 section 10.2.3), or None.

    For ``TryAgain.after``. Both forms are read, seconds and a date; anything else counts as not said.
    """
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def _worth_another(state: RetryCallState, repeatable: bool) -> bool:
    assert state.outcome is not None
    error = state.outcome.exception()
    if error is None:
        return repeatable and state.outcome.result().status_code in _BUSY
    if isinstance(error, _HOPELESS) or not isinstance(error, httpx.TransportError):
        return False
    return repeatable or isinstance(error, _UNSENT)


def _tell(request: httpx.Request, state: RetryCallState) -> None:
    """Log a repetition, naming the host alone: paths, queries and headers may hold secrets or addresses."""
    assert state.outcome is not None
    error = state.outcome.exception()
    what = type(error).__name__ if error else state.outcome.result().status_code
    wait = state.next_action.sleep if state.next_action else 0.0
    _log.info(
        "%s %s: %s, attempt %d, again in %.1f s",
        request.method,
        request.url.host,
        what,
        state.attempt_number,
        wait,
    )


def _keep_quiet() -> None:
    """Stop the libraries from logging whole addresses and headers, whatever level the root has."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
