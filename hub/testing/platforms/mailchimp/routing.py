"""Finds the handler of a call, and what all handlers are given."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.testing.platforms.mailchimp.problems import Problem, invalid, not_found
from hub.testing.platforms.mailchimp.state import Account, AudienceList, Contact, Segment, subscriber_hash
from hub.testing.platforms.messages import Reply


@dataclass(frozen=True)
class Call:
    """One call of the interface; inside ``/batches`` it comes without an HTTP request of its own."""

    account: Account
    method: str
    path: str
    """Below ``/3.0``."""
    query: Mapping[str, str]
    body: bytes
    parts: Mapping[str, str]
    """The path's variable parts."""

    def json(self) -> dict[str, Any]:
        """The body as an object.

        Raises:
            Problem: 400 when it is not JSON or no object.
        """
        try:
            value = json.loads(self.body)
        except ValueError:
            detail = "We encountered an unspecified JSON parsing error."
            raise Problem(400, "JSON Parse Error", detail) from None
        if not isinstance(value, dict):
            raise invalid("The resource submitted could not be validated.", ("", "Schema describes object"))
        return value

    def flag(self, name: str) -> bool:
        """A query parameter that is true or false."""
        return self.query.get(name, "false").lower() in ("true", "1")

    def page(self) -> slice:
        """The slice that ``count`` (10, at most 1000) and ``offset`` ask for.

        Raises:
            Problem: 400 when one of them is no number or too large.
        """
        try:
            count, offset = int(self.query.get("count", "10")), int(self.query.get("offset", "0"))
        except ValueError:
            raise invalid("Pagination parameters must be numbers.", ("count", "Not a number")) from None
        if not 0 <= count <= 1000 or offset < 0:
            raise invalid("Pagination parameters are out of range.", ("count", "Must be 1000 at most"))
        return slice(offset, offset + count)

    @property
    def list(self) -> AudienceList:
        """The list the path names."""
        found = self.account.lists.get(self.parts["list"])
        if found is None:
            raise not_found()
        return found

    @property
    def contact(self) -> Contact:
        """The contact the path names, by hash or by address."""
        name = self.parts["member"]
        found = self.list.contacts.get(subscriber_hash(name) if "@" in name else name)
        if found is None:
            raise not_found()
        return found

    @property
    def segment(self) -> Segment:
        """The static segment the path names."""
        number = self.parts["segment"]
        found = self.list.segments.get(int(number)) if number.isdigit() else None
        if found is None:
            raise not_found()
        return found


Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Route:
    """A method and a path such as ``/lists/{list}``, and who answers."""

    method: str
    pattern: str
    handler: Handler

    def match(self, path: str) -> Mapping[str, str] | None:
        """The variable parts of a path of this form, or None."""
        form = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.pattern)
        found = re.fullmatch(form, path)
        return found.groupdict() if found else None


def dispatch(
    routes: Sequence[Route], account: Account, method: str, path: str, query: Mapping[str, str], body: bytes
) -> Reply:
    """Answer one call; an unknown path is a 404, a known one with another method a 405."""
    known = False
    for route in routes:
        parts = route.match(path)
        if parts is None:
            continue
        known = True
        if route.method == method:
            try:
                with account.lock:
                    return route.handler(Call(account, method, path, query, body, parts))
            except Problem as problem:
                return problem.reply()
    if known:
        detail = "The requested method and resource are not compatible."
        return Problem(405, "Method Not Allowed", detail).reply()
    return not_found().reply()
