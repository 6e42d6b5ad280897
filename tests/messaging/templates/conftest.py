"""A renderer, and ways to ask it for little."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hub.core.contracts.vocabularies import ConsentChannel
from hub.core.messaging.templates.contents import Wording
from hub.core.messaging.templates.rendering import Rendered, Renderer, RenderFault, RenderRequest

Render = Callable[..., Rendered | RenderFault]


def wording(text: str = "", language: str = "", *, html: str = "", subject: str = "") -> Wording:
    """Words for email if they have HTML or a subject, else for SMS."""
    channel = ConsentChannel.EMAIL if html or subject else ConsentChannel.SMS
    return Wording(channel, language, subject or ("s" if html else ""), text, html)


def request(words: Wording, language: str = "", **data: Any) -> RenderRequest:
    return RenderRequest(words, language, data)


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """One for all tests that do not end its process."""
    with Renderer("Europe/Berlin", "EUR") as made:
        yield made


@pytest.fixture
def rendered(renderer: Renderer) -> Render:
    """Render one message, which may be a fault."""

    def render(words: Wording, language: str = "", **data: Any) -> Rendered | RenderFault:
        (answer,) = renderer.render([request(words, language, **data)])
        return answer

    return render


@pytest.fixture
def text(rendered: Render) -> Callable[..., str]:
    """The rendered text of a template for SMS."""

    def render(template: str, language: str = "", **data: Any) -> str:
        answer = rendered(wording(template, language), **data)
        assert isinstance(answer, Rendered), answer
        return answer.text

    return render


@pytest.fixture
def fault(rendered: Render) -> Callable[..., str]:
    """Why a template for SMS can't be rendered."""

    def render(template: str, **data: Any) -> str:
        answer = rendered(wording(template), **data)
        assert isinstance(answer, RenderFault), answer
        return answer.reason

    return render
