"""The Viber server: whatever happens, it answers with HTTP status 200 and says in the body how it went."""

import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.server import LoopbackServer
from hub.testing.platforms.viber import events
from hub.testing.platforms.viber.checking import MISTAKES, message_mistake, receivers_mistake
from hub.testing.platforms.viber.inspecting import inspect
from hub.testing.platforms.viber.state import Bot, Taken

_PREFIX = "/pa/"
_TYPES = ("delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started")


class ViberServer(LoopbackServer):
    """A bot on loopback; ``url`` is what a client takes as its base.

    Attributes:
        bot: what it holds, and knobs for how Viber treats it.
    """

    def __init__(self, token: str, port: int = 0) -> None:
        super().__init__(port)
        self.bot = Bot(token)

    @property
    def url(self) -> str:
        """Where the methods are."""
        return f"{self.root}/pa"

    def tell(self, event: events.Event) -> int:
        """Let Viber know of something: its state changes, and the webhook is called, if there is one.

        Returns:
            The status the webhook answered with; 0 when there is none or it can't be reached.
        """
        bot = self.bot
        with bot.lock:
            kind = event["event"]
            if kind in ("message", "subscribed"):
                user = (event.get("sender") or event.get("user") or {})["id"]
                bot.followers.add(user)
                bot.answered(user)
            elif kind == "unsubscribed":
                bot.followers.discard(event["user_id"])
        return events.tell(bot.webhook, event, bot.token) if bot.webhook else 0

    def follow(self, url: str, user: str) -> int:
        """Let a customer follow a link into a conversation with the bot.

        Returns:
            The status the webhook answered with; 0 when the link leads to no bot, or as ``tell``.
        """
        link = urlsplit(url)
        carried = parse_qs(link.query)
        if (link.scheme, link.netloc, link.path) != ("viber", "pa", "") or carried["chatURI"] != [self.bot.uri]:
            return 0
        return self.tell(events.begun(user, self.bot.clock(), carried.get("context", [""])[0]))

    def respond(self, request: Request, busy: int) -> Reply:
        """Answer as Viber does; ``/__…`` is for tests in other processes: see ``inspect``."""
        if request.path.startswith("/__"):
            with self.bot.lock:
                return inspect(request, self.bot, self.faults, len(self.requests))
        methods: dict[str, Callable[[Mapping[str, Any], int], Mapping[str, Any]]] = {
            "send_message": self._send,
            "broadcast_message": self._broadcast,
            "get_account_info": self._describe,
            "set_webhook": self._register,
        }
        method = methods.get(request.path.removeprefix(_PREFIX))
        if request.method != "POST" or method is None or not request.path.startswith(_PREFIX):
            return Reply(404, b"<html>Not Found</html>", "text/html")
        return Reply.of(self._answer(request, method))

    def _answer(
        self, request: Request, method: Callable[[Mapping[str, Any], int], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        try:
            body = json.loads(request.body)
        except ValueError:
            return _refusal(3)
        if not isinstance(body, dict):
            return _refusal(3)
        shown = request.headers.get("x-viber-auth-token") or str(body.pop("auth_token", ""))
        if not hmac.compare_digest(shown.encode(), self.bot.token.encode()):
            return _refusal(2)
        if method == self._register:
            return method(body, len(request.body))
        with self.bot.lock:
            if self.bot.status:
                return _refusal(self.bot.status)
            return method(body, len(request.body))

    def _send(self, body: Mapping[str, Any], size: int) -> Mapping[str, Any]:
        if not self.bot.webhook:
            return _refusal(10)
        receiver = body.get("receiver")
        if not isinstance(receiver, str) or not receiver:
            return _refusal(4)
        status = message_mistake(body, size) or self.bot.reach(receiver)
        if status:
            return _refusal(status)
        token = self.bot.next_token()
        self.bot.take(_taken(body, token, receiver, is_broadcast=False))
        return {**_success(), "message_token": token, "chat_hostname": "SN-CHAT-01_", "billing_status": 1}

    def _broadcast(self, body: Mapping[str, Any], size: int) -> Mapping[str, Any]:
        if not self.bot.webhook:
            return _refusal(10)
        if not self.bot.may_broadcast:
            return _refusal(19)
        receivers = body.get("broadcast_list")
        status = message_mistake(body, size) or receivers_mistake(receivers)
        if status:
            return _refusal(status)
        if not self.bot.may_begin_broadcast():
            return _refusal(12)
        assert isinstance(receivers, list)
        token, failed = self.bot.next_token(), []
        for receiver in receivers:
            status = self.bot.reach(receiver)
            if status:
                failed.append({"receiver": receiver, **_refusal(status)})
            else:
                self.bot.take(_taken(body, token, receiver, is_broadcast=True))
        return {**_success(), "message_token": token, "failed_list": failed}

    def _describe(self, body: Mapping[str, Any], size: int) -> Mapping[str, Any]:
        return {
            **_success(),
            "id": "pa:75346594275468546724",
            "name": "Theatre",
            "uri": self.bot.uri,
            "webhook": self.bot.webhook,
            "event_types": list(self.bot.event_types),
            "subscribers_count": len(self.bot.followers),
        }

    def _register(self, body: Mapping[str, Any], size: int) -> Mapping[str, Any]:
        address, wanted = body.get("url"), body.get("event_types", list(_TYPES))
        if not isinstance(address, str):
            return _refusal(4)
        is_loopback = address.startswith("http://127.0.0.1:")
        if address and not (address.startswith("https://") or is_loopback):
            return _refusal(1)
        if is_loopback and events.tell(address, events.registered(self.bot.clock()), self.bot.token) != 200:
            return _refusal(1)
        self.bot.webhook = address
        self.bot.event_types = tuple(wanted)
        return {**_success(), "event_types": list(wanted)}


def _taken(body: Mapping[str, Any], token: int, receiver: str, *, is_broadcast: bool) -> Taken:
    text = str(body["text"])
    if is_broadcast:
        text = text.replace("replace_me_with_receiver_id", receiver).replace("replace_me_with_user_name", "Ada")
    return Taken(token, receiver, text, body["sender"]["name"], str(body.get("tracking_data", "")), is_broadcast)


def _success() -> Mapping[str, Any]:
    return {"status": 0, "status_message": "ok"}


def _refusal(status: int) -> Mapping[str, Any]:
    return {"status": status, "status_message": MISTAKES.get(status, "general")}
