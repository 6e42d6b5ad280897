"""Judges what came back from Viber, which answers nearly everything with HTTP status 200."""

import json
import re
from collections.abc import Mapping
from typing import Any

from hub import FateUnknown, HubError, NotAuthorised, Refusal, Rejected, SettingsError, TryAgain

BAD_DATA = frozenset({3, 4})
"""The request is not as it should be. Of a broadcast it does not say which part of it."""

_BUSY = 12
_GENERAL = frozenset({-1, 1000})
_WORD = re.compile(r"[A-Za-z]{1,40}")

_NOT_AUTHORISED = {
    2: "Viber refuses the token. Enter the bot's as auth_token.",
    7: "Viber has blocked the bot. Ask Viber's support.",
    8: "The token does not belong to a bot. Enter the bot's as auth_token.",
    9: "Viber has suspended the bot. Ask Viber's support.",
    15: "Viber does not allow the bot to do this. Ask Viber's support.",
}
_SETTINGS = {
    10: "Viber sends nothing for a bot without a webhook. Register the hub's address with Viber (set_webhook).",
    19: "Viber has not approved broadcasts for the bot. Set broadcast to no, or apply for them.",
    20: "Viber has not approved broadcasts for the bot. Set broadcast to no, or apply for them.",
    23: "The bot has used up this month's free messages. Ask Viber for commercial terms.",
    24: "The bot's balance with Viber is used up. Top it up.",
}
_REJECTED = {
    3: "Viber refuses the message: something in it is not as it should be",
    4: "Viber refuses the message: something is missing from it",
    5: "the customer is not on Viber any more; nothing more can be sent to this address",
    6: "the customer does not follow the bot any more; nothing can be sent until they do",
    11: "the customer's device or version of Viber can't show messages of bots",
    13: "the customer's version of Viber is too old",
    14: "Viber refuses the message: it does not fit the version asked for",
    21: "Viber sends no messages of bots to the customer's country",
}

_REFUSALS = {5: Refusal.ADDRESS, 6: Refusal.UNSUBSCRIBED}
"""What is refused beyond the message itself."""


def judge(status: int, text: str, retry_after: str = "") -> Mapping[str, Any]:
    """Read an answer; its own ``status`` is for ``error_of``.

    Args:
        status: the HTTP status.
        text: the body.
        retry_after: that header.

    Raises:
        TryAgain: certainly not taken.
        FateUnknown: not an answer of Viber's, and nobody knows whether the request was taken before it was made.
        NotAuthorised, SettingsError, Rejected: refused on the way.
    """
    if status == 200:
        answer = _parse(text)
        if not isinstance(answer, dict) or not _is_integer(answer.get("status")):
            raise FateUnknown("an answer that is not Viber's came back; the message may have been taken")
        return answer
    told = f"(HTTP status {status})"
    if status in (408, 425, 429, 503):
        after = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None
        raise TryAgain(f"Viber can't take messages just now {told}", after)
    if status >= 500:
        raise FateUnknown(f"Viber broke down before it answered {told}; the message may have been taken")
    if status in (401, 403):
        raise NotAuthorised(f"Viber refuses the request {told}. Check auth_token and base_url.")
    if status in (400, 413, 422):
        raise Rejected(f"Viber refuses the message {told}")
    raise SettingsError(f"base_url: what answers there is not Viber's interface {told}. Correct the address.")


def error_of(answer: Mapping[str, Any]) -> HubError | None:
    """What an answer, or an entry of a broadcast's ``failed_list``, says went wrong; None if nothing."""
    status = answer.get("status")
    if not _is_integer(status):
        return Rejected("Viber refuses the message and does not say why")
    if status == 0:
        return None
    if status in _NOT_AUTHORISED:
        return NotAuthorised(_NOT_AUTHORISED[status])
    if status in _SETTINGS:
        return SettingsError(_SETTINGS[status])
    if status in _REJECTED:
        return Rejected(_REJECTED[status], _REFUSALS.get(status, Refusal.MESSAGE))
    if status == _BUSY:
        return TryAgain("Viber asks to slow down: too many messages at once, or too many unanswered by a customer")
    # Only a single word is one of Viber's own; anything longer might repeat what was sent.
    word = str(answer.get("status_message", ""))
    told = f"(status {status}, {word})" if _WORD.fullmatch(word) else f"(status {status})"
    if status in _GENERAL:
        return TryAgain(f"Viber is in trouble {told}")
    return Rejected(f"Viber refuses the message {told}")


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
