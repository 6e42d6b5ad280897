"""What the four servers share: their phones, and ways to look in and stir from outside the process."""

import json
from abc import abstractmethod
from dataclasses import asdict
from typing import Any

from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.server import LoopbackServer
from hub.testing.platforms.sms.phones import Call, Kept, Phones

_INSIDE = "/__"
_CALLS = "POST /[^_]"
"""What a fault from outside is meant for, unless it says."""


class SmsServer(LoopbackServer):
    """One account of one provider; ``url`` is the interface's address.

    Attributes:
        phones: the messages and the people.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.phones = Phones()

    @abstractmethod
    def serve(self, request: Request) -> Reply:
        """Answer as the provider does. ``phones`` are locked meanwhile."""

    @abstractmethod
    def report(self, kept: Kept, status: str, code: str = "", url: str = "") -> Call:
        """A call that tells how far a message has come; to the message's own address if ``url`` is empty."""

    @abstractmethod
    def answer(self, url: str, number: str, text: str) -> Call:
        """A call that tells of a message from a phone."""

    def respond(self, request: Request, busy: int) -> Reply:
        """Answer a request."""
        if request.path.startswith(_INSIDE):
            return self._inside(request)
        with self.phones.lock:
            return self.serve(request)

    def _inside(self, request: Request) -> Reply:
        """``GET /__messages``; ``POST /__report``, ``/__answer``, ``/__phones`` and ``/__faults`` with JSON."""
        given: dict[str, Any] = json.loads(request.body) if request.body else {}
        match request.method, request.path.removeprefix(_INSIDE):
            case "GET", "messages":
                with self.phones.lock:
                    return Reply.of([asdict(kept) for kept in self.phones.messages])
            case "POST", "report":
                kept = self.phones.named(given.pop("reference"))
                if kept is None:
                    return Reply.of({}, 404)
                return Reply.of({"answered": self.report(kept, **given).place()})
            case "POST", "answer":
                return Reply.of({"answered": self.answer(**given).place()})
            case "POST", "phones":
                with self.phones.lock:
                    self.phones.unsubscribed |= set(given.get("unsubscribed", ()))
                    self.phones.unknown |= set(given.get("unknown", ()))
                    self.phones.has_credit = given.get("has_credit", self.phones.has_credit)
                return Reply.of({})
            case "POST", "faults":
                self.faults.add(_fault(given), times=given.get("times", 1))
                return Reply.of({})
        return Reply.of({}, 404)


def _fault(given: dict[str, Any]) -> Fault:
    if "status" in given:
        page, on = given.get("page"), given.get("on", _CALLS)
        return Fault.html(given["status"], page, on) if page else Fault.bodyless(given["status"], on)
    return Fault(
        delay=given.get("delay", 0.0),
        truncate=given.get("truncate", False),
        reset=given.get("reset", ""),
        on=given.get("on", _CALLS),
    )
