"""Judges what came back from a shop: rows to read, or an error that says who must act."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from hub import NotAuthorised, SettingsError, TryAgain

Row = Mapping[str, Any]

_LONGEST_DETAIL = 200


@dataclass(frozen=True)
class Page:
    """One page of a listing."""

    rows: list[Row] = field(repr=False)
    total: int | None
    """How many rows there are on all pages; None if something between took the header away."""
    pages: int | None
    answered_at: datetime
    """By the shop's clock, in UTC."""


def rows_of(status: int, text: str, location: str, retry_after: str) -> list[Row]:
    """The rows of a listing.

    Args:
        status: the HTTP status.
        text: the body.
        location: the header of that name, or an empty text.
        retry_after: the header of that name, or an empty text.

    Raises:
        NotAuthorised: the keys are refused, or may not read this.
        SettingsError: the address leads elsewhere, or WooCommerce is not there or too old.
        TryAgain: the shop is busy or in trouble, or a plugin of it spoils the answers.
    """
    value = _parse(text)
    code = str(value.get("code", "")) if isinstance(value, dict) else ""
    detail = str(value.get("message", ""))[:_LONGEST_DETAIL] if isinstance(value, dict) else ""
    if 300 <= status < 400:
        raise SettingsError(
            f"The shop's address redirects{_where(location)}. Enter the address it has now as url."
        )
    if status == 401 or (status == 403 and code):
        raise NotAuthorised(
            f"The shop refuses the consumer key or secret: {detail or 'no reason is given'} Enter a valid pair "
            "with Read permission; if it is valid, the shop's web server must pass on the Authorization header."
        )
    if status == 403:
        raise TryAgain(
            "Something before the shop blocks the hub, such as a firewall or a security plugin: allow it"
        )
    if status in (408, 425, 429) or status >= 500:
        raise TryAgain(f"The shop is busy or in trouble (HTTP status {status})", _seconds(retry_after))
    if status == 400 and code:
        raise SettingsError(f"The shop does not understand the hub ({detail}): it needs WooCommerce 5.8 or newer.")
    if status != 200:
        raise SettingsError(
            f"There is no WooCommerce interface at url (HTTP status {status}). Correct url; in the shop, activate "
            "WooCommerce and set permalinks to anything but Plain."
        )
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise TryAgain(
            "The shop's answer is not what WooCommerce sends; a plugin of the shop may write into it: "
            "look into the shop's error log"
        )
    return value


def _parse(text: str) -> Any:
    try:
        return json.loads(
            text.removeprefix("\ufeff")
        )  # themes and plugins saved with a mark of byte order send it
    except ValueError:
        return None


def _where(location: str) -> str:
    """Where to, as far as it can be told without what may be secret in it."""
    parts = urlsplit(location)
    return f" to {parts.scheme}://{parts.hostname}" if parts.scheme in ("http", "https") and parts.hostname else ""


def _seconds(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() else None
