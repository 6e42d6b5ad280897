"""The page of unsubscribing, and the one click of mail providers (RFC 8058)."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.core.app import Hub
from hub.core.consents.asking import channel_name
from hub.core.messaging.unsubscribing import Unsubscription
from hub.web.forms import read_form
from hub.web.pages import PAGE_HEADERS, Button, Page, Pages
from hub.web.words import WORDS

ONE_CLICK = "List-Unsubscribe"
"""The field that a mail provider sends."""
_DOES = "do"
_LEAVE, _EVERYTHING, _RESUME = "unsubscribe", "everything", "resume"


def unsubscribing_routes(hub: Hub, pages: Pages) -> list[Route]:
    """The routes of unsubscribing. Asking for the page changes nothing: programs do that, too."""

    def ask(request: Request) -> Response:
        found = hub.unsubscribing.read(request.path_params["token"])
        return _shown(pages, request, found, "leave" if found.stands else "nothing")

    async def act(request: Request) -> Response:
        form = await read_form(request)
        return await run_in_threadpool(_done, hub, pages, request, form.get(_DOES, _LEAVE), ONE_CLICK in form)

    # The provider sends no cookie, so there is none to forge a request with: the address is the right itself.
    return [Route("/u/{token}", ask), Route("/u/{token}", act, methods=["POST"])]


def _done(hub: Hub, pages: Pages, request: Request, does: str, is_one_click: bool) -> Response:
    token = request.path_params["token"]
    if does == _RESUME and not is_one_click:
        found = hub.unsubscribing.resume(token)
        return _shown(pages, request, found, "back" if found.stands else "nothing")
    found = hub.unsubscribing.unsubscribe(token, everything=does == _EVERYTHING and not is_one_click)
    if is_one_click:
        return PlainTextResponse("Unsubscribed.\n", headers=dict(PAGE_HEADERS))
    return _shown(pages, request, found, "left")


def _shown(pages: Pages, request: Request, found: Unsubscription, what: str) -> Response:
    language = pages.language(request, found.language)
    words = WORDS[language]
    facts = [(words.sender, found.organisation), (words.channel, channel_name(found.channel, language))]
    if found.permission is not None:
        facts.insert(1, (words.about, found.permission))
    buttons = []
    if what == "leave":
        buttons.append(Button(_LEAVE, words.leave_button))
    if found.others_stand and what != "back":
        buttons.append(Button(_EVERYTHING, words.everything_button, is_main=False, before=words.everything_text))
    if found.can_resume:
        buttons.append(Button(_RESUME, words.mistake_button, is_main=False, before=words.mistake_text))
    title, text = getattr(words, f"{what}_title"), getattr(words, f"{what}_text")
    page = Page(title, text.format(organisation=found.organisation), facts, buttons=buttons)
    return pages.show(request, page, language)
