"""Carries requests to Viber, and tells a request that never got there from one whose answer was lost."""

from collections.abc import Generator, Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from hub import Context, FateUnknown, HubError, TryAgain
from hub_viber.judging import judge
from hub_viber.settings import ViberSettings

_NOT_HANDED_OVER = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.WriteError,
    httpx.WriteTimeout, httpx.LocalProtocolError, httpx.UnsupportedProtocol,
)  # fmt: skip
"""Faults before the last byte of a request was out: Viber can't have taken it."""


class Wire:
    """Sends requests with the token in a header."""

    def __init__(self, context: Context, settings: ViberSettings) -> None:
        self._http = context.http
        self._base = settings.base_url
        self._token = settings.auth_token
        self._auth = _Token(settings.auth_token)
        self._waits = httpx.Timeout(settings.timeout, connect=min(settings.timeout, 10.0))

    def send(self, method: str, body: bytes) -> Mapping[str, Any]:
        """Call a method that sends messages; the answer's ``status`` is not looked at.

        Raises:
            TryAgain: certainly not taken.
            FateUnknown: handed over, but no answer came back, or none of Viber's.
            NotAuthorised, SettingsError, Rejected: see ``judge``.
        """
        response = self._post(method, body)
        # Whatever stands between here and Viber may repeat the request's headers.
        text = response.text.replace(self._token.get_secret_value(), "***")
        return judge(response.status_code, text, response.headers.get("Retry-After", ""))

    def ask(self, method: str) -> Mapping[str, Any]:
        """Call a method that changes nothing.

        Raises:
            TryAgain: no answer came back.
            NotAuthorised, SettingsError: see ``judge``.
        """
        fault = ""
        try:
            return self.send(method, b"{}")
        except FateUnknown as error:
            fault = str(error).partition(";")[0]
        raise TryAgain(fault)

    def _post(self, method: str, body: bytes) -> httpx.Response:
        fault: HubError
        try:
            return self._http.post(
                f"{self._base}/{method}",
                content=body,
                headers={"Content-Type": "application/json"},
                auth=self._auth,
                timeout=self._waits,
                follow_redirects=False,
            )
        except _NOT_HANDED_OVER as error:
            fault = TryAgain(f"Viber can't be reached ({type(error).__name__})")
        except httpx.TimeoutException:
            fault = FateUnknown("Viber did not answer in time; the message may have been taken")
        except (httpx.TransportError, httpx.DecodingError) as error:
            fault = FateUnknown(
                f"the connection to Viber broke before its answer ({type(error).__name__}); the message may have "
                "been taken"
            )
        # Raised out here, where httpx's error with the request and its headers is no longer its context.
        raise fault


class _Token(httpx.Auth):
    """Puts the token into its header at the last moment; until then it is masked."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["X-Viber-Auth-Token"] = self._token.get_secret_value()
        yield request
