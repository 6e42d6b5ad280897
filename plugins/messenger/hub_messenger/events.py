"""What each kind of thing that happens in a conversation means to the hub."""

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hub import ChannelEvent, Fate, FateReport, Heard, StopRequest

_STOPS = frozenset({"STOP", "STOPP", "ABMELDEN", "AFMELD", "UNSUBSCRIBE"})
_NO_MORE = "STOP_NOTIFICATIONS"


def events_of(item: Mapping[str, Any], now: datetime, log: logging.Logger) -> Iterator[ChannelEvent]:
    """What one item of a conversation tells; nothing if it can't be understood or says nothing of use.

    That the customer read everything up to some moment names no message, so it becomes no report.
    """
    customer = _part(item, "sender").get("id")
    at = _moment(item.get("timestamp"), now)
    delivery = _part(item, "delivery")
    if delivery:
        yield from _delivered(delivery, _moment(item.get("timestamp", delivery.get("watermark")), now))
        return
    message, postback, optin = (_part(item, name) for name in ("message", "postback", "optin"))
    if message.get("is_echo") is True or item.keys() & {"read", "reaction", "message_edit"}:
        return
    if not (message or postback or optin or _part(item, "referral")):
        log.info("Meta told of something in a conversation that is not known; it is left out")
        return
    if not isinstance(customer, str) or not customer.isdigit():
        log.info("Meta told of somebody whom the Page does not know yet; it is left out")
        return
    yield Heard(customer, at, _token(item, message, postback, optin))
    if (
        _is_stop(message.get("text"))
        or _is_stop(postback.get("payload"))
        or optin.get("notification_messages_status") == _NO_MORE
    ):
        yield StopRequest(customer, at)


def _delivered(delivery: Mapping[str, Any], at: datetime) -> Iterator[ChannelEvent]:
    references = delivery.get("mids")
    for reference in references if isinstance(references, list) else []:
        if isinstance(reference, str) and reference:
            yield FateReport(reference, Fate.DELIVERED, at)


def _token(item: Mapping[str, Any], *parts: Mapping[str, Any]) -> str:
    """What a link into the conversation carried, wherever this kind of item has it."""
    carriers = (_part(item, "referral"), *(_part(part, "referral") for part in parts), _part(item, "optin"))
    return next((str(one["ref"]) for one in carriers if isinstance(one.get("ref"), str)), "")


def _is_stop(text: Any) -> bool:
    return isinstance(text, str) and len(text) < 40 and text.strip(" \t\r\n.!\"'„“”").upper() in _STOPS


def _moment(milliseconds: Any, now: datetime) -> datetime:
    """When Meta says it was; now, if it does not say, or says it is still to come."""
    try:
        return min(datetime.fromtimestamp(milliseconds / 1000, UTC), now)
    except (TypeError, ValueError, OverflowError, OSError):
        return now


def _part(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = item.get(name)
    return value if isinstance(value, dict) else {}
