"""GatewayAPI on loopback: the REST interface."""

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any

from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.sms.counting import as_gsm, parts
from hub.testing.platforms.sms.phones import Call, Kept, is_number, is_sender
from hub.testing.platforms.sms.server import SmsServer

_MOST_RECIPIENTS = 10_000
_ENCODINGS = ("UTF8", "UCS2")


class GatewayApiServer(SmsServer):
    """One account; ``url`` is the interface's address."""

    def __init__(self, token: str, webhook_secret: str = "", port: int = 0) -> None:
        super().__init__(port)
        self._token, self._secret = token, webhook_secret

    def serve(self, request: Request) -> Reply:
        """Answer as GatewayAPI does."""
        expected = base64.b64encode(f"{self._token}:".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return _error(401, "0x0229", "Invalid token")
        match request.method, request.path:
            case "GET", "/rest/me":
                return Reply.of({"credit": 1234.56, "currency": "EUR", "id": 1})
            case "POST", "/rest/mtsms":
                return self._take(request)
            case "GET", path if found := re.fullmatch(r"/rest/mtsms/(\d+)", path):
                kept = self.phones.named(found[1])
                # A message can be read only after it was sent.
                return Reply.of([_shown(kept)]) if kept and kept.status else Reply.of({}, 404)
        return Reply(404, b"<h1>Not Found</h1>", "text/html")

    def report(self, kept: Kept, status: str, code: str = "", url: str = "") -> Call:
        """A status notification, after the message has come so far."""
        kept.status, kept.code = status, code
        told = {
            "id": int(kept.reference), "msisdn": int(kept.to[1:]), "time": int(time.time()), "status": status,
            "error": "An error" if code else None, "code": code or None, "userref": kept.own_reference,
        }  # fmt: skip
        return self._call(url or kept.callback, told)

    def answer(self, url: str, number: str, text: str) -> Call:
        """A message from a phone."""
        told = {
            "id": 1000001, "msisdn": int(number[1:]), "receiver": 451204, "message": text,
            "senttime": int(time.time()), "webhook_label": "test",
        }  # fmt: skip
        return self._call(url, told)

    def _take(self, request: Request) -> Reply:
        try:
            root = json.loads(request.body)
        except ValueError:
            return _error(422, "0x0308", "Invalid JSON")
        messages = root if isinstance(root, list) else [root]
        for message in messages:
            wrong = self._wrong(message)
            if wrong is not None:
                return _error(*wrong)
        return Reply.of(
            {
                "ids": [self._keep(message) for message in messages],
                "usage": {"countries": {"DK": len(messages)}, "currency": "EUR", "total_cost": 0.1},
            }
        )

    def _wrong(self, message: Any) -> tuple[int, str, str] | None:
        if not isinstance(message, dict) or not isinstance(message.get("message"), str) or not message["message"]:
            return 422, "0x0222", "Missing required parameter message"
        recipients = message.get("recipients")
        if not isinstance(recipients, list) or not 1 <= len(recipients) <= _MOST_RECIPIENTS:
            return 422, "0x0222", "Missing required parameter recipients"
        numbers = [one.get("msisdn") if isinstance(one, dict) else None for one in recipients]
        if not all(isinstance(number, int) and is_number(str(number)) for number in numbers):
            return 422, "0x0308", f"Invalid msisdn in {numbers}"
        if len(set(numbers)) < len(numbers):
            return 422, "0x0310", "A message contains the same recipient more than once."
        if any(self.phones.is_unknown(f"+{number}") for number in numbers):
            return 400, "0x0308", f"Invalid msisdn in {numbers}"
        if any(f"+{number}" in self.phones.unsubscribed for number in numbers):
            return 422, "0x0215", f"MSISDN {numbers} blacklisted"
        if not is_sender(str(message.get("sender", "")), 15) or message.get("encoding", "UTF8") not in _ENCODINGS:
            return 422, "0x0308", "Invalid sender or encoding"
        if not self.phones.has_credit:
            return 403, "0x0216", "Insufficient credit"
        return None

    def _keep(self, message: dict[str, Any]) -> int:
        """One id for a message, whatever its recipients."""
        identity = 421_000_000 + len(self.phones.messages)
        is_unicode = message.get("encoding") == "UCS2"
        text = message["message"] if is_unicode else as_gsm(message["message"])
        for recipient in message["recipients"]:
            self.phones.messages.append(
                Kept(
                    str(identity),
                    f"+{recipient['msisdn']}",
                    message["sender"],
                    text,
                    parts(text, unicode=is_unicode),
                    message.get("callback_url", ""),
                    message.get("userref", ""),
                )
            )
        return identity

    def _call(self, url: str, told: dict[str, Any]) -> Call:
        body = json.dumps(told).encode()
        headers = {"Content-Type": "application/json"}
        if self._secret:
            head = _encoded(b'{"typ":"JWT","alg":"HS256"}') + "." + _encoded(body)
            digest = hmac.new(self._secret.encode(), head.encode(), hashlib.sha256).digest()
            headers["X-Gwapi-Signature"] = f"{head}.{_encoded(digest)}"
        return Call("POST", url, headers, body)


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _shown(kept: Kept) -> dict[str, Any]:
    recipient = {
        "msisdn": int(kept.to[1:]), "country": "DK", "csms": kept.parts, "dsnstatus": kept.status,
        "dsntime": time.time(), "dsnerror": None, "dsnerrorcode": kept.code or None,
    }  # fmt: skip
    return {"id": int(kept.reference), "message": kept.text, "sender": kept.sender, "recipients": [recipient]}


def _error(status: int, code: str, message: str) -> Reply:
    uuid = "d8127429-fa0c-4316-b1f2-e610c3958f43"
    return Reply.of({"code": code, "incident_uuid": uuid, "message": message}, status)
