"""Twilio on loopback: Programmable Messaging of 2010-04-01."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.sms.counting import is_gsm, parts
from hub.testing.platforms.sms.phones import FORM, Call, Kept, form_of, is_number, is_sender
from hub.testing.platforms.sms.server import SmsServer

_LONGEST = 1600
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")


class TwilioServer(SmsServer):
    """One account; ``url`` is the interface's address.

    Attributes:
        numbers: the account's own numbers, as senders.
        status: the account's.
    """

    def __init__(self, account_sid: str, auth_token: str, port: int = 0) -> None:
        super().__init__(port)
        self._sid, self._token = account_sid, auth_token
        self.numbers = {"+15005550006"}
        self.status = "active"

    def serve(self, request: Request) -> Reply:
        """Answer as Twilio does."""
        expected = base64.b64encode(f"{self._sid}:{self._token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return _error(401, 20003, "Authenticate")
        account = f"/2010-04-01/Accounts/{self._sid}"
        match request.method, request.path.removeprefix(account):
            case "GET", ".json":
                return Reply.of({"sid": self._sid, "status": self.status, "type": "Full"})
            case "POST", "/Messages.json":
                return self._take(request)
            case "GET", path if found := re.fullmatch(r"/Messages/(\w+)\.json", path):
                kept = self.phones.named(found[1])
                return Reply.of(self._shown(kept)) if kept else _error(404, 20404, "not found")
        return _error(404, 20404, f"The requested resource {request.path} was not found")

    def report(self, kept: Kept, status: str, code: str = "", url: str = "") -> Call:
        """A status callback, after the message has come so far."""
        kept.status, kept.code = status, code
        fields = {
            "MessageSid": kept.reference, "SmsSid": kept.reference, "MessageStatus": status, "SmsStatus": status,
            "To": kept.to, "From": kept.sender, "AccountSid": self._sid, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        return self._call(url or kept.callback, fields | ({"ErrorCode": code} if code else {}))

    def answer(self, url: str, number: str, text: str, kind: str = "") -> Call:
        """A message from a phone; ``kind`` is what advanced opt-out made of it."""
        fields = {
            "MessageSid": "SM" + "e" * 32, "SmsStatus": "received", "AccountSid": self._sid, "From": number,
            "To": "+15005550006", "Body": text, "NumSegments": "1", "NumMedia": "0",
        }  # fmt: skip
        return self._call(url, fields | ({"OptOutType": kind} if kind else {}))

    def _take(self, request: Request) -> Reply:
        fields = form_of(request) or {}
        to, text, sender = fields.get("To", ""), fields.get("Body", ""), fields.get("From", "")
        service, callback = fields.get("MessagingServiceSid", ""), fields.get("StatusCallback", "")
        wrong = self._wrong(to, text, sender, service, callback)
        if wrong is not None:
            return _error(400, *wrong)
        reference = f"SM{len(self.phones.messages) + 1:032x}"
        is_unicode = not is_gsm(text)
        kept = Kept(reference, to, sender or service, text, parts(text, unicode=is_unicode), callback)
        kept.status = "accepted" if service else "queued"
        self.phones.messages.append(kept)
        return Reply.of(self._shown(kept), 201)

    def _wrong(self, to: str, text: str, sender: str, service: str, callback: str) -> tuple[int, str] | None:
        if not to.startswith("+") or not is_number(to[1:]) or self.phones.is_unknown(to):
            return 21211, f"The 'To' number {to} is not a valid phone number."
        if not text:
            return 21602, "Message body is required."
        if len(text) > _LONGEST:
            return 21617, "The concatenated message body exceeds the 1600 character limit."
        if not sender and not service:
            return 21603, "A 'From' phone number is required."
        if service and not _SERVICE.fullmatch(service):
            return 21701, "The Messaging Service does not exist."
        is_name = not sender.isdecimal() and is_sender(sender, 15)
        if sender and sender not in self.numbers and not is_name:
            return 21606, f"The 'From' phone number {sender} is not a valid, SMS-capable phone number."
        if callback and (not urlsplit(callback).hostname or "_" in str(urlsplit(callback).hostname)):
            return 21609, "The 'StatusCallback' URL is not a valid URL."
        if to in self.phones.unsubscribed:
            return 21610, f"Attempt to send to unsubscribed recipient {to}"
        return None

    def _shown(self, kept: Kept) -> dict[str, Any]:
        return {
            "sid": kept.reference, "account_sid": self._sid, "to": kept.to, "from": kept.sender,
            "body": kept.text, "status": kept.status, "error_code": int(kept.code) if kept.code else None,
            "num_segments": "0" if kept.sender.startswith("MG") else str(kept.parts), "price": None,
            "date_updated": format_datetime(datetime.now(UTC)),
        }  # fmt: skip

    def _call(self, url: str, fields: dict[str, str]) -> Call:
        signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        digest = hmac.new(self._token.encode(), signed.encode(), hashlib.sha1).digest()
        headers = {"Content-Type": FORM, "X-Twilio-Signature": base64.b64encode(digest).decode()}
        return Call("POST", url, headers, urlencode(fields).encode())


def _error(status: int, code: int, message: str) -> Reply:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Reply.of({"code": code, "message": message, "more_info": more, "status": status}, status)
