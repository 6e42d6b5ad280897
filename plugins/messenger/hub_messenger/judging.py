"""Judges what came back from Meta: a message taken, or an error that says who must act."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hub import FateUnknown, HubError, NotAuthorised, Refusal, Rejected, SettingsError, TryAgain

_LONGEST_REASON = 200
_DATA = re.compile(r"\S*(?:@|\d{5})\S*")
"""Addresses, and numbers long enough to be somebody's."""

_TOKEN = frozenset({102, 190})
_TOKEN_STATES = {
    458: "its user has removed the app",
    459: "its user must log in to Facebook and confirm something there",
    460: "its user has changed the password",
    463: "it has expired",
    467: "it was withdrawn",
    492: "its user has no role on the Page any more",
}
_THROTTLED = frozenset({4, 17, 32, 613, 80006})
_PASSING = frozenset({2, 1200})
_UNKNOWN = frozenset({1})
"""Meta answers so even when the message was sent."""
_PERMISSION = frozenset({3, 10, *range(200, 300)})
_WINDOW = frozenset({2018278, 2018065})
_CLOSED = "the time in which the customer can be written to is over; it begins again when they write"
_AWAY = "the customer can't be reached on Messenger: they blocked the Page, or are not there any more"
_NOT_NOW = "the customer takes no messages from the Page at present"
_UNREACHABLE = {
    (551, None): _AWAY,
    (200, 1545041): _AWAY,
    (10, 2018108): _NOT_NOW,
    (100, 2018001): "the Page does not know this customer; nothing more can be sent to this address",
}
_REFUSALS: Mapping[tuple[int, int | None], Refusal] = MappingProxyType({(100, 2018001): Refusal.ADDRESS})
"""What is refused beyond the message itself. Whoever is away or wants nothing at present may come back."""
_RESTRICTED = {(10, 1893063), (368, None)}
_OUTDATED = frozenset({2635, 2500})
_NO_SUCH_PAGE = (100, 33)


def judge(status: int, text: str, usage: str = "", retry_after: str = "") -> Mapping[str, Any]:
    """Return an answer that tells of success.

    Args:
        status: the HTTP status.
        text: the body.
        usage: the header ``x-business-use-case-usage``.
        retry_after: that header, in seconds.

    Raises:
        NotAuthorised: the token is refused, lacks a permission, or the Page is blocked.
        TryAgain: throttled or in trouble; certainly not taken.
        FateUnknown: not an answer of Meta's, or one that says nothing; it may have been taken.
        SettingsError: the address or the version is wrong.
        Rejected: Meta refuses this message or this customer.
    """
    answer = _parse(text)
    error = answer.get("error") if isinstance(answer, dict) else None
    asked = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None
    if isinstance(error, dict):
        raise _error(status, error, _pause(usage) or asked)
    if status == 200 and isinstance(answer, dict):
        return answer
    told = f"(HTTP status {status})"
    if status in (408, 425, 429, 503):
        raise TryAgain(f"Meta can't take messages just now {told}", asked)
    if status == 200 or status >= 500:
        raise FateUnknown(f"an answer that is not Meta's came back {told}; the message may have been taken")
    if status in (401, 403):
        raise NotAuthorised(f"Meta refuses the request {told}. Check access_token and base_url.")
    if status in (400, 413, 422):
        raise Rejected(f"Meta refuses the message {told}")
    raise SettingsError(f"base_url: what answers there is not the Graph API {told}. Correct the address.")


def _error(status: int, error: Mapping[str, Any], pause: float | None) -> HubError:
    code, subcode = _integer(error.get("code")), _integer(error.get("error_subcode"))
    reason = _reason(error)
    if code in _TOKEN:
        why = _TOKEN_STATES.get(subcode or 0, reason)
        return NotAuthorised(f"Meta refuses the access token: {why}. Enter a new one of the Page as access_token.")
    if code in _THROTTLED or status == 429:
        return TryAgain("Meta asks to slow down", pause)
    if subcode in _WINDOW:
        return Rejected(_CLOSED)
    unreachable = _UNREACHABLE.get((code or 0, subcode)) or _UNREACHABLE.get((code or 0, None))
    if unreachable:
        return Rejected(unreachable, _REFUSALS.get((code or 0, subcode), Refusal.MESSAGE))
    if (code, subcode) in _RESTRICTED or (code, None) in _RESTRICTED:
        return NotAuthorised(f"Meta does not let the Page send at present: {reason}. See Page Quality.")
    if code in _OUTDATED:
        return SettingsError("Meta no longer serves this version of its interface. Enter a newer api_version.")
    if (code, subcode) == _NO_SUCH_PAGE:
        return SettingsError("page_id: Meta has no such Page, or hides it from this token. Correct the ID.")
    if "appsecret_proof" in reason:
        return NotAuthorised("Meta refuses the proof of the app's secret. Enter the secret of the token's app.")
    if code in _UNKNOWN:
        return FateUnknown(f"Meta does not say whether it took the message: {reason}")
    if code in _PASSING or error.get("is_transient") is True:
        return TryAgain(f"Meta is in trouble: {reason}", pause)
    if code in _PERMISSION:
        return NotAuthorised(
            f"Meta forbids this: {reason}. Give the Page's token the permission pages_messaging, with advanced "
            "access for customers outside your team."
        )
    if status >= 500:
        return FateUnknown(f"Meta broke down: {reason}; the message may have been taken")
    return Rejected(f"Meta refuses the message: {reason}")


def _reason(error: Mapping[str, Any]) -> str:
    """Meta's own words, less what might be an address, with its numbers."""
    words = str(error.get("error_user_msg") or error.get("message") or "no reason given")
    plain = _DATA.sub("…", words)[:_LONGEST_REASON].strip().rstrip(".")
    numbers = [str(number) for number in (error.get("code"), error.get("error_subcode")) if _integer(number)]
    return f"{plain} ({'/'.join(numbers)})" if numbers else plain


def _pause(usage: str) -> float | None:
    """Seconds until Meta takes calls again, by its header, which counts in minutes."""
    found = _parse(usage)
    entries = [entry for entries in found.values() for entry in entries] if _is_usage(found) else []
    minutes = [_integer(entry.get("estimated_time_to_regain_access")) or 0 for entry in entries]
    return max(minutes) * 60.0 if minutes and max(minutes) > 0 else None


def _is_usage(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
        for entries in value.values()
    )


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
