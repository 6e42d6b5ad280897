"""The filters of our own: relative times, dates, money, and what stands in for a missing value."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from inspect import currentframe
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal
from jinja2 import Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from hub.core.messaging.templates.given import Facts, Missing, UnknownName
from hub.core.messaging.templates.values import Money

_DAYS = {
    "en": {0: "today", 1: "tomorrow", -1: "yesterday"},
    "de": {0: "heute", 1: "morgen", -1: "gestern"},
    "da": {0: "i dag", 1: "i morgen", -1: "i går"},
}
_YES_NO = {"en": ("yes", "no"), "de": ("ja", "nein"), "da": ("ja", "nej")}
_COUNTED_DAYS = 14
"""Fewer days than that are told as days, more as weeks, months and years."""
_FORMATS = ("short", "medium", "long", "full")


@dataclass
class Speech:
    """In which language, and where and when, values are told."""

    locale: Locale
    zone: ZoneInfo
    currency: str
    today: date
    is_html: bool
    missing: list[tuple[str, int]] | None = None
    """Unless None, missing values are noted here with the line of what was compiled, and do not end the work."""


def locale_of(language: str) -> Locale:
    """How a language writes dates and amounts: English, German and Danish; English where it is another one.

    English without a country is that of Britain: other countries write the month first.
    """
    base, _, territory = language.replace("_", "-").partition("-")
    if base.lower() not in _DAYS:
        return Locale.parse("en_GB")
    wanted = f"{base.lower()}_{territory.upper()}" if territory else base.lower()
    for name in (wanted, base.lower()):
        with suppress(UnknownLocaleError, ValueError):
            return Locale.parse("en_GB" if name == "en" else name)
    raise AssertionError("babel knows English, German and Danish")


def _speech(context: Context) -> Speech:
    speech: Speech = context.environment.speech  # type: ignore[attr-defined]  # ours has it
    return speech


@pass_context
def ago(context: Context, value: Any) -> Any:
    """How many days, weeks, months or years ago a day or moment was, or in how many it will be."""
    if isinstance(value, Undefined):
        return value
    speech = _speech(context)
    days = (_day(value, speech) - speech.today).days
    if abs(days) <= 1:
        return _DAYS[speech.locale.language][days]
    threshold = 2 if abs(days) < _COUNTED_DAYS else 0.85
    return format_timedelta(
        timedelta(days=days), granularity="day", threshold=threshold, add_direction=True, locale=speech.locale
    )


@pass_context
def date_of(context: Context, value: Any, form: str = "long") -> Any:
    """A day, or the day of a moment: short, medium, long (usual) or full."""
    if isinstance(value, Undefined):
        return value
    if form not in _FORMATS:
        raise UnknownName(f"a date is written {', '.join(_FORMATS)}, not {form!r}", str(form))
    speech = _speech(context)
    return format_date(_day(value, speech), form, locale=speech.locale)


@pass_context
def time_of(context: Context, value: Any) -> Any:
    """The time of day of a moment."""
    if isinstance(value, Undefined):
        return value
    if not isinstance(value, datetime):
        raise UnknownName("this has no time of day; write `date` instead of `time`")
    speech = _speech(context)
    return format_time(value.astimezone(speech.zone).timetz(), "short", locale=speech.locale)


@pass_context
def money(context: Context, value: Any, currency: str = "") -> Any:
    """An amount with its currency; a plain number is in the organisation's, if no other is named."""
    if isinstance(value, Undefined):
        return value
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        raise UnknownName("this is no amount; `money` writes numbers")
    speech = _speech(context)
    code = currency or getattr(value, "currency", speech.currency)
    return _spaced(format_currency(value, code, locale=speech.locale), speech)


def otherwise(value: Any, fallback: Any) -> Any:
    """The value, or what stands in for it where it is missing."""
    return fallback if isinstance(value, Undefined) or value == "" else value


@pass_context
def shown(context: Context, value: Any) -> Any:
    """A value as it shows where nothing is said about how: every place for data ends in this."""
    if isinstance(value, str):
        return value
    speech = _speech(context)
    if isinstance(value, Missing):
        return _noted(value, speech, currentframe())
    match value:
        case bool():
            return _YES_NO[speech.locale.language][0 if value else 1]
        case int():
            return str(value)
        case Money():
            return money(context, value)
        case Decimal() | float():
            return _spaced(format_decimal(value, locale=speech.locale), speech)
        case date():  # a datetime, too
            return date_of(context, value)
        case list() | tuple():
            return ", ".join(str(shown(context, one)) for one in value)
        case Facts():
            return str(value)  # fails
    raise UnknownName("this is nothing that can be shown")


def _noted(value: Missing, speech: Speech, own: FrameType | None) -> str:
    """Note a missing value with its line, which is that of the code that asks for it.

    Raises:
        MissingValue: nobody wants them noted.
    """
    if speech.missing is None or own is None or own.f_back is None:
        return str(value)  # fails
    template = own.f_back.f_globals.get("__jinja_template__")
    line = template.get_corresponding_lineno(own.f_back.f_lineno) if template is not None else 0
    speech.missing.append((value.path, line))
    return "…"


def with_lines(text: str) -> Markup:
    """A text in HTML: escaped, and its lines kept."""
    return Markup("<br>\n").join(escape(line) for line in text.splitlines())


def _spaced(text: str, speech: Speech) -> str:
    """A text as it is, or with plain spaces: an SMS with a single space of another kind needs twice the parts."""
    return text if speech.is_html else " ".join(text.split())


def _day(value: Any, speech: Speech) -> date:
    if isinstance(value, datetime):
        return value.astimezone(speech.zone).date()
    if isinstance(value, date):
        return value
    raise UnknownName("this is no day or moment; `ago` and `date` tell those")


OWN_FILTERS: dict[str, Callable[..., Any]] = {
    "ago": ago,
    "date": date_of,
    "time": time_of,
    "money": money,
    "otherwise": otherwise,
    "default": otherwise,
}
"""By the name that templates use."""
