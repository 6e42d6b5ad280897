"""The page on which an address confirms that it wants messages: double opt-in."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.core.app import Hub
from hub.core.consents.asking import channel_name
from hub.core.consents.service import Confirmation, ConfirmationState
from hub.web.pages import Button, Page, Pages
from hub.web.words import WORDS


def confirming_routes(hub: Hub, pages: Pages) -> list[Route]:
    """The routes of confirming. Asking for the page changes nothing: programs do that, too."""

    def ask(request: Request) -> Response:
        return _shown(pages, request, hub.consents.request(request.path_params["token"]))

    def act(request: Request) -> Response:
        return _shown(pages, request, hub.consents.confirm(request.path_params["token"]))

    return [Route("/confirm/{token}", ask), Route("/confirm/{token}", act, methods=["POST"])]


def _shown(pages: Pages, request: Request, found: Confirmation) -> Response:
    words = WORDS[found.language]
    filled = {"organisation": found.organisation, "channel": channel_name(found.channel, found.language)}
    match found.state:
        case ConfirmationState.OPEN:
            page = Page(
                words.confirm_title,
                words.confirm_text.format(**filled),
                quotation=found.text,
                buttons=[Button("confirm", words.confirm_button)],
                after=words.confirm_otherwise,
            )
        case ConfirmationState.CONFIRMED:
            page = Page(words.confirmed_title, words.confirmed_text.format(**filled), quotation=found.text)
        case ConfirmationState.EXPIRED:
            page = Page(words.expired_title, words.expired_text.format(**filled))
    return pages.show(request, page, found.language)
