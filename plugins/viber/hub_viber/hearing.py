"""Understands what Viber tells: what became of messages, who wrote, who follows and who stopped."""

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from hub import ChannelEvent, Fate, FateReport, Heard, Rejected, StopRequest, WebhookAnswer, WebhookRequest
from hub_viber.composing import reference

_SIGNATURE = "x-viber-content-signature"
_STOPS = frozenset({"STOP", "STOPP", "ABMELDEN", "AFMELD", "UNSUBSCRIBE"})
_FATES = {"delivered": Fate.DELIVERED, "seen": Fate.OPENED, "failed": Fate.FAILED}
_SILENT = frozenset({"webhook", "client_status", "action"})
_LONGEST_REASON = 200
_DATA = re.compile(r"\S*[@\d]\S*")


class Listener:
    """Reads Viber's calls. They are signed with the bot's token, so nobody else can make one up."""

    def __init__(self, token: SecretStr, log: logging.Logger, clock: Callable[[], datetime]) -> None:
        self._token = token
        self._log = log
        self._clock = clock

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """See ``WebhookChannel.receive``."""
        known = hmac.new(self._token.get_secret_value().encode(), request.body, hashlib.sha256).hexdigest()
        shown = request.headers.get(_SIGNATURE, "").strip().lower()
        if not hmac.compare_digest(known.encode(), shown.encode()):
            raise Rejected("the signature of a call that claims to be Viber's is missing or wrong")
        try:
            told = json.loads(request.body)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            self._log.warning("Viber called with something that is not a JSON object")
            return WebhookAnswer()
        return WebhookAnswer(self._events(told))

    def _events(self, told: Mapping[str, Any]) -> Sequence[ChannelEvent]:
        kind, at = told.get("event"), self._moment(told.get("timestamp"))
        user = _user(told)
        if not isinstance(kind, str) or kind in _SILENT:
            return []
        if not user:
            self._log.warning("Viber told of an event without a customer; it is left out")
            return []
        if kind in _FATES:
            return self._fate(told, _FATES[kind], user, at)
        if kind == "unsubscribed":
            return [StopRequest(user, at)]
        if kind == "message":
            message = told.get("message")
            text = message.get("text") if isinstance(message, dict) else None
            heard: list[ChannelEvent] = [Heard(user, at)]
            return [*heard, StopRequest(user, at)] if _is_stop(text) else heard
        if kind in ("subscribed", "conversation_started"):
            context = told.get("context")
            return [Heard(user, at, context if isinstance(context, str) else "")]
        self._log.info("Viber told of an event that is not known: %s", kind[:40] if kind.isidentifier() else "?")
        return []

    def _fate(self, told: Mapping[str, Any], fate: Fate, user: str, at: datetime) -> Sequence[ChannelEvent]:
        token = told.get("message_token")
        if not token:
            self._log.warning("Viber told of a message without its token; it is left out")
            return []
        reason = str(told.get("desc") or "") if fate is Fate.FAILED else ""
        # Whatever has digits or an @ might be an address or a number.
        plain = _DATA.sub("…", reason.replace(user, "…"))[:_LONGEST_REASON]
        return [FateReport(reference(token, user), fate, at, plain)]

    def _moment(self, milliseconds: Any) -> datetime:
        """When Viber says it was; now, if it does not say, or says it is still to come."""
        now = self._clock()
        try:
            return min(datetime.fromtimestamp(milliseconds / 1000, UTC), now)
        except (TypeError, ValueError, OverflowError, OSError):
            return now


def _user(told: Mapping[str, Any]) -> str:
    """The customer's ID, wherever this kind of event has it."""
    for name in ("user", "sender"):
        person = told.get(name)
        if isinstance(person, dict) and isinstance(person.get("id"), str):
            return str(person["id"])
    user = told.get("user_id")
    return user if isinstance(user, str) else ""


def _is_stop(text: Any) -> bool:
    return isinstance(text, str) and len(text) < 40 and text.strip(" \t\r\n.!\"'„“”").upper() in _STOPS
