"""Faults on demand: what a platform, or the way to it, can do wrong instead of answering properly."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hub.testing.platforms.messages import HTML, PROBLEM, Reply, Request


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    A fault either answers by itself (``reply``), or spoils the proper answer: later (``delay``), cut
    in mid-body (``truncate``), or not at all (``reset``).
    """

    reply: Reply | None = None
    delay: float = 0.0
    """Seconds to wait before anything else happens."""
    truncate: bool = False
    """Apply the request, promise the whole answer, send half of its body and hang up."""
    reset: str = ""
    """``before``: hang up without applying the request. ``after``: apply it, then hang up."""
    on: str = ""
    """Regular expression that ``METHOD /path`` must contain; empty: any request."""

    @classmethod
    def problem(cls, status: int, detail: str = "Something is wrong.", on: str = "") -> "Fault":
        """An error with a problem+json body."""
        return cls(Reply.of({"status": status, "title": "Fault", "detail": detail}, status, PROBLEM), on=on)

    @classmethod
    def bodyless(cls, status: int, on: str = "", headers: Mapping[str, str] | None = None) -> "Fault":
        """An error status and nothing else, as gateways answer when they throttle."""
        return cls(Reply(status, b"", "text/plain", headers or {}), on=on)

    @classmethod
    def html(cls, status: int, text: str = "Request Blocked", on: str = "") -> "Fault":
        """An error page for people, from something in between."""
        page = f"<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
        return cls(Reply(status, page.encode(), HTML), on=on)


@dataclass
class _Planned:
    fault: Fault
    skip: int
    times: int


@dataclass
class Faults:
    """The faults still to come, in order; each request meets the first one that is meant for it."""

    _planned: list[_Planned] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault, *, times: int = 1, skip: int = 0, on: str | None = None) -> None:
        """Plan a fault.

        Args:
            fault: what goes wrong.
            times: for how many requests.
            skip: how many requests it is meant for are let through first.
            on: overrides the fault's own ``on``.
        """
        chosen = fault if on is None else replace(fault, on=on)
        with self._lock:
            self._planned.append(_Planned(chosen, skip, times))

    def clear(self) -> None:
        """Forget all faults still to come."""
        with self._lock:
            self._planned.clear()

    def take(self, request: Request) -> Fault | None:
        """The fault this request meets, if any; it counts as used."""
        line = f"{request.method} {request.path}"
        with self._lock:
            for planned in self._planned:
                if not re.search(planned.fault.on, line):
                    continue
                if planned.skip > 0:
                    planned.skip -= 1
                    continue
                planned.times -= 1
                if planned.times <= 0:
                    self._planned.remove(planned)
                return planned.fault
        return None

    def __len__(self) -> int:
        return len(self._planned)
