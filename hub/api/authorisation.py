"""Lets a request in by its token, and to an operation by the token's scopes."""

import logging
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from starlette.concurrency import run_in_threadpool

from hub.api import problems
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.errors import StoreError, TryAgain

_CHALLENGE = 'Bearer realm="Audience Hub"'
_log = logging.getLogger(__name__)


class GuardedRoute(APIRoute):
    """A route that asks for a valid token before it reads anything else of the request."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See ``APIRoute``."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            request.state.scopes = await run_in_threadpool(_scopes, request)
            return await handle(request)

        return guarded


def needs(scope: Scope) -> Any:
    """The dependency of an operation that needs a scope."""
    return Security(_check_scope, scopes=[scope.value])


def _scopes(request: Request) -> frozenset[Scope]:
    """What the request's token may do. An unknown, a revoked and a misspelt token are told alike."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        detail = "send a token in the header Authorization, as in: Bearer hub_…"
        raise problems.ProblemRaised(problems.NO_TOKEN, detail, {"WWW-Authenticate": _CHALLENGE})
    hub: Hub = request.app.state.hub
    try:
        scopes = hub.tokens.scopes_of(token.strip())
    except (StoreError, TryAgain) as error:
        # The sentence names the store's address, which is not for everyone.
        _log.error("a token could not be looked up: %s", error)
        detail = "the store can't be used just now; the log of the server says why"
        raise problems.ProblemRaised(problems.STORE, detail, problems.retry_after()) from error
    if not scopes:
        headers = {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'}
        detail = "the token is unknown, or it was revoked; make one with `hub token create`"
        raise problems.ProblemRaised(problems.NO_TOKEN, detail, headers)
    return scopes


def _check_scope(
    request: Request,
    needed: SecurityScopes,
    _token: Annotated[
        HTTPAuthorizationCredentials | None,
        Security(
            HTTPBearer(
                scheme_name="token",
                bearerFormat="hub_…",
                auto_error=False,
                description="A token of the hub, made with `hub token create` for some of the scopes: "
                + ", ".join(f"`{scope.value}`" for scope in Scope),
            )
        ),
    ],
) -> None:
    for scope in needed.scopes:
        if scope not in request.state.scopes:
            challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'
            detail = f"this needs a token with the scope {scope}"
            raise problems.ProblemRaised(
                problems.LACKS_SCOPE, detail, {"WWW-Authenticate": challenge}, scope=scope
            )
