"""Pages through a listing that may change meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub import TryAgain
from hub_mailchimp.api import Api

_PAGE = 1000
"""The most rows Mailchimp gives at once."""
_OVERLAP = 20
"""Rows asked for twice: as many may be deleted while a page is read without one after them being missed."""


@dataclass(frozen=True)
class Page:
    """A part of a listing."""

    rows: list[Mapping[str, Any]] = field(repr=False)
    total: int | None
    """How many rows Mailchimp says there are in all."""


def pages(api: Api, path: str, name: str, fields: Sequence[str]) -> Iterator[Page]:
    """Yield a listing a page at a time, some of its rows twice.

    One connection is used: Mailchimp refuses more than 10 at once over everything that uses the account. A row
    that is missed all the same, since more were deleted at once, is found by the next run, which reads all again.

    Args:
        api: the account.
        path: below the base URL, quoted.
        name: what the list is called in the answer.
        fields: what to ask for of each row.

    Raises:
        NotAuthorised, SettingsError, TryAgain: see ``answers.judge``; TryAgain also when the list has gone.
    """
    chosen = ",".join(["total_items", *(f"{name}.{one}" for one in fields)])
    offset = 0
    while True:
        answer = api.call("GET", path, fields=chosen, count=str(_PAGE), offset=str(offset))
        if not answer.is_success:
            raise TryAgain(f"Mailchimp does not give the {name}: {answer.detail}")
        rows = answer.rows(name)
        total = answer.body.get("total_items")
        yield Page(rows, total if isinstance(total, int) else None)
        if len(rows) < _PAGE:
            return
        offset += _PAGE - _OVERLAP
