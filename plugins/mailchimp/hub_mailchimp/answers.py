"""Judges what came back from Mailchimp: an answer to act on, or an error that says who must act."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub import NotAuthorised, SettingsError, TryAgain

_LONGEST_DETAIL = 300


@dataclass(frozen=True)
class Answer:
    """A proper answer: success, or a refusal (400, 404, 405, 422 …) that Mailchimp itself worded."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the request was carried out."""
        return self.status < 300

    @property
    def detail(self) -> str:
        """Mailchimp's reason, with the fields it is about."""
        reason = str(self.body.get("detail") or self.body.get("title") or f"HTTP status {self.status}")
        errors = self.body.get("errors")
        for error in errors if isinstance(errors, list) else []:
            if isinstance(error, dict) and error.get("message"):
                reason += f" {error.get('field') or 'request'}: {error['message']}."
        return reason[:_LONGEST_DETAIL]

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        """A list of objects in the body.

        Raises:
            TryAgain: there is none, so this is not what was asked for.
        """
        rows = self.body.get(name)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise TryAgain(f"Mailchimp's answer has no list of {name}, so nothing is known of the request")
        return rows


def judge(status: int, text: str, retry_after: str | None = None) -> Answer:
    """Tell an answer from a fault.

    Only an object in JSON is taken as Mailchimp's word: at very high volume it answers 429 or 403 without
    one, and gateways answer with pages for people.

    Args:
        status: the HTTP status.
        text: the body, empty if there was none.
        retry_after: that header's value, if it came; Mailchimp documents none.

    Raises:
        NotAuthorised: the key is refused, or may not do this.
        TryAgain: throttled, in trouble, or not an answer of Mailchimp's.
        SettingsError: the address leads elsewhere.
    """
    body = _parse(text)
    if status == 401:
        raise NotAuthorised("Mailchimp refuses the API key. Enter a valid one as api_key.")
    if status == 403 and body is not None:
        reason = Answer(status, body).detail
        raise NotAuthorised(f"Mailchimp forbids this to the API key: {reason} Use a key of a manager or owner.")
    if status in (403, 429):
        raise TryAgain(f"Mailchimp asks to slow down (HTTP status {status})", _seconds(retry_after))
    if 300 <= status < 400:
        raise SettingsError("Mailchimp's address redirects elsewhere. Correct base_url, or leave it empty.")
    if status >= 500 or status in (408, 425):
        raise TryAgain(f"Mailchimp is in trouble (HTTP status {status})", _seconds(retry_after))
    if body is None and not (status == 204 and not text):
        raise TryAgain(f"an answer that is not Mailchimp's came back (HTTP status {status})")
    return Answer(status, body or {})


def is_throttled(status: int, text: str) -> bool:
    """Whether a 403 is not about what the key may do: at very high volume one comes without JSON."""
    return status == 403 and _parse(text) is None


def _parse(text: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isascii() and header.isdigit() else None
