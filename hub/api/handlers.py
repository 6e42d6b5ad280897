"""Turns whatever ends a request early into a problem document."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from hub.api import problems
from hub.api.headers import SECURITY_HEADERS
from hub.core.contracts.errors import HubError

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_BY_STATUS = {
    400: (problems.BAD_REQUEST, "the body can't be read as JSON: it is broken, or nested too deeply"),
    404: (problems.NOT_FOUND, "there is nothing at this path; /api/v1/openapi.json lists what there is"),
    405: (problems.WRONG_METHOD, "this path takes other methods; the header Allow lists them"),
    413: (problems.TOO_LARGE, ""),
}


def add_handlers(application: FastAPI) -> None:
    """Make an application answer every error with a problem document."""
    application.add_exception_handler(HubError, _of_the_hub)
    application.add_exception_handler(problems.ProblemRaised, _raised)
    application.add_exception_handler(RequestValidationError, _invalid)
    application.add_exception_handler(HTTPException, _of_the_framework)
    application.add_exception_handler(Exception, _unexpected)


def _of_the_hub(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    return problems.answer_to(error)


def _raised(_request: Request, error: Exception) -> Response:
    assert isinstance(error, problems.ProblemRaised)
    return problems.answer(error.kind, str(error), error.headers, **error.more)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if found and found[0]["type"] == "json_invalid":
        return problems.answer(problems.BAD_REQUEST, "the body can't be read as JSON")
    if _body_is_not_json(request, found):
        detail = "send the body as JSON, with the header Content-Type: application/json"
        return problems.answer(problems.WRONG_MEDIA, detail)
    mistakes = [problems.Mistake(field=_place(one["loc"]), message=_said(one)) for one in found]
    first = mistakes[0]
    return problems.answer(problems.INVALID, f"{first.field}: {first.message}", errors=mistakes)


def _body_is_not_json(request: Request, found: Sequence[dict[str, Any]]) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    return has_body and not is_json and any(tuple(one["loc"]) == ("body",) for one in found)


def _place(location: Sequence[str | int]) -> str:
    """A path such as ``body.names[2]``."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    # The name of an unknown field is the sender's: it may be of any length.
    return path.lstrip(".")[:200]


def _said(mistake: dict[str, Any]) -> str:
    if mistake["type"] == "extra_forbidden":
        return "there is no such field"
    if mistake["type"] == "missing":
        return "this is needed"
    return str(mistake["msg"]).removeprefix("Value error, ")


def _of_the_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind, detail = _BY_STATUS.get(error.status_code, (None, ""))
    if kind is None:
        kind = problems.Kind(error.status_code, f"http-{error.status_code}", error.detail)
    headers = dict(error.headers or {})
    if kind is problems.WRONG_METHOD:
        headers["Allow"] = ", ".join(_allowed(request))
    return problems.answer(kind, detail or error.detail, headers)


def _allowed(request: Request) -> list[str]:
    """The methods a path takes; the framework itself names those of the first route alone."""
    routes = request.app.router.routes
    return [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


def _unexpected(_request: Request, _error: Exception) -> Response:
    detail = "this is a bug in the hub; its log says more"
    # The framework answers this one outside of all middleware.
    return problems.answer(problems.UNEXPECTED, detail, SECURITY_HEADERS)
