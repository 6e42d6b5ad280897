"""seven on loopback: failures come with the status 200."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.sms.counting import is_gsm, parts
from hub.testing.platforms.sms.phones import Call, Kept, form_of, is_number, is_sender
from hub.testing.platforms.sms.server import SmsServer

_LONGEST = 1520
_LOCK = 180.0
"""Seconds within which the same text is not taken for the same number."""


class SevenServer(SmsServer):
    """One account; ``url`` is the interface's address.

    Attributes:
        clock: seconds since 1970.
    """

    def __init__(
        self, api_key: str, webhook_secret: str = "", port: int = 0, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(port)
        self._key, self._secret = api_key, webhook_secret
        self.clock = clock
        self._last: dict[tuple[str, str], float] = {}

    def serve(self, request: Request) -> Reply:
        """Answer as seven does."""
        if request.headers.get("x-api-key") != self._key:
            return Reply(200, b"900", "text/plain")
        match request.method, request.path:
            case "GET", "/api/balance":
                return Reply.of({"amount": 593.994, "currency": "EUR"})
            case "POST", "/api/sms":
                return self._take(form_of(request) or {})
            case "GET", "/api/status":
                asked = request.query.get("msg_id", "").split(",")
                found = [kept for kept in map(self.phones.named, asked) if kept]
                if not found:
                    return Reply(200, b"901", "text/plain")
                return Reply.of([_shown(kept) for kept in found])
        return Reply(404, b"<h1>Not Found</h1>", "text/html")

    def report(self, kept: Kept, status: str, code: str = "", url: str = "") -> Call:
        """A delivery report, after the message has come so far. Where to stands in the account: give ``url``."""
        kept.status = status
        return self._call(url, "dlr", {"msg_id": kept.reference, "status": status, "timestamp": _day()})

    def answer(self, url: str, number: str, text: str) -> Call:
        """A message from a phone."""
        data = {
            "id": "681590", "message_type": "SMS", "sender": number[1:], "system": "491771783130", "text": text,
            "time": str(int(self.clock())),
        }  # fmt: skip
        return self._call(url, "sms_mo", data)

    def _take(self, fields: dict[str, str]) -> Reply:
        to, text, sender = fields.get("to", ""), fields.get("text", ""), fields.get("from", "")
        code = self._code(to, text, sender, fields)
        if code != "100":
            return (
                Reply.of({"success": code})
                if fields.get("json") == "1"
                else Reply(200, code.encode(), "text/plain")
            )
        if f"+{to}" in self.phones.unsubscribed:
            refused = {"id": None, "success": False, "error": "202", "error_text": f"no SMS to {to}", "parts": 1}
            return Reply.of({"success": "101", "total_price": 0, "messages": [refused]})
        self._last[(to, text)] = self.clock()
        is_unicode = fields.get("unicode") == "1" or not is_gsm(text)
        kept = Kept(
            str(77_000_000 + len(self.phones.messages)), f"+{to}", sender, text, parts(text, unicode=is_unicode)
        )
        kept.own_reference = fields.get("foreign_id", "")
        self.phones.messages.append(kept)
        sent = {
            "id": kept.reference, "sender": sender, "recipient": to, "text": text, "success": True,
            "encoding": "ucs2" if is_unicode else "gsm", "parts": kept.parts, "price": 0.075, "error": None,
            "error_text": None,
        }  # fmt: skip
        return Reply.of({"success": "100", "total_price": 0.075, "balance": 593.9, "messages": [sent]})

    def _code(self, to: str, text: str, sender: str, fields: dict[str, str]) -> str:
        if not text:
            return "305"
        if len(text) > _LONGEST:
            return "401"
        if not is_sender(sender, 16):
            return "306"
        if not is_number(to) or self.phones.is_unknown(f"+{to}"):
            return "202"
        if not self.phones.has_credit:
            return "500"
        last = self._last.get((to, text))
        if fields.get("no_reload") != "1" and last is not None and self.clock() - last < _LOCK:
            return "402"
        return "100"

    def _call(self, url: str, event: str, data: dict[str, Any]) -> Call:
        body = json.dumps({"webhook_event": event, "webhook_timestamp": _day(), "data": data}).encode()
        headers = {"Content-Type": "application/json"}
        if self._secret:
            stamp, nonce = str(int(self.clock())), "0123456789abcdef"
            digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
            signed = f"{stamp}\n{nonce}\nPOST\n{url}\n{digest}"
            signature = hmac.new(self._secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
            headers |= {"X-Timestamp": stamp, "X-Nonce": nonce, "X-Signature": signature}
        return Call("POST", url, headers, body)


def _day() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")


def _shown(kept: Kept) -> dict[str, str]:
    return {"id": kept.reference, "status": kept.status or "TRANSMITTED", "status_time": _day()}
