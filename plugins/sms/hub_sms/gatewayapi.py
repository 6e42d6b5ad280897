"""GatewayAPI: many messages in one request, each with one recipient and so with an id of its own."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

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
from hub_sms.alphabets import UCS
from hub_sms.calls import instant, json_object, wrote
from hub_sms.gateway import UNSUBSCRIBED, Gateway, Outgoing, Verdict
from hub_sms.settings import SmsSettings
from hub_sms.wire import Answer, Key, Wire

_NOT_FOUND, _UNAUTHORISED, _FORBIDDEN = 404, 401, 403

_VERDICTS: Mapping[str, Verdict] = MappingProxyType(
    {
        "0x0210": Verdict(NotAuthorised, "refuses api_key; enter a new one"),
        "0x0211": Verdict(NotAuthorised, "refuses api_key; enter a new one"),
        "0x0212": Verdict(NotAuthorised, "does not let this machine's address in; allow it there"),
        "0x0213": Verdict(NotAuthorised, "does not let this machine's address in; allow it there"),
        "0x0214": Verdict(Rejected, "does not take the same message to one number again so soon"),
        "0x0215": Verdict(Rejected, f"does not send: {UNSUBSCRIBED}, or is blocked there", Refusal.UNSUBSCRIBED),
        "0x0216": Verdict(SettingsError, "has no credit left; top up the account"),
        "0x0217": Verdict(Rejected, "does not send to this country; allow it there"),
        "0x021d": Verdict(SettingsError, "has text messages switched off for the account; ask its support"),
        "0x021f": Verdict(Rejected, "does not send to this carrier"),
        "0x0223": Verdict(NotAuthorised, "refuses api_key; enter a new one"),
        "0x0229": Verdict(NotAuthorised, "refuses api_key; enter a new one"),
        "0x0310": Verdict(Rejected, "found a number twice in one request"),
    }
)
_FATES: Mapping[str, tuple[Fate, str]] = MappingProxyType(
    {
        "SCHEDULED": (Fate.QUEUED, ""),
        "BUFFERED": (Fate.QUEUED, ""),
        "ENROUTE": (Fate.SENT, ""),
        "ACCEPTED": (Fate.SENT, ""),
        "DELIVERED": (Fate.DELIVERED, ""),
        "EXPIRED": (Fate.FAILED, "it could not be delivered in time"),
        "DELETED": (Fate.FAILED, "it was cancelled"),
        "UNDELIVERABLE": (Fate.BOUNCED, "the number can't be reached, and most likely does not exist"),
        "REJECTED": (Fate.FAILED, "the carrier refused it"),
        "SKIPPED": (Fate.FAILED, "the carrier's rules left it out"),
    }
)
_GONE = frozenset({"0x1010", "0x1020", "0x1060", "0x1084"})
"""Codes of a number that nobody has."""


class GatewayApi(Gateway):
    """The REST interface."""

    label = "GatewayAPI"
    largest_batch = 1000

    def __init__(self, settings: SmsSettings, context: Context) -> None:
        super().__init__(settings, context)
        assert settings.api_key is not None
        key = Key.basic(settings.api_key, SecretStr(""))
        self._wire = Wire(context, self.label, settings.address, key, settings.timeout)

    def check(self) -> None:
        """Ask for the account."""
        answer = self._wire.ask("/rest/me")
        if not answer.is_good:
            raise self._refused(answer)

    def send(self, message: Outgoing) -> Receipt:
        """Post one message."""
        return self._together([message])[0]

    def send_all(self, messages: Sequence[Outgoing]) -> Sequence[Receipt | HubError]:
        """Post all in one request. If one of them spoils it, halves are sent until it is alone."""
        results: dict[int, Receipt | HubError] = {}
        pending = [range(len(messages))] if messages else []
        while pending:
            part = pending.pop()
            try:
                results.update(zip(part, self._together([messages[at] for at in part]), strict=True))
            except Rejected as error:
                if len(part) == 1:
                    results[part[0]] = error
                    continue
                middle = len(part) // 2
                pending += [part[middle:], part[:middle]]
            except FateUnknown as error:
                results.update(dict.fromkeys(part, error))
            except HubError as error:
                if not results and not isinstance(error, TryAgain):
                    raise
                for left in (part, *pending):
                    results.update(dict.fromkeys(left, error))
                break
        return [results[at] for at in range(len(messages))]

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """Understand a status notification or an incoming message."""
        told: Mapping[str, Any] | None
        if self.settings.webhook_secret is not None:
            told = signatures.json_web_token(request, self.settings.webhook_secret)
        else:
            signatures.by_token(request, self.label, self.settings.webhook_token)
            told = json_object(request)
        now = self.context.clock()
        if told is None or "id" not in told:
            return self.not_understood()
        if "message" in told:
            at = instant(told.get("senttime"), now)
            return WebhookAnswer(
                wrote(told.get("msisdn"), told["message"], at, keyword=self.settings.keyword or "")
            )
        report = self._report(str(told["id"]), told.get("status"), told.get("code"), told.get("time"))
        return WebhookAnswer([report]) if report else self.not_understood()

    def reports(self, references: Sequence[str]) -> Iterator[FateReport]:
        """Ask for each message by itself; it can be asked for only some time after it was sent."""
        for reference in references:
            if not reference.isdecimal():
                continue
            answer = self._wire.ask(f"/rest/mtsms/{reference}")
            if answer.status == _NOT_FOUND:
                continue
            if not answer.is_good:
                raise self._refused(answer)
            for told in _recipients(answer.value)[:1]:
                report = self._report(
                    reference, told.get("dsnstatus"), told.get("dsnerrorcode"), told.get("dsntime")
                )
                if report:
                    yield report

    def _together(self, messages: Sequence[Outgoing]) -> list[Receipt]:
        answer = self._wire.hand_over("/rest/mtsms", json=[self._written(message) for message in messages])
        if not answer.is_good:
            raise self._refused(answer)
        ids = answer.value.get("ids") if isinstance(answer.value, dict) else None
        if not isinstance(ids, list) or len(ids) != len(messages):
            raise FateUnknown("GatewayAPI took messages and did not say under which numbers; look there")
        return [
            Receipt(Delivery.QUEUED, str(one), message.measure.parts)
            for one, message in zip(ids, messages, strict=True)
        ]

    def _written(self, message: Outgoing) -> dict[str, object]:
        written: dict[str, object] = {
            "sender": self.settings.sender.removeprefix("+"),
            "message": message.text,
            # Left to itself it would take any text for GSM-7 and lose all other letters.
            "encoding": "UCS2" if message.measure.alphabet == UCS else "UTF8",
            "recipients": [{"msisdn": int(message.digits)}],
            "userref": message.id,
        }
        if callback := self.callback(is_signed=self.settings.webhook_secret is not None):
            written["callback_url"] = callback
        return written

    def _report(self, reference: str, status: object, code: object, seconds: object) -> FateReport | None:
        fate, reason = _FATES.get(str(status).upper(), (None, ""))
        if fate is None:
            return None
        known = str(code).lower() if code else ""
        if reason and known:
            reason = f"{reason} ({known[:10]})"
        at = instant(seconds, self.context.clock())
        is_gone = known in _GONE and fate in (Fate.BOUNCED, Fate.FAILED)
        return FateReport(reference, Fate.BOUNCED if is_gone else fate, at, reason, for_good=is_gone)

    def _refused(self, answer: Answer) -> HubError:
        code = answer.value.get("code") if isinstance(answer.value, dict) else None
        known = f"0x{str(code)[2:].lower()}" if code else ""
        if known not in _VERDICTS and answer.status in (_UNAUTHORISED, _FORBIDDEN):
            return NotAuthorised(f"GatewayAPI refuses api_key or this machine's address ({answer.status})")
        return self.refusal(known or answer.status, _VERDICTS)


def _recipients(value: Any) -> list[Mapping[str, Any]]:
    """The recipients in an answer, which is documented now as a message and now as a list of one."""
    message = value[0] if isinstance(value, list) and value else value
    found = message.get("recipients") if isinstance(message, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
