"""The addresses that links lead through, and the picture that tells that a message was looked at."""

import base64
from contextlib import suppress
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.core.app import Hub
from hub.core.contracts.errors import NotFound
from hub.core.messaging.links.robots import Visitor
from hub.web.pages import PAGE_HEADERS

_PICTURE: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""A GIF of one transparent dot."""


def following_routes(hub: Hub) -> list[Route]:
    """The routes of links, campaign links and pictures."""

    def click(request: Request) -> Response:
        counts = request.method != "HEAD"
        return _led(hub.following.click(request.path_params["token"], _visitor(request), counts=counts))

    def campaign(request: Request) -> Response:
        counts = request.method != "HEAD"
        return _led(hub.following.campaign(request.path_params["code"], _visitor(request), counts=counts))

    def look(request: Request) -> Response:
        if request.method != "HEAD":
            with suppress(NotFound):  # a picture all the same: a mail program would show a broken one
                hub.following.open(request.path_params["token"], _visitor(request))
        return Response(_PICTURE, media_type="image/gif", headers=dict(PAGE_HEADERS))

    return [Route("/l/{token}", click), Route("/c/{code}", campaign), Route("/o/{token}.gif", look)]


def _led(url: str) -> Response:
    return RedirectResponse(url, 302, dict(PAGE_HEADERS))


def _visitor(request: Request) -> Visitor:
    purposes = (request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-purpose", "x-moz"))
    return Visitor(
        request.headers.get("user-agent", ""),
        any(word in purpose.lower() for purpose in purposes for word in ("prefetch", "preview")),
    )
