"""Reads what providers send to the hub, in the forms they send it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hub import ChannelEvent, Heard, StopRequest, WebhookRequest
from hub_sms.numbers import address_of
from hub_sms.stopping import asks_to_stop


def form(body: str) -> dict[str, str]:
    """A form's or a query's fields, each with its first value."""
    return {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}


def parameters(request: WebhookRequest) -> dict[str, str]:
    """The parameters of a call: of GET in its address, otherwise a form or a JSON object of plain values."""
    if request.method.upper() == "GET":
        return form(urlsplit(request.url).query)
    read = json_object(request)
    if read is None:
        return form(request.body.decode("utf-8", "replace"))
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in read.items()}


def json_object(request: WebhookRequest) -> Mapping[str, Any] | None:
    """The body as a JSON object; None if it is none."""
    try:
        read = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def wrote(
    number: object, text: object, at: datetime, *, keyword: str = "", stops: bool = False
) -> list[ChannelEvent]:
    """What an incoming message tells: a wish for no more, or that somebody was heard of.

    Args:
        number: who wrote, as the provider tells it. Names and short codes tell nothing.
        text: what they wrote.
        at: when, in UTC.
        keyword: see ``asks_to_stop``.
        stops: whether the provider itself understood it as a wish for no more.
    """
    address = address_of(number)
    if address is None:
        return []
    if stops or asks_to_stop(str(text), keyword):
        return [StopRequest(address, at)]
    return [Heard(address, at)]


def instant(seconds: object, now: datetime) -> datetime:
    """The moment so many seconds after 1970, which can't be later than now; now if it is no number."""
    try:
        return min(datetime.fromtimestamp(float(str(seconds)), UTC), now)
    except (ValueError, OverflowError, OSError):
        return now
