"""Filling in a newsletter's words for one customer after another, beside bare Jinja on the compiled HTML."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from babel.dates import format_date, format_timedelta
from babel.numbers import format_currency

from bench.comparison import Comparison, Work
from bench.readers import HTML, SUBJECT, readers
from bench.world import NOW, World
from hub import ConsentChannel
from hub.core.messaging.templates.contents import Wording
from hub.core.messaging.templates.masking import compile_mjml
from hub.core.messaging.templates.rendering import Rendered, Renderer, RenderRequest
from hub.core.messaging.templates.sandbox import Sandbox

_WORDING = Wording(ConsentChannel.EMAIL, "", SUBJECT, "", HTML)
_LANGUAGE = "en_GB"
_ZONE = ZoneInfo("Europe/Berlin")
_DAYS = {0: "today", -1: "yesterday"}


def comparisons() -> Sequence[Comparison]:
    """Rendering."""
    return [
        Comparison(
            "message.render",
            render,
            render_bare,
            "subject, HTML and text of emails, in a process of their own",
            "bare Jinja on the compiled HTML, and on the subject",
            needs_home=False,
            counted="characters",
        )
    ]


@contextmanager
def render(world: World) -> Iterator[Work]:
    """Render with the hub; the answer is the length of all HTML."""
    requests = [RenderRequest(_WORDING, "en", one) for one in _people(world)]

    def work() -> int:
        # Its process ends with it, or its time would not be counted.
        with Renderer("Europe/Berlin", "EUR") as renderer:
            found = renderer.render(requests)
        return sum(len(one.html or "") for one in found if isinstance(one, Rendered))

    yield work


@contextmanager
def render_bare(world: World) -> Iterator[Work]:
    """Render the same HTML with nothing between."""
    people = _people(world)
    html = compile_mjml(HTML, Sandbox(_ZONE, "EUR", escapes=True)).html
    environment = jinja2.Environment(autoescape=True)
    environment.filters |= {"otherwise": _otherwise, "ago": _ago, "date": _date, "money": _money}
    template, subject = environment.from_string(html), environment.from_string(SUBJECT)

    def work() -> int:
        size = 0
        for one in people:
            assert subject.render(one)
            size += len(template.render(one))
        return size

    yield work


def _people(world: World) -> Sequence[Mapping[str, Any]]:
    """What is known of so many customers."""
    with readers(world, world.messages, ConsentChannel.EMAIL) as hub:
        numbers = hub.segments.ask("everyone").members.numbers().tolist()
        facts = hub.customer_facts.of(numbers)
    more = {"own_text": None, "unsubscribe_url": "https://hub.example.com/u/" + "x" * 30}
    return [facts[number] | more for number in numbers]  # type: ignore[operator]  # they are dictionaries


def _otherwise(value: Any, fallback: Any) -> Any:
    return fallback if value is None or isinstance(value, jinja2.Undefined) or value == "" else value


def _day(value: Any) -> date:
    day: date = value.astimezone(_ZONE).date() if hasattr(value, "astimezone") else value
    return day


def _ago(value: Any) -> str:
    days = (_day(value) - NOW.astimezone(_ZONE).date()).days
    if days in _DAYS:
        return _DAYS[days]
    threshold = 2 if abs(days) < 14 else 0.85
    gone = timedelta(days=days)
    return format_timedelta(gone, granularity="day", threshold=threshold, add_direction=True, locale=_LANGUAGE)


def _date(value: Any) -> str:
    return format_date(_day(value), "long", locale=_LANGUAGE)


def _money(value: Any) -> str:
    return format_currency(value, "EUR", locale=_LANGUAGE)
