"""One call of the Graph: its parameters, wherever they stand, and the nodes it may name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from hub.testing.platforms.facebook.errors import invalid, unknown
from hub.testing.platforms.facebook.state import Account, Audience
from hub.testing.platforms.messages import Reply, Request


@dataclass(frozen=True)
class Call:
    """A call below the version, such as ``POST /1234/users``."""

    account: Account
    method: str
    parts: tuple[str, ...]
    """The path's."""
    parameters: Mapping[str, Any] = field(repr=False)

    @property
    def audience(self) -> Audience:
        """The audience the path begins with.

        Raises:
            GraphError: 100/33, there is none.
        """
        found = self.account.audiences.get(self.parts[0])
        if found is None:
            raise unknown(self.parts[0])
        return found

    def value(self, name: str) -> Any:
        """A parameter that is a list or an object; it comes as such or as JSON. None when it is missing.

        Raises:
            GraphError: 100, it is neither.
        """
        value = self.parameters.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise invalid(f"{name} must be valid JSON") from None

    def text(self, name: str) -> str:
        """A parameter that must be there.

        Raises:
            GraphError: 100, it is missing.
        """
        value = self.parameters.get(name)
        if value in (None, ""):
            raise invalid(f"The parameter {name} is required")
        return str(value)

    def fields(self, known: Mapping[str, Any]) -> Reply:
        """An object with the fields asked for, and always its id."""
        asked = str(self.parameters.get("fields", "id")).split(",")
        return Reply.of({name: known[name] for name in dict.fromkeys([*asked, "id"]) if name in known})


def parameters_of(request: Request) -> dict[str, Any]:
    """The parameters of a request: from the address, and from a body that is a form or JSON.

    Raises:
        GraphError: 100, the body is not what its type says.
    """
    found: dict[str, Any] = dict(request.query)
    if request.body and "json" in request.headers.get("content-type", ""):
        try:
            body = json.loads(request.body)
        except ValueError:
            raise invalid("The body is not valid JSON") from None
        if not isinstance(body, dict):
            raise invalid("The body must be an object")
        return found | body
    return found | dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
