"""seven: one form per message, and failures inside answers that say 200."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

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
from hub_sms.alphabets import UCS
from hub_sms.calls import instant, json_object, wrote
from hub_sms.gateway import Gateway, Outgoing, Verdict
from hub_sms.settings import SmsSettings
from hub_sms.wire import Answer, Key, Wire

_SENT, _SENT_IN_PART = "100", "101"
_UNKNOWN = "901"
"""Said when none of the numbers asked for is one of a message."""
_UNAUTHORISED, _FORBIDDEN = 401, 403
_FOREIGN_ID = re.compile(r"[A-Za-z0-9.\-_@]+")
_AT_ONCE = 50
"""How many messages' fates are asked for at a time, so that the address stays short."""
_GERMAN = ZoneInfo("Europe/Berlin")

_VERDICTS: Mapping[str, Verdict] = MappingProxyType(
    {
        "201": Verdict(Rejected, "does not send to this country"),
        "202": Verdict(Rejected, "says that this is no phone number", Refusal.ADDRESS),
        "300": Verdict(NotAuthorised, "refuses api_key; enter a new one"),
        "301": Verdict(Rejected, "says that this is no phone number", Refusal.ADDRESS),
        "305": Verdict(Rejected, "does not take this text"),
        "306": Verdict(SettingsError, "does not take this sender; correct sender"),
        "401": Verdict(Rejected, "says the text is too long"),
        "402": Verdict(Rejected, "does not take the same text to one number again within 180 seconds"),
        "403": Verdict(Rejected, "sends no more to this number today"),
        "500": Verdict(SettingsError, "has no credit left; top up the account"),
        "600": Verdict(TryAgain, "could not hand it to the carrier"),
        "700": Verdict(FateUnknown, "does not know itself what became of it"),
        "900": Verdict(NotAuthorised, "refuses api_key; enter a new one"),
        "902": Verdict(NotAuthorised, "has the interface switched off for this key; switch it on there"),
        "903": Verdict(NotAuthorised, "does not let this machine's address in; allow it there"),
    }
)
_FATES: Mapping[str, tuple[Fate, str]] = MappingProxyType(
    {
        "BUFFERED": (Fate.QUEUED, ""),
        "TRANSMITTED": (Fate.SENT, ""),
        "ACCEPTED": (Fate.SENT, ""),
        "DELIVERED": (Fate.DELIVERED, ""),
        "NOTDELIVERED": (Fate.FAILED, "the carrier could not deliver it"),
        "EXPIRED": (Fate.FAILED, "it could not be delivered in time"),
        "REJECTED": (Fate.FAILED, "the carrier refused it"),
        "FAILED": (Fate.FAILED, "seven could not send it"),
    }
)


class Seven(Gateway):
    """The HTTP interface of seven."""

    label = "seven"

    def __init__(self, settings: SmsSettings, context: Context) -> None:
        super().__init__(settings, context)
        assert settings.api_key is not None
        self._wire = Wire(
            context, self.label, settings.address, Key("X-Api-Key", "", settings.api_key), settings.timeout
        )

    def check(self) -> None:
        """Ask for the balance."""
        answer = self._wire.ask("/api/balance")
        if not answer.is_good or not isinstance(answer.value, dict) or "amount" not in answer.value:
            raise self._refused(answer, answer.value)

    def send(self, message: Outgoing) -> Receipt:
        """Post one message."""
        fields = {
            "to": message.digits,
            "from": self.settings.sender.removeprefix("+"),
            "text": message.text,
            "json": "1",
            # The hub itself sees to it that nobody gets a message twice; two that read alike may be meant.
            "no_reload": "1",
        }
        if message.measure.alphabet == UCS:
            fields["unicode"] = "1"
        if _FOREIGN_ID.fullmatch(message.id):
            fields["foreign_id"] = message.id
        answer = self._wire.hand_over("/api/sms", data=fields)
        value = answer.value if isinstance(answer.value, dict) else {"success": answer.value}
        if not answer.is_good or str(value.get("success")) not in (_SENT, _SENT_IN_PART):
            raise self._refused(answer, value.get("success"))
        listed = value.get("messages")
        sent = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
        if sent.get("success") is False:
            raise self._refused(answer, sent.get("error"))
        if not sent.get("id"):
            raise FateUnknown("seven took a message and did not say under which number; look there")
        parts = sent.get("parts")
        return Receipt(
            Delivery.QUEUED, str(sent["id"]), parts if isinstance(parts, int) else message.measure.parts
        )

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """Understand a delivery report or an incoming message, in JSON."""
        now = self.context.clock()
        if self.settings.webhook_secret is not None:
            signatures.seven(request, self.settings.webhook_secret, now)
        else:
            signatures.by_token(request, self.label, self.settings.webhook_token)
        told = json_object(request) or {}
        data = told.get("data")
        if not isinstance(data, dict):
            return self.not_understood()
        match told.get("webhook_event"):
            case "dlr":
                report = self._report(data.get("msg_id"), data.get("status"), data.get("timestamp"))
                return WebhookAnswer([report]) if report else self.not_understood()
            case "sms_mo":
                return WebhookAnswer(
                    wrote(data.get("sender"), data.get("text", ""), _moment(data.get("time"), now))
                )
        return self.not_understood()

    def reports(self, references: Sequence[str]) -> Iterator[FateReport]:
        """Ask for some messages at a time."""
        asked = [reference for reference in references if reference.isdecimal()]
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            answer = self._wire.ask("/api/status", {"msg_id": ",".join(some)})
            if str(answer.value) == _UNKNOWN:
                continue
            listed = answer.value if isinstance(answer.value, list) else [answer.value]
            if not answer.is_good or not all(isinstance(one, dict) for one in listed):
                raise self._refused(answer, answer.value)
            for one in listed:
                report = self._report(one.get("id"), one.get("status"), one.get("status_time"))
                if report and report.reference in some:
                    yield report

    def _report(self, reference: object, status: object, written: object) -> FateReport | None:
        fate, reason = _FATES.get(str(status).upper(), (None, ""))
        if fate is None or not reference:
            return None
        return FateReport(str(reference), fate, _moment(written, self.context.clock()), reason)

    def _refused(self, answer: Answer, code: object) -> HubError:
        if str(code) not in _VERDICTS and answer.status in (_UNAUTHORISED, _FORBIDDEN):
            code = "900"
        return self.refusal(code if isinstance(code, str | int) else answer.status, _VERDICTS)


def _moment(written: Any, now: datetime) -> datetime:
    """A moment as seconds since 1970, or as a day and time in Germany."""
    try:
        local = datetime.strptime(str(written)[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=_GERMAN)
    except ValueError:
        return instant(written, now)
    return min(local.astimezone(UTC), now)
