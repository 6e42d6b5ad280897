"""How the providers sign their calls. Every comparison takes the same time, whatever is wrong."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from hub import Rejected, WebhookRequest
from hub_sms.settings import SignatureMethod

_PORTS = {"https": 443, "http": 80}
_LONGEST_AGE = 300.0
"""Seconds after which a call of seven's counts as old; what its own library demands."""


def by_token(request: WebhookRequest, label: str, token: SecretStr | None) -> None:
    """Look for the secret word in the address, where a provider signs nothing.

    Raises:
        Rejected: it is missing or wrong, or nothing at all was set to tell who calls.
    """
    if token is None:
        raise Rejected(
            f"nobody can tell whether {label} calls: set webhook_secret, or webhook_token if it signs nothing"
        )
    given = parse_qs(urlsplit(request.url).query).get("token", [""])[0]
    if not _same(given, token.get_secret_value()):
        raise Rejected(f"the token in the address is missing or wrong; {label} did not call")


def twilio(request: WebhookRequest, token: SecretStr) -> None:
    """HMAC with SHA-1 over the address and the form's sorted fields; over the address alone for other bodies.

    Whether the address has the usual port in it is not the same everywhere, so both count. A body that is no form
    is signed by its SHA-256 in the address.

    Raises:
        Rejected: the signature is missing or wrong.
    """
    given = request.headers.get("x-twilio-signature", "")
    body_hash = parse_qs(urlsplit(request.url).query).get("bodySHA256", [""])[0]
    signed = ""
    if body_hash:
        if not _same(hashlib.sha256(request.body).hexdigest(), body_hash.lower()):
            raise Rejected("the body is not the one that Twilio signed")
    else:
        fields = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        signed = "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    key = token.get_secret_value().encode()
    expected = [
        base64.b64encode(hmac.new(key, (url + signed).encode(), hashlib.sha1).digest()).decode()
        for url in _spellings(request.url)
    ]
    if not any(_same(given, one) for one in expected):
        raise Rejected(
            "the X-Twilio-Signature is missing or wrong; Twilio did not call, or auth_token has changed"
        )


def _spellings(url: str) -> Iterator[str]:
    """An address as it is, without a port, and with the usual one."""
    yield url
    scheme, _, rest = url.partition("://")
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    place, after = rest[:end], rest[end:]
    host, _, port = place.rpartition(":")
    if host and port.isdigit():
        yield f"{scheme}://{host}{after}"
    elif scheme in _PORTS:
        yield f"{scheme}://{place}:{_PORTS[scheme]}{after}"


def json_web_token(request: WebhookRequest, secret: SecretStr) -> Mapping[str, Any]:
    """What GatewayAPI signed: the claims of the token (JWT, HS256) in its header.

    Only the claims are signed, so they stand for the body.

    Raises:
        Rejected: the token is missing, wrong, or of another algorithm.
    """
    wrong = Rejected(
        "the X-Gwapi-Signature is missing or wrong; GatewayAPI did not call, or webhook_secret has changed"
    )
    header, _, rest = request.headers.get("x-gwapi-signature", "").strip().partition(".")
    claims, _, signature = rest.partition(".")
    key = secret.get_secret_value().encode()
    expected = hmac.new(key, f"{header}.{claims}".encode("utf-8", "replace"), hashlib.sha256).digest()
    try:
        read_header, read_claims = json.loads(_decoded(header)), json.loads(_decoded(claims))
        given = _decoded(signature)
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(read_header, dict) or read_header.get("alg") != "HS256" or not isinstance(read_claims, dict):
        raise wrong
    if not hmac.compare_digest(given, expected):
        raise wrong
    return read_claims


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("not base64url") from None


def seven(request: WebhookRequest, secret: SecretStr, now: datetime) -> None:
    """HMAC with SHA-256 over time, nonce, method, address and the body's MD5, each in a line of its own.

    Raises:
        Rejected: the signature is missing, wrong or older than five minutes.
    """
    stamp, nonce, given = (request.headers.get(name, "") for name in ("x-timestamp", "x-nonce", "x-signature"))
    body = hashlib.md5(request.body, usedforsecurity=False).hexdigest()
    signed = "\n".join((stamp, nonce, request.method.upper(), request.url, body))
    expected = hmac.new(secret.get_secret_value().encode(), signed.encode(), hashlib.sha256).hexdigest()
    if not nonce or not _same(given.lower(), expected):
        raise Rejected("the X-Signature is missing or wrong; seven did not call, or webhook_secret has changed")
    if not stamp.isdecimal() or abs(now.timestamp() - int(stamp[:12])) > _LONGEST_AGE:
        raise Rejected("the call is older than five minutes, or this machine's clock is wrong")


def vonage(fields: Mapping[str, str], secret: SecretStr, method: SignatureMethod) -> None:
    """A digest over the sorted parameters, in which & and = became _; it is a parameter itself, ``sig``.

    Raises:
        Rejected: it is missing or wrong.
    """
    signed = "".join(
        f"&{name}={fields[name].replace('&', '_').replace('=', '_')}" for name in sorted(fields) if name != "sig"
    )
    key = secret.get_secret_value()
    if method is SignatureMethod.MD5_HASH:
        expected = hashlib.md5((signed + key).encode(), usedforsecurity=False).hexdigest()
    else:
        expected = hmac.new(key.encode(), signed.encode(), method.value).hexdigest()
    if not _same(fields.get("sig", "").lower(), expected):
        raise Rejected(
            "sig is missing or wrong; Vonage did not call, or webhook_secret or signature_method is not its own"
        )


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))
