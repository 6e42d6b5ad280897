"""The Facebook server: the token, the allowance, the calls, and a way to look inside."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace as changed
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hub.testing.platforms.facebook import nodes, uploads
from hub.testing.platforms.facebook.calls import Call, parameters_of
from hub.testing.platforms.facebook.errors import GraphError, expired, invalid, malformed_token, throttled
from hub.testing.platforms.facebook.inspecting import inspect
from hub.testing.platforms.facebook.state import Account, Row, Token
from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.server import LoopbackServer

_VERSION = re.compile(r"/v\d+\.\d+(/.*)?")

Handler = Callable[[Call], Reply]


class FacebookServer(LoopbackServer):
    """An ad account on loopback; ``url`` is what a client takes as its base.

    Attributes:
        account: what it holds, and knobs for how it behaves.
        on_call: called with ``METHOD /path`` before each request is answered; may change the account's state in
            the middle of whatever a client is doing.
    """

    def __init__(self, token: str, account: str, secret: str | None = None, port: int = 0) -> None:
        super().__init__(port)
        self.account = Account(Token(token), account, secret)
        self.on_call: Callable[[str], None] = lambda line: None

    def people(self, audience: str) -> list[Row]:
        """The rows of everyone in an audience."""
        with self.account.lock:
            return self.account.audiences[audience].people.rows()

    def respond(self, request: Request, busy: int) -> Reply:
        """Answer as the Graph does; ``/__…`` is for tests in other processes: see ``inspect``."""
        with self.account.lock:
            if request.path.startswith("/__"):
                return inspect(request, self.account, self.faults, len(self.requests))
            self.on_call(f"{request.method} {request.path}")
            try:
                reply = self._answer(request)
            except GraphError as error:
                reply = error.reply()
            return changed(reply, headers={**reply.headers, **self._usage()})

    def _answer(self, request: Request) -> Reply:
        below = _VERSION.fullmatch(request.path)
        if below is None:
            raise GraphError(2500, "Unknown path components")
        parameters = parameters_of(request)
        self._recognise(request, parameters)
        if self.account.regain_minutes:
            raise throttled()
        method = str(parameters.pop("method", request.method)).upper()
        if "batch" in parameters and method == "POST":
            return self._batch(parameters["batch"])
        return self._perform(method, below[1] or "", parameters)

    def _recognise(self, request: Request, parameters: dict[str, Any]) -> None:
        """Check the token, from the header or the parameters, and the proof of the app's secret."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        token = value if scheme in ("Bearer", "OAuth") else str(parameters.pop("access_token", ""))
        if not token:
            raise GraphError(104, "An access token is required to request this resource.", status=400)
        if not hmac.compare_digest(token.encode(), self.account.token.text.encode()):
            raise malformed_token()
        if self.account.token.is_expired:
            raise expired()
        proof = str(parameters.pop("appsecret_proof", ""))
        if self.account.secret is not None:
            known = hmac.new(self.account.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            if not proof:
                raise GraphError(100, "API calls from the server require an appsecret_proof argument")
            if not hmac.compare_digest(proof, known):
                raise GraphError(100, "Invalid appsecret_proof provided in the API argument")

    def _perform(self, method: str, path: str, parameters: Mapping[str, Any]) -> Reply:
        call = Call(self.account, method, tuple(part for part in path.split("/") if part), parameters)
        handler = _find(call)
        if handler is None:
            raise nodes.unsupported(call)
        return handler(call)

    def _batch(self, stated: Any) -> Reply:
        try:
            requests = json.loads(stated) if isinstance(stated, str) else stated
        except ValueError:
            raise invalid("batch must be valid JSON") from None
        if not isinstance(requests, list) or len(requests) > 50:
            raise invalid("batch must have at most 50 requests")
        return Reply.of([self._one_of_batch(one) for one in requests])

    def _one_of_batch(self, request: Mapping[str, str]) -> dict[str, Any]:
        target = urlsplit(request["relative_url"])
        parameters = dict(parse_qsl(target.query)) | dict(parse_qsl(request.get("body", "")))
        try:
            reply = self._perform(request["method"], target.path, parameters)
        except GraphError as error:
            reply = error.reply()
        return {"code": reply.status, "body": reply.body.decode()}

    def _usage(self) -> dict[str, str]:
        entry = {
            "type": "custom_audience",
            "call_count": 100 if self.account.regain_minutes else self.account.calls_used,
            "total_cputime": 1,
            "total_time": 3,
            "estimated_time_to_regain_access": self.account.regain_minutes,
        }
        return {"x-business-use-case-usage": json.dumps({self.account.id: [entry]})}


def _find(call: Call) -> Handler | None:
    if call.parts == ("debug_token",):
        return nodes.debug_token if call.method == "GET" else None
    if call.parts[:1] == (f"act_{call.account.id}",):
        known: dict[tuple[str, ...], Handler] = {
            ("GET",): nodes.account,
            ("GET", "customaudiences"): nodes.audiences,
            ("POST", "customaudiences"): nodes.create,
        }
    else:
        known = {
            ("GET",): nodes.audience,
            ("DELETE",): nodes.delete,
            ("POST", "users"): uploads.users,
            ("DELETE", "users"): uploads.users,
            ("POST", "usersreplace"): uploads.replace,
            ("GET", "sessions"): uploads.sessions,
        }
    return known.get((call.method, *call.parts[1:])) if call.parts else None
