"""Vonage on loopback: the SMS interface, where failures come with the status 200."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.sms.counting import as_gsm, parts
from hub.testing.platforms.sms.phones import FORM, Call, Kept, form_of, is_number, is_sender
from hub.testing.platforms.sms.server import SmsServer

_LONGEST_REFERENCE = 100


class VonageServer(SmsServer):
    """One account; ``url`` is the interface's address.

    Attributes:
        throttled: how many of the next messages are too many at once.
        failing_parts: places, from 0, of parts that fail while others are taken.
        method: how calls are signed.
    """

    def __init__(
        self, api_key: str, api_secret: str, webhook_secret: str = "", method: str = "md5hash", port: int = 0
    ) -> None:
        super().__init__(port)
        self._key, self._api_secret, self._secret = api_key, api_secret, webhook_secret
        self.method = method
        self.throttled = 0
        self.failing_parts: frozenset[int] = frozenset()

    def serve(self, request: Request) -> Reply:
        """Answer as Vonage does."""
        expected = base64.b64encode(f"{self._key}:{self._api_secret}".encode()).decode()
        is_known = request.headers.get("authorization") == f"Basic {expected}"
        match request.method, request.path:
            case "GET", "/account/get-balance":
                refused = Reply.of({"error-code": "401", "error-code-label": "authentication failed"}, 401)
                return Reply.of({"value": 10.28, "autoReload": False}) if is_known else refused
            case "POST", "/sms/json":
                return self._take(form_of(request) or {}) if is_known else _failed("4", "Bad Credentials")
        return Reply(404, b"<h1>Not Found</h1>", "text/html")

    def report(self, kept: Kept, status: str, code: str = "", url: str = "", how: str = "json") -> Call:
        """A delivery receipt; ``how`` is json, form or get, as the account has it."""
        kept.status, kept.code = status, code
        fields = {
            "msisdn": kept.to[1:], "to": kept.sender, "network-code": "26201", "messageId": kept.reference,
            "price": "0.03330000", "status": status, "scts": "2001011400", "err-code": code or "0",
            "api-key": self._key, "client-ref": kept.own_reference,
        }  # fmt: skip
        return self._call(url or kept.callback, fields, how)

    def answer(self, url: str, number: str, text: str, how: str = "json") -> Call:
        """A message from a phone."""
        fields = {
            "msisdn": number[1:], "to": "447700900001", "messageId": "0A0000000123ABCD1", "text": text,
            "type": "text", "keyword": text.split(maxsplit=1)[0].upper(), "api-key": self._key,
        }  # fmt: skip
        return self._call(url, fields, how)

    def _take(self, fields: dict[str, str]) -> Reply:
        to, text, sender = fields.get("to", ""), fields.get("text", ""), fields.get("from", "")
        if self.throttled:
            self.throttled -= 1
            return _failed("1", "Throughput Rate Exceeded - please wait [ 1000 ] and retry")
        if not to or not text or not sender:
            return _failed("2", "Missing a parameter")
        if not is_number(to) or len(fields.get("client-ref", "")) > _LONGEST_REFERENCE:
            return _failed("3", f"Invalid to {to}")
        if not is_sender(sender, 15):
            return _failed("15", "Illegal Sender Address")
        if self.phones.is_unknown(f"+{to}"):
            return _failed("6", f"Unroutable message {to}")
        if f"+{to}" in self.phones.unsubscribed:
            return _failed("7", f"Number barred {to}")
        if not self.phones.has_credit:
            return _failed("9", "Quota Exceeded - rejected")
        return self._keep(to, text, sender, fields)

    def _keep(self, to: str, text: str, sender: str, fields: dict[str, str]) -> Reply:
        is_unicode = fields.get("type", "text") == "unicode"
        arrived = text if is_unicode else as_gsm(text)
        count = parts(arrived, unicode=is_unicode)
        first = f"0C00000{len(self.phones.messages):08X}"
        listed: list[dict[str, Any]] = []
        for part in range(count):
            if part in self.failing_parts:
                listed.append({"status": "5", "error-text": "Internal Error"})
            else:
                listed.append({"to": to, "message-id": f"{first}{part or ''}", "status": "0", "network": "26201"})
        self.failing_parts = frozenset()
        kept = Kept(first, f"+{to}", sender, arrived, count, fields.get("callback", ""))
        kept.own_reference = fields.get("client-ref", "")
        self.phones.messages.append(kept)
        return Reply.of({"message-count": str(count), "messages": listed})

    def _call(self, url: str, fields: dict[str, str], how: str) -> Call:
        moment = time.time()
        fields = fields | {"message-timestamp": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment))}
        if self._secret:
            fields |= {"timestamp": str(int(moment)), "nonce": "aaaaaaaa-bbbb-cccc"}
            fields["sig"] = self._signature(fields)
        if how == "get":
            return Call("GET", f"{url}{'&' if '?' in url else '?'}{urlencode(fields)}", {})
        if how == "form":
            return Call("POST", url, {"Content-Type": FORM}, urlencode(fields).encode())
        return Call("POST", url, {"Content-Type": "application/json"}, json.dumps(fields).encode())

    def _signature(self, fields: dict[str, str]) -> str:
        cleaned = str.maketrans("&=", "__")
        signed = "".join(f"&{name}={value.translate(cleaned)}" for name, value in sorted(fields.items()))
        if self.method == "md5hash":
            return hashlib.md5((signed + self._secret).encode(), usedforsecurity=False).hexdigest()
        return hmac.new(self._secret.encode(), signed.encode(), self.method).hexdigest().upper()


def _failed(status: str, text: str) -> Reply:
    return Reply.of({"message-count": "1", "messages": [{"status": status, "error-text": text}]})
