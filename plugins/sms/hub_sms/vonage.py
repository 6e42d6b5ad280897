"""Vonage: one form per message, and failures inside answers that say 200."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

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
from hub_sms.calls import parameters, wrote
from hub_sms.gateway import UNSUBSCRIBED, Gateway, Outgoing, Verdict
from hub_sms.settings import SignatureMethod, SmsSettings
from hub_sms.wire import Answer, Key, Wire

_SUCCESS = "0"
_UNAUTHORISED = 401
_LONGEST_REFERENCE = 100

_VERDICTS: Mapping[str, Verdict] = MappingProxyType(
    {
        "1": Verdict(TryAgain, "takes no more just now"),
        "2": Verdict(Rejected, "misses something in the message"),
        "3": Verdict(Rejected, "does not take the number or the text"),
        "4": Verdict(NotAuthorised, "refuses api_key and api_secret; enter new ones"),
        "5": Verdict(FateUnknown, "failed while it had the message"),
        "6": Verdict(Rejected, "does not send to numbers that begin like this one"),
        "7": Verdict(Rejected, "has this number on its list of those who get nothing", Refusal.UNSUBSCRIBED),
        "8": Verdict(SettingsError, "suspended the account; ask its support"),
        "9": Verdict(SettingsError, "has no credit left; top up the account"),
        "10": Verdict(TryAgain, "has too many connections open with this account"),
        "11": Verdict(SettingsError, "has the SMS interface switched off for the account; ask its support"),
        "12": Verdict(Rejected, "says the text is too long"),
        "14": Verdict(NotAuthorised, "demands signed messages; allow the API secret in its settings"),
        "15": Verdict(SettingsError, "does not take this sender here; correct sender"),
        "22": Verdict(Rejected, "does not know this number's carrier"),
        "23": Verdict(SettingsError, "does not take webhook_url; correct it"),
        "29": Verdict(Rejected, "sends from a trial account only to numbers that were entered there"),
        "32": Verdict(
            NotAuthorised, "demands either a signature or the API secret; allow the secret in its settings"
        ),
        "33": Verdict(Rejected, "says that this number is switched off", Refusal.ADDRESS),
    }
)
_FATES: Mapping[str, tuple[Fate, str]] = MappingProxyType(
    {
        "buffered": (Fate.QUEUED, ""),
        "accepted": (Fate.SENT, ""),
        "delivered": (Fate.DELIVERED, ""),
        "expired": (Fate.FAILED, "it could not be delivered in time"),
        "failed": (Fate.FAILED, "the carrier could not deliver it"),
        "rejected": (Fate.FAILED, "the carrier refused it"),
    }
)
_WHY: Mapping[str, str] = MappingProxyType(
    {
        "2": "the phone is switched off or out of reach",
        "3": "the number is no longer in use",
        "4": "the recipient's carrier bars the number",
        "6": "the carrier took it for unwanted and filtered it",
        "7": "the phone was busy",
        "9": UNSUBSCRIBED,
        "12": "the number can't be reached",
    }
)
_FOR_GOOD = frozenset({"3", "4", "9"})
"""Codes after which Vonage says to take a number off the list."""


class Vonage(Gateway):
    """The SMS interface."""

    label = "Vonage"
    usual_rate = 30.0

    def __init__(self, settings: SmsSettings, context: Context) -> None:
        super().__init__(settings, context)
        assert settings.api_key is not None
        assert settings.api_secret is not None
        key = Key.basic(settings.api_key, settings.api_secret)
        self._wire = Wire(context, self.label, settings.address, key, settings.timeout)

    def check(self) -> None:
        """Ask for the balance."""
        answer = self._wire.ask("/account/get-balance")
        if not answer.is_good:
            raise self._refused(answer)

    def send(self, message: Outgoing) -> Receipt:
        """Post one message. A long one is several to Vonage; the first stands for all."""
        fields = {
            "from": self.settings.sender.removeprefix("+"),
            "to": message.digits,
            "text": message.text,
            "type": "unicode" if message.measure.alphabet == UCS else "text",
            "client-ref": message.id[:_LONGEST_REFERENCE],
        }
        if callback := self.callback(is_signed=self.settings.webhook_secret is not None):
            fields["callback"] = callback
        answer = self._wire.hand_over("/sms/json", data=fields)
        if not answer.is_good:
            raise self._refused(answer)
        parts = _parts(answer)
        taken = [part for part in parts if str(part.get("status")) == _SUCCESS]
        refused = [part for part in parts if str(part.get("status")) != _SUCCESS]
        if taken and refused:
            raise FateUnknown(
                f"Vonage took {len(taken)} of {len(parts)} parts of a message; look there whether it arrived"
            )
        if refused:
            raise self.refusal(refused[0].get("status"), _VERDICTS)
        reference = taken[0].get("message-id") if taken else None
        if not reference:
            raise FateUnknown("Vonage took a message and did not say under which number; look there")
        return Receipt(Delivery.QUEUED, str(reference), len(taken))

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """Understand a delivery receipt or an incoming message, in its address, a form or JSON."""
        fields = parameters(request)
        if self.settings.webhook_secret is not None:
            method = self.settings.signature_method or SignatureMethod.MD5_HASH
            signatures.vonage(fields, self.settings.webhook_secret, method)
        else:
            signatures.by_token(request, self.label, self.settings.webhook_token)
        at = _moment(fields.get("message-timestamp", ""), self.context.clock())
        if "text" in fields:
            return WebhookAnswer(wrote(fields.get("msisdn", ""), fields["text"], at))
        fate, reason = _FATES.get(fields.get("status", ""), (None, ""))
        if fate is None or not fields.get("messageId"):
            return self.not_understood()
        code = fields.get("err-code", "")
        if fate is not Fate.FAILED:
            return WebhookAnswer([FateReport(fields["messageId"], fate, at)])
        is_gone = code == "3"
        report = FateReport(
            fields["messageId"],
            Fate.BOUNCED if is_gone else fate,
            at,
            _WHY.get(code, reason),
            for_good=code in _FOR_GOOD,
        )
        return WebhookAnswer([report])

    def _refused(self, answer: Answer) -> HubError:
        return self.refusal("4" if answer.status == _UNAUTHORISED else answer.status, _VERDICTS)


def _parts(answer: Answer) -> list[Mapping[str, Any]]:
    listed = answer.value.get("messages") if isinstance(answer.value, dict) else None
    return [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []


def _moment(written: str, now: datetime) -> datetime:
    try:
        return min(datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC), now)
    except ValueError:
        return now
