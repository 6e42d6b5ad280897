"""Makes pages of templates, with the headers that keep what they are about to whoever asked."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.core.consents.languages import Language
from hub.web.languages import language_of_page
from hub.web.words import WORDS

STATIC = "/static/"
"""How the paths of the pages' own files begin."""
FILES: Mapping[str, str] = MappingProxyType({"pages.css": "text/css", "icon.svg": "image/svg+xml"})
"""Those files with their types."""

PAGE_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }
)
"""On every answer: the address alone lets one act, and it must not get anywhere else."""


@dataclass(frozen=True)
class Button:
    """A button that sends a form back to the page's own address."""

    does: str
    """The value of the form's only field."""
    label: str
    is_main: bool = True
    before: str = ""
    """What is said above it."""


@dataclass(frozen=True)
class Page:
    """What a page shows."""

    title: str
    text: str
    facts: Sequence[tuple[str, str]] = ()
    """Names and values."""
    quotation: str = ""
    buttons: Sequence[Button] = ()
    after: str = ""
    """What is said below everything else."""


class Pages:
    """Shows pages for one organisation.

    Args:
        organisation: its name.
        country: where it is, as an ISO code.
    """

    def __init__(self, organisation: str, country: str) -> None:
        self._organisation = organisation
        self._country = country
        self._environment = Environment(
            loader=PackageLoader("hub.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        static = files("hub.web").joinpath("static")
        self.files = {name: static.joinpath(name).read_bytes() for name in FILES}
        self._version = hashlib.sha256(b"".join(self.files.values())).hexdigest()[:12]

    def language(self, request: Request, customers: str | None = None) -> Language:
        """The language to answer a request in; see ``language_of_page``."""
        return language_of_page(customers, request.headers.get("accept-language", ""), self._country)

    def show(self, request: Request, page: Page, language: Language, status: int = 200) -> Response:
        """Show a page.

        Args:
            request: what is answered.
            page: what it shows.
            language: in which it is written.
            status: of the answer.
        """
        # Relative, so that it holds wherever a proxy puts the hub.
        up = "../" * (request.url.path.count("/") - 1) or "./"
        text = self._environment.get_template("act.html").render(
            page=page,
            language=language.value,
            organisation=self._organisation,
            static=f"{up}{STATIC.strip('/')}",
            version=self._version,
        )
        return HTMLResponse(text, status, dict(PAGE_HEADERS))

    def tell(self, request: Request, what: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
        """Show a page that only tells something.

        Args:
            request: what is answered.
            what: how the names of its words begin, such as ``unknown``.
            status: of the answer.
            headers: further ones.
        """
        language = self.language(request)
        words = WORDS[language]
        text = getattr(words, f"{what}_text").format(organisation=self._organisation)
        answer = self.show(request, Page(getattr(words, f"{what}_title"), text), language, status)
        answer.headers.update(headers or {})
        return answer
