"""The Messenger server: the token, the Page's messages, and what Meta tells its webhook."""

import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.messenger import events
from hub.testing.platforms.messenger.errors import GraphError, expired, invalid, malformed_token, throttled
from hub.testing.platforms.messenger.inspecting import inspect
from hub.testing.platforms.messenger.sending import send
from hub.testing.platforms.messenger.state import Page
from hub.testing.platforms.server import LoopbackServer

_PATH = re.compile(r"/v\d+\.\d+/([^/]+)(/messages)?")
_REF = re.compile(r"[A-Za-z0-9+/=\-.:_]{0,2083}")


class MessengerServer(LoopbackServer):
    """A Page on loopback; ``url`` is what a client takes as its base.

    Attributes:
        page: what it holds, and knobs for how Meta treats it.
    """

    def __init__(self, page: str, token: str, secret: str, verify_token: str = "", port: int = 0) -> None:
        super().__init__(port)
        self.page = Page(page, token, secret, verify_token)

    def set_webhook(self, address: str) -> bool:
        """Ask a webhook whether it is there, and use it if it is."""
        if not events.confirm(address, self.page.verify_token):
            return False
        self.page.webhook = address
        return True

    def tell(self, *items: events.Item) -> int:
        """Let the Page know of something: its state changes, and the webhook is called, if there is one.

        Returns:
            The status the webhook answered with; 0 when there is none or it can't be reached.
        """
        page = self.page
        with page.lock:
            for item in items:
                sender = str(item["sender"]["id"])
                if sender != page.id and item.keys() & {"message", "postback", "referral", "optin"}:
                    page.heard[sender] = page.clock()
        return events.tell(page.webhook, page.id, items, page.secret) if page.webhook else 0

    def follow(self, url: str, customer: str) -> int:
        """Let a customer follow a link into a conversation with the Page, and press the first button if it is new.

        Returns:
            The status the webhook answered with; 0 when the link leads to no Page, or as ``tell``.
        """
        link, page = urlsplit(url), self.page
        ref = "".join(parse_qs(link.query, keep_blank_values=True).get("ref", []))
        if (link.netloc, link.path) != ("m.me", f"/{page.id}") or not _REF.fullmatch(ref):
            return 0
        kind = events.followed_link if customer in page.heard else events.began
        return self.tell(kind(page.id, customer, page.clock(), ref))

    def respond(self, request: Request, busy: int) -> Reply:
        """Answer as the Graph does; ``/__…`` is for tests in other processes: see ``inspect``."""
        with self.page.lock:
            if request.path.startswith("/__"):
                return inspect(request, self.page, self.faults, len(self.requests))
            try:
                return self._answer(request)
            except GraphError as error:
                usage = {"type": "messenger", "estimated_time_to_regain_access": self.page.regain_minutes}
                reply = error.reply()
                headers = {"x-business-use-case-usage": json.dumps({self.page.id: [usage]})}
                return Reply(reply.status, reply.body, reply.content_type, headers)

    def _answer(self, request: Request) -> Reply:
        path = _PATH.fullmatch(request.path)
        if path is None:
            raise GraphError(2500, "Unknown path components")
        parameters = _parameters(request)
        self._recognise(request, parameters)
        if path[1] not in ("me", self.page.id):
            raise GraphError(100, f"Unsupported request. Object with ID '{path[1]}' does not exist", 33)
        if self.page.regain_minutes:
            raise throttled()
        if path[2]:
            if request.method != "POST":
                raise GraphError(100, "Unsupported get request.", 33)
            return send(self.page, parameters)
        return Reply.of({"id": self.page.id})

    def _recognise(self, request: Request, parameters: dict[str, Any]) -> None:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        token = value if scheme in ("Bearer", "OAuth") else str(parameters.pop("access_token", ""))
        if not hmac.compare_digest(token.encode(), self.page.token.encode()):
            raise malformed_token()
        if self.page.is_expired:
            raise expired()
        proof = str(parameters.pop("appsecret_proof", ""))
        known = hmac.new(self.page.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if self.page.needs_proof and not proof:
            raise invalid("API calls from the server require an appsecret_proof argument")
        if proof and not hmac.compare_digest(proof.encode(), known.encode()):
            raise invalid("Invalid appsecret_proof provided in the API argument")


def _parameters(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = dict(request.query)
    if not request.body:
        return found
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object")
    return found | body
