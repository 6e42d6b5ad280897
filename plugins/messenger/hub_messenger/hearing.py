"""Understands what Meta tells of a Page's conversations, and answers when it asks whether the hub is there."""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hub import ChannelEvent, Rejected, WebhookAnswer, WebhookRequest
from hub_messenger.events import events_of
from hub_messenger.settings import MessengerSettings

_SIGNATURE = "x-hub-signature-256"


class Listener:
    """Reads Meta's calls. They are signed with the app's secret, so nobody else can make one up."""

    def __init__(self, settings: MessengerSettings, log: logging.Logger, clock: Callable[[], datetime]) -> None:
        self._page = settings.page_id
        self._secret = settings.app_secret
        self._word = settings.verify_token
        self._log = log
        self._clock = clock

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """See ``WebhookChannel.receive``."""
        if request.method == "GET":
            return self._confirm(request)
        known = hmac.new(self._secret.get_secret_value().encode(), request.body, hashlib.sha256).hexdigest()
        shown = request.headers.get(_SIGNATURE, "").strip().lower()
        if not hmac.compare_digest(f"sha256={known}".encode(), shown.encode()):
            raise Rejected("the signature of a call that claims to be Meta's is missing or wrong")
        try:
            told = json.loads(request.body)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            self._log.warning("Meta called with something that is not a JSON object")
            return WebhookAnswer()
        return WebhookAnswer(list(self._events(told)))

    def _confirm(self, request: WebhookRequest) -> WebhookAnswer:
        """Meta asks this once, when the webhook is set up."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        word = self._word.get_secret_value().encode()
        is_known = hmac.compare_digest(word, asked.get("hub.verify_token", "").encode())
        if asked.get("hub.mode") != "subscribe" or not is_known:
            raise Rejected("a question whether the webhook is there came without the right verify_token")
        return WebhookAnswer(
            body=asked.get("hub.challenge", "").encode(), headers={"Content-Type": "text/plain; charset=utf-8"}
        )

    def _events(self, told: Mapping[str, Any]) -> Iterator[ChannelEvent]:
        if told.get("object") != "page":
            self._log.info("Meta told of something that is no Page's; it is left out")
            return
        for entry in _objects(told.get("entry")):
            if str(entry.get("id")) != self._page:
                self._log.info("Meta told of another Page; it is left out")
                continue
            # What is in standby went to another app of the Page; the customer wrote all the same.
            for item in (*_objects(entry.get("messaging")), *_objects(entry.get("standby"))):
                yield from events_of(item, self._clock(), self._log)


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
