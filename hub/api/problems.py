"""What an error looks like over HTTP: a problem document after RFC 9457, and which error becomes which."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from hub.core.contracts.errors import (
    DefinitionError,
    FateUnknown,
    HubError,
    InputError,
    IntegratorError,
    InUse,
    NameTaken,
    NotAuthorised,
    NotFound,
    Rejected,
    SettingsError,
    StoreError,
    TryAgain,
    UserError,
)
from hub.core.segments.editing import ChangedMeanwhile

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
"""What ``Retry-After`` says when nobody knows better."""
_TYPES = "urn:problem-type:audience-hub:"


class Mistake(BaseModel):
    """One field of a request that is wrong."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    field: str = Field(description="where it stands, such as `body.name` or `query.limit`")
    message: str = Field(description="what is wrong with it; never repeats the value")


class TextPlace(BaseModel):
    """Where in a text a mistake stands."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    line: int = Field(description="line, counted from 1")
    column: int = Field(description="column, counted from 1")
    length: int = Field(description="number of characters")


class Problem(BaseModel):
    """An error after RFC 9457."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "type": _TYPES + "not-found",
                    "title": "Not found",
                    "status": 404,
                    "detail": "there is no segment 17",
                }
            ]
        },
    )

    type: str = Field(description="which kind of problem it is: stable, made for programs")
    title: str = Field(description="the kind of problem in words, the same for all of its kind")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="what happened and how to mend it, in one sentence for people")
    place: TextPlace | None = Field(None, description="where in a segment's text the mistake stands")
    hint: str | None = Field(None, description="what was expected in a segment's definition")
    errors: list[Mistake] | None = Field(None, description="every field of the request that is wrong")
    scope: str | None = Field(None, description="the scope the token lacks")


@dataclass(frozen=True)
class Kind:
    """A kind of problem."""

    status: int
    name: str
    """The end of its ``type``."""
    title: str


BAD_REQUEST = Kind(400, "bad-request", "The request can't be read")
NO_TOKEN = Kind(401, "unauthenticated", "A valid token is needed")
LACKS_SCOPE = Kind(403, "lacks-scope", "The token does not allow this")
NOT_FOUND = Kind(404, "not-found", "Not found")
WRONG_METHOD = Kind(405, "wrong-method", "There is no such operation here")
NAME_TAKEN = Kind(409, "name-taken", "The name is in use")
CHANGED = Kind(409, "changed-meanwhile", "Somebody else changed it")
IN_USE = Kind(409, "in-use", "Something else needs this")
TOO_LARGE = Kind(413, "too-large", "The request is too large")
WRONG_MEDIA = Kind(415, "wrong-media-type", "The body is of another type than it must be")
DEFINITION = Kind(422, "definition", "The segment's definition is wrong")
INVALID = Kind(422, "invalid", "A field of the request is wrong")
REFUSED = Kind(422, "refused", "This can't be done as it was asked for")
SETTINGS = Kind(422, "settings", "A setting of the hub is missing or wrong")
UNEXPECTED = Kind(500, "unexpected", "The hub made a mistake")
PLUGIN = Kind(502, "plugin", "A plugin broke its contract")
PLATFORM = Kind(502, "platform", "The platform refuses")
STORE = Kind(503, "store", "The store can't be used")
TRY_AGAIN = Kind(503, "try-again", "Not just now")

_KINDS: Mapping[type[HubError], Kind] = {
    NotFound: NOT_FOUND,
    NameTaken: NAME_TAKEN,
    ChangedMeanwhile: CHANGED,
    InUse: IN_USE,
    DefinitionError: DEFINITION,
    InputError: BAD_REQUEST,
    SettingsError: SETTINGS,
    NotAuthorised: PLATFORM,
    StoreError: STORE,
    UserError: REFUSED,
    IntegratorError: PLUGIN,
    TryAgain: TRY_AGAIN,
    FateUnknown: PLATFORM,
    Rejected: PLATFORM,
    HubError: REFUSED,
}


def kind_of(error: HubError) -> Kind:
    """The kind of problem an error of the hub is: that of its nearest class."""
    return next(_KINDS[base] for base in type(error).__mro__ if base in _KINDS)


class ProblemRaised(Exception):
    """Ends a request with a problem of the API's own.

    Attributes:
        kind: which one.
        headers: to be sent with it.
        more: further members of the document.
    """

    def __init__(self, kind: Kind, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.kind = kind
        self.headers = dict(headers or {})
        self.more = more


def answer(kind: Kind, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> JSONResponse:
    """Make the response of a problem.

    Args:
        kind: which one.
        detail: one sentence for people.
        headers: to be sent with it.
        more: further members of the document.
    """
    problem = Problem(type=_TYPES + kind.name, title=kind.title, status=kind.status, detail=detail, **more)
    return JSONResponse(
        problem.model_dump(mode="json", exclude_none=True), kind.status, dict(headers or {}), MEDIA_TYPE
    )


def answer_to(error: HubError) -> JSONResponse:
    """Make the response of an error of the hub."""
    kind = kind_of(error)
    if isinstance(error, DefinitionError):
        place = error.place
        where = TextPlace(line=place.line, column=place.column, length=place.length) if place else None
        return answer(kind, str(error), place=where, hint=error.hint or None)
    if kind.status == TRY_AGAIN.status:
        return answer(kind, str(error), retry_after(getattr(error, "after", None)))
    return answer(kind, str(error))


def retry_after(seconds: float | None = None) -> dict[str, str]:
    """The header that says when to come back: whole seconds, at least one."""
    return {"Retry-After": str(RETRY_SECONDS if seconds is None else max(1, ceil(seconds)))}
