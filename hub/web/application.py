"""Puts the pages together for one hub."""

import logging
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.core.app import Hub
from hub.core.contracts.errors import HubError, NotFound, TryAgain
from hub.core.messaging.links.following import OfferEnded
from hub.web.confirming import confirming_routes
from hub.web.following import following_routes
from hub.web.pages import FILES, PAGE_HEADERS, STATIC, Pages
from hub.web.unsubscribing import unsubscribing_routes

PATHS: Final = ("/l/", "/o/", "/c/", "/u/", "/confirm/", STATIC)
"""How the paths of pages begin."""

_RETRY_SECONDS = 5
_PARTS = ("following", "unsubscribing", "consents")

_log = logging.getLogger(__name__)


def make_pages(hub: Hub) -> Starlette:
    """Make the pages of a hub. They need no login: the address that a customer was sent is what lets them in.

    Args:
        hub: what they show.
    """
    for part in _PARTS:  # now: two requests that came first at once would make them twice
        getattr(hub, part)
    pages = Pages(hub.organisation.name, hub.organisation.country)

    def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FILES:
            raise HTTPException(404)
        # Their addresses change with them.
        headers = {**PAGE_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(pages.files[name], media_type=FILES[name], headers=headers)

    application = Starlette(
        routes=[
            *following_routes(hub),
            *unsubscribing_routes(hub, pages),
            *confirming_routes(hub, pages),
            Route(f"{STATIC}{{name}}", static),
        ]
    )
    application.router.redirect_slashes = False
    _add_handlers(application, pages)
    return application


def _add_handlers(application: Starlette, pages: Pages) -> None:
    """Make the application answer every error with a page, which says no more than people need."""

    def nothing(request: Request, _error: Exception) -> Response:
        return pages.tell(request, "unknown", 404)

    def ended(request: Request, _error: Exception) -> Response:
        return pages.tell(request, "ended", 410)

    def busy(request: Request, error: Exception) -> Response:
        _log.error("a page can't be shown: %s", error)
        after = error.after if isinstance(error, TryAgain) and error.after else _RETRY_SECONDS
        return pages.tell(request, "busy", 503, {"Retry-After": str(round(after))})

    def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        return pages.tell(request, "unknown", status)

    def broken(request: Request, _error: Exception) -> Response:
        return pages.tell(request, "broken", 500)

    application.add_exception_handler(NotFound, nothing)
    application.add_exception_handler(OfferEnded, ended)
    application.add_exception_handler(HubError, busy)
    application.add_exception_handler(HTTPException, refused)
    application.add_exception_handler(Exception, broken)
