"""Requests to a provider, and what an answer means before anybody has read it."""

import base64
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr

from hub import Context, FateUnknown, HubError, NotAuthorised, SettingsError, TryAgain

_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_UNAUTHORISED, _NOT_FOUND, _TOO_MANY, _UNAVAILABLE = 401, 404, 429, 503


@dataclass(frozen=True)
class Answer:
    """What a provider answered, in JSON."""

    status: int
    value: Any

    @property
    def is_good(self) -> bool:
        """Whether the status says success. Some providers say so on failures, too."""
        return 200 <= self.status < 300


class Key(httpx.Auth):
    """Puts credentials into a header at the last moment; until then they are masked."""

    def __init__(self, header: str, form: str, *secrets: SecretStr) -> None:
        self._header, self._form, self._secrets = header, form, secrets

    @classmethod
    def basic(cls, user: SecretStr, password: SecretStr) -> "Key":
        """User and password as of RFC 7617."""
        return cls("Authorization", "Basic", user, password)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header."""
        value = ":".join(secret.get_secret_value() for secret in self._secrets)
        if self._form == "Basic":
            value = f"Basic {base64.b64encode(value.encode()).decode()}"
        request.headers[self._header] = value
        yield request


class Wire:
    """The way to one provider.

    Nothing that a provider writes is repeated in an error: it may hold the recipient's number.
    """

    def __init__(self, context: Context, label: str, address: str, auth: httpx.Auth, timeout: float) -> None:
        self._http = context.http
        self._label = label
        self._address = address
        self._auth = auth
        self._timeout = httpx.Timeout(timeout, connect=min(timeout, 10.0))

    def hand_over(self, path: str, *, data: Mapping[str, str] | None = None, json: object | None = None) -> Answer:
        """Post a message or several; returns what was answered in JSON.

        Raises:
            TryAgain: certainly nothing was taken.
            FateUnknown: the provider may have taken them.
            NotAuthorised, SettingsError: nothing can be sent.
        """
        try:
            response = self._request("POST", path, data=data, json=json)
        except _UNSENT as error:
            fault: HubError = TryAgain(f"{self._label} can't be reached ({type(error).__name__})")
        except httpx.RequestError as error:
            fault = FateUnknown(
                f"{self._label} was lost after a message went out and before its answer "
                f"({type(error).__name__}); look there to learn whether it was taken"
            )
        else:
            return self._judged(response, FateUnknown)
        # Raised out here, where httpx's error with the request and its headers is no longer its context.
        raise fault

    def ask(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """Get something, which changes nothing.

        Raises:
            TryAgain: there was no answer, or none that can be used.
            NotAuthorised, SettingsError: as ``hand_over``.
        """
        try:
            response = self._request("GET", path, params=params)
        except httpx.RequestError as error:
            fault = TryAgain(f"{self._label} can't be reached ({type(error).__name__})")
        else:
            return self._judged(response, TryAgain)
        raise fault

    def _request(self, method: str, path: str, **content: Any) -> httpx.Response:
        return self._http.request(
            method,
            self._address + path,
            auth=self._auth,
            timeout=self._timeout,
            follow_redirects=False,
            headers={"Accept": "application/json"},
            **content,
        )

    def _judged(self, response: httpx.Response, unclear: type[TryAgain | FateUnknown]) -> Answer:
        status = response.status_code
        if status in (_TOO_MANY, _UNAVAILABLE):
            raise TryAgain(f"{self._label} takes no more just now ({status})", after=_asked(response))
        if status >= 500:
            raise unclear(f"{self._label} failed with {status}")
        if 300 <= status < 400:
            raise SettingsError(f"{self._label} is not at this address ({status}); correct base_url")
        try:
            return Answer(status, response.json())
        except (ValueError, RecursionError):
            raise self._without_json(status, unclear) from None

    def _without_json(self, status: int, unclear: type[TryAgain | FateUnknown]) -> HubError:
        if status < 300:
            return unclear(f"{self._label} answered with {status} and something that can't be read")
        if status == _UNAUTHORISED:
            return NotAuthorised(f"{self._label} refuses the credentials; enter new ones")
        if status == _NOT_FOUND:
            return SettingsError(f"{self._label} is not at this address; correct base_url")
        return TryAgain(f"something in front of {self._label} refused the request ({status})")


def _asked(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value[:9]) if value.isascii() and value.isdigit() else None
