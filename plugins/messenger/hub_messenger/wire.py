"""Carries requests to the Graph, and tells a request that never got there from one whose answer was lost."""

import hashlib
import hmac
import json
from collections.abc import Generator, Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from hub import Context, FateUnknown, HubError, TryAgain
from hub_messenger.judging import judge
from hub_messenger.settings import MessengerSettings

_NOT_HANDED_OVER = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.WriteError,
    httpx.WriteTimeout, httpx.LocalProtocolError, httpx.UnsupportedProtocol,
)  # fmt: skip
"""Faults before the last byte of a request was out: Meta can't have taken it."""


class Wire:
    """Sends requests with the token in a header; the proof of the app's secret goes in bodies and questions."""

    def __init__(self, context: Context, settings: MessengerSettings) -> None:
        self._http = context.http
        self._base = f"{settings.base_url}/{settings.api_version}"
        self._auth = _Bearer(settings.access_token)
        self._proof: dict[str, SecretStr] = {}
        if settings.appsecret_proof:
            self._proof["appsecret_proof"] = SecretStr(_proof(settings.app_secret, settings.access_token))
        self._secrets = (settings.access_token, settings.app_secret, *self._proof.values())
        self._waits = httpx.Timeout(settings.timeout, connect=min(settings.timeout, 10.0))

    def send(self, path: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """Post something.

        Raises:
            TryAgain: certainly not taken.
            FateUnknown: handed over, but no answer came back, or none of Meta's.
            NotAuthorised, SettingsError, Rejected: see ``judge``.
        """
        body = json.dumps({**value, **self._proven()}, ensure_ascii=False, separators=(",", ":")).encode()
        return self._call("POST", path, content=body, headers={"Content-Type": "application/json"})

    def ask(self, path: str, **parameters: str) -> Mapping[str, Any]:
        """Get something.

        Raises:
            TryAgain: no answer came back.
            NotAuthorised, SettingsError, Rejected: see ``judge``.
        """
        fault = ""
        try:
            return self._call("GET", path, params={**parameters, **self._proven()})
        except FateUnknown as error:
            fault = str(error).partition(";")[0]
        raise TryAgain(fault)

    def _proven(self) -> dict[str, str]:
        return {name: value.get_secret_value() for name, value in self._proof.items()}

    def _call(self, method: str, path: str, **options: Any) -> Mapping[str, Any]:
        response = self._request(method, path, **options)
        text = response.text
        # Whatever stands between here and Meta may repeat the request's headers.
        for secret in self._secrets:
            text = text.replace(secret.get_secret_value(), "***")
        told = response.headers.get
        return judge(response.status_code, text, told("x-business-use-case-usage", ""), told("Retry-After", ""))

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        fault: HubError
        try:
            return self._http.request(
                method,
                f"{self._base}/{path}",
                auth=self._auth,
                timeout=self._waits,
                follow_redirects=False,
                **options,
            )
        except _NOT_HANDED_OVER as error:
            fault = TryAgain(f"Meta can't be reached ({type(error).__name__})")
        except httpx.TimeoutException:
            fault = FateUnknown("Meta did not answer in time; the message may have been taken")
        except (httpx.TransportError, httpx.DecodingError) as error:
            fault = FateUnknown(
                f"the connection to Meta broke before its answer ({type(error).__name__}); the message may have "
                "been taken"
            )
        # Raised out here, where httpx's error with the request and its headers is no longer its context.
        raise fault


class _Bearer(httpx.Auth):
    """Puts the token into the header at the last moment; until then it is masked."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        yield request


def _proof(secret: SecretStr, token: SecretStr) -> str:
    key = secret.get_secret_value().encode()
    return hmac.new(key, token.get_secret_value().encode(), hashlib.sha256).hexdigest()
