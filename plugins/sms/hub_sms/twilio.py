"""Twilio: one form per message, errors by number, calls signed with the account's token."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from hub import (
    Context,
    Delivery,
    Fate,
    FateReport,
    FateUnknown,
    HubError,
    NotAuthorised,
    Receipt,
    Refusal,
    Rejected,
    SettingsError,
    TryAgain,
    WebhookAnswer,
    WebhookRequest,
)
from hub_sms import signatures
from hub_sms.calls import form, wrote
from hub_sms.gateway import UNSUBSCRIBED, Gateway, Outgoing, Verdict
from hub_sms.settings import SmsSettings
from hub_sms.wire import Answer, Key, Wire

_REFERENCE = re.compile(r"(SM|MM)[0-9a-f]{32}")
_NOT_FOUND, _UNAUTHORISED = 404, 401
_LONGEST_SHORT_CODE, _LONGEST_NUMBER = 6, 16
"""In characters; what is longer is a number, and then a messaging service."""
_NO_SUCH = "says that this is no number that can get text messages"
_BAD_SENDER = "does not let this sender send text messages; correct sender"

_VERDICTS: Mapping[str, Verdict] = MappingProxyType(
    {
        "10001": Verdict(SettingsError, "says the account is not active; top it up, or ask its support"),
        "20003": Verdict(NotAuthorised, "refuses account_sid and auth_token; enter new ones"),
        "20005": Verdict(SettingsError, "says the account is not active; top it up, or ask its support"),
        "20404": Verdict(SettingsError, "does not know the account; correct account_sid"),
        "20429": Verdict(TryAgain, "takes no more just now"),
        "21211": Verdict(Rejected, _NO_SUCH, Refusal.ADDRESS),
        "21212": Verdict(SettingsError, _BAD_SENDER),
        "21214": Verdict(Rejected, _NO_SUCH, Refusal.ADDRESS),
        "21217": Verdict(Rejected, _NO_SUCH, Refusal.ADDRESS),
        "21408": Verdict(Rejected, "does not send to this country; allow it there under geo permissions"),
        "21602": Verdict(Rejected, "says the text is empty"),
        "21603": Verdict(SettingsError, _BAD_SENDER),
        "21606": Verdict(SettingsError, _BAD_SENDER),
        "21608": Verdict(Rejected, "sends from a trial account only to numbers that were verified"),
        "21610": Verdict(Rejected, f"does not send: {UNSUBSCRIBED}", Refusal.UNSUBSCRIBED),
        "21611": Verdict(TryAgain, "has a full queue for this sender"),
        "21612": Verdict(Rejected, "has no way from this sender to this number"),
        "21614": Verdict(Rejected, _NO_SUCH, Refusal.ADDRESS),
        "21617": Verdict(Rejected, "says the text is too long"),
        "21659": Verdict(SettingsError, _BAD_SENDER),
        "21660": Verdict(SettingsError, _BAD_SENDER),
        "21701": Verdict(SettingsError, "does not know the messaging service; correct sender"),
        "21703": Verdict(SettingsError, "has no number in the messaging service; add one there"),
        "30002": Verdict(SettingsError, "suspended the account; top it up, or ask its support"),
    }
)
_FATES: Mapping[str, Fate] = MappingProxyType(
    {
        "accepted": Fate.QUEUED, "scheduled": Fate.QUEUED, "queued": Fate.QUEUED, "sending": Fate.QUEUED,
        "sent": Fate.SENT, "delivered": Fate.DELIVERED, "read": Fate.OPENED, "undelivered": Fate.FAILED,
        "failed": Fate.FAILED, "canceled": Fate.FAILED,
    }
)  # fmt: skip
_GONE: Mapping[str, str] = MappingProxyType(
    {
        "30005": "the number does not exist or is no longer in use",
        "30006": "a landline, or a carrier that takes no text messages",
        "21211": "this is no phone number",
        "21614": "this is no mobile number",
    }
)
"""Codes after which nothing more need be sent to a number."""
_WHY: Mapping[str, str] = MappingProxyType(
    {
        "30003": "the phone is switched off or out of reach",
        "30004": "the recipient or the carrier blocks it",
        "30007": "the carrier took it for unwanted and filtered it",
        "30008": "the carrier does not say why",
        "21610": UNSUBSCRIBED,
    }
)


class Twilio(Gateway):
    """The Programmable Messaging interface of 2010-04-01."""

    label = "Twilio"

    def __init__(self, settings: SmsSettings, context: Context) -> None:
        super().__init__(settings, context)
        assert settings.account_sid is not None
        assert settings.auth_token is not None
        self._token = settings.auth_token
        self._account = f"/2010-04-01/Accounts/{settings.account_sid}"
        key = Key.basic(SecretStr(settings.account_sid), settings.auth_token)
        self._wire = Wire(context, self.label, settings.address, key, settings.timeout)

    def check(self) -> None:
        """Ask for the account; it must be active."""
        answer = self._wire.ask(f"{self._account}.json")
        if not answer.is_good:
            raise self._refused(answer)
        status = _field(answer, "status")
        if status != "active":
            raise SettingsError(f"the Twilio account is {status or 'unknown'}, not active; see to it there")

    def send(self, message: Outgoing) -> Receipt:
        """Post one message."""
        fields = {"To": f"+{message.digits}", "Body": message.text}
        fields |= self._sender
        if self.settings.webhook_url:
            fields["StatusCallback"] = self.settings.webhook_url
        answer = self._wire.hand_over(f"{self._account}/Messages.json", data=fields)
        if not answer.is_good:
            raise self._refused(answer)
        reference, parts = _field(answer, "sid"), _field(answer, "num_segments")
        if not reference:
            raise FateUnknown("Twilio took a message and did not say under which number; look there")
        if _field(answer, "status") in ("failed", "undelivered"):
            raise self.refusal(_field(answer, "error_code"), _VERDICTS)
        # A messaging service that has not chosen a number yet says 0.
        counted = int(parts) if parts.isdecimal() and int(parts) > 0 else message.measure.parts
        return Receipt(Delivery.QUEUED, reference, counted)

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """Understand a status callback or an incoming message."""
        signatures.twilio(request, self._token)
        # Only what is signed counts: with GET the address, otherwise a form.
        is_get = request.method.upper() == "GET"
        fields = form(urlsplit(request.url).query if is_get else request.body.decode("utf-8", "replace"))
        now = self.context.clock()
        status = fields.get("MessageStatus") or fields.get("SmsStatus", "")
        if "Body" in fields and status in ("", "received", "receiving"):
            stops = fields.get("OptOutType", "").upper() == "STOP"
            events = wrote(fields.get("From", ""), fields["Body"], now, stops=stops)
            return WebhookAnswer(events, body=b"<Response/>", headers={"Content-Type": "text/xml"})
        reference = fields.get("MessageSid") or fields.get("SmsSid", "")
        report = _report(reference, status, fields.get("ErrorCode", ""), now)
        return WebhookAnswer([report]) if report else self.not_understood()

    def reports(self, references: Sequence[str]) -> Iterator[FateReport]:
        """Ask for each message by itself."""
        for reference in references:
            if not _REFERENCE.fullmatch(reference):
                continue
            answer = self._wire.ask(f"{self._account}/Messages/{reference}.json")
            if answer.status == _NOT_FOUND:
                continue
            if not answer.is_good:
                raise self._refused(answer)
            at = _moment(_field(answer, "date_updated"), self.context.clock())
            report = _report(reference, _field(answer, "status"), _field(answer, "error_code"), at)
            if report:
                yield report

    @property
    def _sender(self) -> dict[str, str]:
        sender = self.settings.sender
        if len(sender) > _LONGEST_NUMBER:
            return {"MessagingServiceSid": sender}
        is_number = sender.isdecimal() and len(sender) > _LONGEST_SHORT_CODE
        return {"From": f"+{sender}" if is_number else sender}

    def _refused(self, answer: Answer) -> HubError:
        code = _field(answer, "code")
        if answer.status == _UNAUTHORISED and code not in _VERDICTS:
            code = "20003"
        return self.refusal(code, _VERDICTS)


def _report(reference: str, status: str, code: str, at: datetime) -> FateReport | None:
    fate = _FATES.get(status)
    if fate is None or not reference:
        return None
    if fate is not Fate.FAILED:
        return FateReport(reference, fate, at)
    if code in _GONE:
        return FateReport(reference, Fate.BOUNCED, at, _GONE[code], for_good=True)
    reason = "it was cancelled" if status == "canceled" else _WHY.get(code, f"Twilio's error {code or 'unknown'}")
    return FateReport(reference, fate, at, reason, for_good=reason == UNSUBSCRIBED)


def _field(answer: Answer, name: str) -> str:
    """A field as a text: Twilio writes the same number now as one, now as the other."""
    value: Any = answer.value.get(name) if isinstance(answer.value, dict) else None
    return "" if value is None else str(value)


def _moment(written: str, now: datetime) -> datetime:
    try:
        return min(parsedate_to_datetime(written).astimezone(UTC), now)
    except ValueError:
        return now
