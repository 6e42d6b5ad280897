"""Judges what came back from Meta: an answer to act on, or an error that says who must act.

The SDK's own judgement looks at the body alone, and takes a gateway's page or a bare 502 for success.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from hub import NotAuthorised, SettingsError, TryAgain, UserError
from hub_facebook.usage import Usage

_LONGEST_REASON = 300
_HASH = re.compile(r"[0-9a-f]{32,}", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")

_THROTTLED = frozenset({4, 17, 32, 613, *range(80000, 80015)})
_PASSING = frozenset({1, 2, 341, 5000})
_NOT_UPDATED = 2650
_SESSION_OVER = 1870148
_SESSION_EXPIRED = 1870158
_TOKEN = frozenset({102, 190})
_PERMISSION = frozenset({3, 10, *range(200, 300)})
_OUTDATED = 2635
_TOKEN_STATES = {
    458: "its user has removed the app",
    459: "its user must log in to Facebook and confirm something there",
    460: "its user has changed the password",
    463: "it has expired",
    464: "its user is not confirmed",
    467: "it was withdrawn",
    492: "its user has no role on the page or account any more",
}
_TERMS = {(200, 1870090), (2655, None)}
_TOO_FEW_LEFT = 1870047
_FLAGGED = 1713230
_NOT_SHARED = 1487301
_UNKNOWN = {(100, 33), (803, None)}
_DELETED = 1487366


class Refused(UserError):
    """Meta refuses the request, with its reason.

    Attributes:
        is_unknown: the thing addressed does not exist, or is hidden from this token.
        is_flagged: Meta has flagged the audience.
        leaves_too_few: so many removals at once would leave too small an audience.
    """

    def __init__(
        self, message: str, *, is_unknown: bool = False, is_flagged: bool = False, leaves_too_few: bool = False
    ) -> None:
        super().__init__(message)
        self.is_unknown = is_unknown
        self.is_flagged = is_flagged
        self.leaves_too_few = leaves_too_few


class Busy(TryAgain):
    """The audience takes no change just now, most likely because its members are being replaced."""


class SessionOver(TryAgain):
    """The upload session has had its last request already: Meta took it, though its answer was lost."""


class TermsNotAccepted(NotAuthorised):
    """Nobody has accepted the terms for Custom Audiences.

    Args:
        account: the ad account.
    """

    def __init__(self, account: str) -> None:
        page = f"https://business.facebook.com/ads/manage/customaudiences/tos/?act={account.removeprefix('act_')}"
        super().__init__(
            f"The ad account {account} has not accepted Meta's terms for Custom Audiences. Accept them at {page} "
            "and the sync goes on with its next run."
        )


def judge(account: str, status: int, text: str, usage: Usage, retry_after: float | None = None) -> None:
    """Tell an answer from a fault.

    Args:
        account: the ad account, for the text of an error.
        status: the HTTP status.
        text: the body.
        usage: what the headers say of the allowance.
        retry_after: seconds, if that header came.

    Raises:
        NotAuthorised: the token is refused, or may not do this, or terms are not accepted.
        TryAgain: throttled, in trouble, or not an answer of Meta's.
        SettingsError: the address leads elsewhere, or the version is too old.
        Refused: Meta refuses this very request.
    """
    body = _parse(text)
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        raise _error(account, status, body["error"], usage, retry_after)
    if 300 <= status < 400:
        raise SettingsError("Meta's address redirects elsewhere. Correct base_url.")
    if status == 429:
        raise TryAgain("Meta asks to slow down (HTTP status 429)", retry_after or usage.pause or None)
    if status >= 500 or status in (408, 425):
        raise TryAgain(f"Meta is in trouble (HTTP status {status})", retry_after)
    if status != 200 or not _is_answer(body):
        raise TryAgain(f"an answer that is not Meta's came back (HTTP status {status})")


def in_plain_words(text: str) -> str:
    """Meta's reason without addresses and hashes in it: reasons are shown and logged."""
    plain = _ADDRESS.sub("the address", _HASH.sub("the value", text)).strip()
    return f"{plain[:1].upper()}{plain[1:_LONGEST_REASON]}"


def _error(
    account: str, status: int, error: Mapping[str, Any], usage: Usage, retry_after: float | None
) -> Exception:
    code, subcode = _integer(error.get("code")), _integer(error.get("error_subcode"))
    reason = _reason(error, status)
    if code in _THROTTLED or status == 429:
        return TryAgain(
            f"Meta asks to slow down: {reason} The sync goes on by itself.", usage.regain or retry_after
        )
    if code in _TOKEN:
        why = _TOKEN_STATES.get(subcode or 0)
        return NotAuthorised(
            f"Meta refuses the access token: {why or reason}. Make a new one in Business Settings and enter it as "
            "access_token."
        )
    special = _special(account, code, subcode, reason)
    if special is not None:
        return special
    if code == _NOT_UPDATED:
        return _not_updated(subcode, reason)
    if code in _PASSING or error.get("is_transient") is True or status >= 500:
        return TryAgain(f"Meta is in trouble: {reason}", retry_after)
    if code in _PERMISSION or subcode == _NOT_SHARED:
        return NotAuthorised(
            f"Meta forbids this: {reason} Give the token's user the ad account with the task to manage campaigns, "
            "and the token the permission ads_management."
        )
    return Refused(f"Meta refuses the request: {reason}")


def _special(account: str, code: int | None, subcode: int | None, reason: str) -> Exception | None:
    """What Meta files under a general code though somebody in particular can mend it."""
    if subcode == _TOO_FEW_LEFT:
        return Refused(f"Meta refuses the removal: {reason}", leaves_too_few=True)
    if (code, subcode) in _TERMS or (code, None) in _TERMS:
        return TermsNotAccepted(account)
    if subcode == _FLAGGED:
        return Refused(f"Meta has flagged the audience: {reason}", is_flagged=True)
    if (code, subcode) in _UNKNOWN or (code, None) in _UNKNOWN or subcode == _DELETED:
        return Refused(f"Meta does not know this: {reason}", is_unknown=True)
    if code == _OUTDATED:
        return SettingsError("Meta no longer serves this version of its interface. Enter a newer api_version.")
    if code == 100 and "appsecret_proof" in reason:
        return NotAuthorised("Meta demands proof of the app's secret. Enter the secret of the token's app.")
    if code == 368:
        return Refused(f"Meta has blocked the account for a breach of its policies: {reason} See Account Quality.")
    return None


def _not_updated(subcode: int | None, reason: str) -> TryAgain:
    if subcode == _SESSION_OVER:
        return SessionOver(f"Meta has closed the upload session: {reason}")
    if subcode == _SESSION_EXPIRED:
        return TryAgain(f"Meta has given up the replacement, which took longer than 90 minutes: {reason}")
    return Busy(f"Meta can't change the audience just now: {reason}")


def _reason(error: Mapping[str, Any], status: int) -> str:
    parts = [str(error[name]) for name in ("error_user_title", "error_user_msg") if error.get(name)]
    return in_plain_words(": ".join(parts) or str(error.get("message") or f"HTTP status {status}"))


def _is_answer(body: Any) -> bool:
    """Whether this is something the SDK takes for a success too: it raises errors of its own, full of hashes."""
    if isinstance(body, list):
        return all(isinstance(one, dict) for one in body)
    return isinstance(body, dict) and "error" not in body and body.get("success", True) is True


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
