"""What every operation says of its errors in the OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from hub.api.problems import MEDIA_TYPE

_WORDS: Mapping[int, str] = {
    400: "The body is no JSON, or the cursor is none that this list gave.",
    401: "The token is missing, unknown or revoked.",
    403: "The token lacks a scope, which `scope` names.",
    404: "There is no such thing, or it was removed.",
    409: "The name is in use, something else needs this, or somebody changed it meanwhile.",
    413: "The body is larger than this operation takes: one mebibyte, 16 for lists of customers, 256 for files.",
    415: "The body is not sent as JSON, or a file not as CSV.",
    422: "A field is wrong: `errors` lists them, `place` and `hint` point into a definition.",
    500: "A bug in the hub. Nothing more is said; the log of the server has it.",
    502: "A plugin broke its contract, or the platform refuses the hub's key.",
    503: "The store or the platform can't be used just now; `Retry-After` says when to come back.",
}
_ALWAYS = (401, 403, 422, 500, 503)
_WITH_BODY = (400, 413, 415)
_SCHEMA = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def errors(*statuses: int, body: bool = False) -> dict[int | str, dict[str, Any]]:
    """The errors of an operation that needs a token.

    Args:
        statuses: those that not every operation has.
        body: whether it takes a body.
    """
    return _described(sorted({*statuses, *_ALWAYS, *(_WITH_BODY if body else ())}))


def open_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of an operation that needs no token."""
    return _described(statuses)


def _described(statuses: Any) -> dict[int | str, dict[str, Any]]:
    return {status: _described_one(status) for status in statuses}


def _described_one(status: int) -> dict[str, Any]:
    described: dict[str, Any] = {"description": _WORDS[status], "content": _SCHEMA}
    header = {401: "WWW-Authenticate", 403: "WWW-Authenticate", 503: "Retry-After"}.get(status)
    if header:
        described["headers"] = {header: {"schema": {"type": "string"}, "description": "see RFC 9110"}}
    return described


LOCATION = {"Location": {"schema": {"type": "string"}, "description": "path of what was made"}}
"""The header of an answer to an operation that makes something."""
