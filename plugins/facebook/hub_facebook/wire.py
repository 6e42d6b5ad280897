"""Carries the SDK's requests over the hub's HTTP client.

Left to itself, the SDK puts the token and removals into the address, has no time-out, and takes its proxies from
the environment. Here the token goes in a header, all that changes anything goes in the body, and every answer is
judged before the SDK sees it.
"""

import hashlib
import hmac
from collections.abc import Generator, Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from hub import Context, TryAgain
from hub_facebook.judging import judge
from hub_facebook.rows import compact
from hub_facebook.settings import FacebookSettings
from hub_facebook.usage import Usage, read_usage


class Session:
    """What ``FacebookAdsApi`` asks of a session: where the Graph is, and a way to send requests."""

    def __init__(self, context: Context, settings: FacebookSettings) -> None:
        self.GRAPH = settings.base_url  # the SDK's name for it
        self.timeout = settings.timeout
        self.requests = Wire(context, settings)


class Wire:
    """Stands where the SDK has a ``requests.Session``.

    Attributes:
        usage: of the allowance, as the last answer told it.
    """

    def __init__(self, context: Context, settings: FacebookSettings) -> None:
        self.usage = Usage()
        self._http = context.http
        self._account = settings.account
        self._auth = _Bearer(settings.access_token)
        self._secrets = [settings.access_token]
        self._proof: dict[str, SecretStr] = {}
        if settings.app_secret is not None:
            proof = SecretStr(_proof(settings.app_secret, settings.access_token))
            self._proof = {"appsecret_proof": proof}
            self._secrets += [settings.app_secret, proof]

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        files: Any = None,  # the SDK passes it always; nothing here sends any
        timeout: float | None = None,
    ) -> httpx.Response:
        """Send a request; the parameters are those of ``requests.Session.request`` that the SDK uses.

        Raises:
            NotAuthorised, SettingsError, Refused, TryAgain: see ``judge``; TryAgain also when nothing comes back.
        """
        # The SDK means a removal's to be part of the address, where 10,000 are too long for any server.
        values = (data if method == "POST" else params) or {}
        proof = {name: value.get_secret_value() for name, value in self._proof.items()}
        content: dict[str, Any] = {"params": {**values, **proof}}
        if method != "GET":
            content = {"content": _body({**values, **{name: compact(value) for name, value in proof.items()}})}
            headers = {**(headers or {}), "Content-Type": "application/json"}
        waits = httpx.Timeout(timeout, connect=min(timeout or 10.0, 10.0))
        response = self._send(method, url, headers=headers, auth=self._auth, timeout=waits, **content)
        self.usage = read_usage(response.headers)
        text = self._without_secrets(response.text)
        judge(self._account, response.status_code, text, self.usage, self._asked(response))
        return response

    def _send(self, method: str, url: str, **options: Any) -> httpx.Response:
        fault = ""
        try:
            return self._http.request(method, url, follow_redirects=False, **options)
        except httpx.TimeoutException:
            fault = "Meta did not answer in time"
        except (httpx.TransportError, httpx.DecodingError) as error:
            fault = f"Meta can't be reached ({type(error).__name__})"
        # Raised out here, where httpx's error with the request and its headers is no longer its context.
        raise TryAgain(fault)

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret.get_secret_value(), "***") if secret.get_secret_value() else text
        return text

    def _asked(self, response: httpx.Response) -> float | None:
        value = response.headers.get("Retry-After", "")
        return float(value) if value.isascii() and value.isdigit() else None


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


def _body(values: Mapping[str, str]) -> bytes:
    """An object of values that are JSON already. As a form it would take longer to write than all the hashes."""
    return f"{{{','.join(f'{compact(name)}:{text}' for name, text in values.items())}}}".encode()
