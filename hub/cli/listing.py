"""Lists members page by page: sorted, searched, as a table or as data."""

from typing import Any

import typer

from hub.cli.members import as_rows, readable
from hub.cli.output import remark, show, table
from hub.cli.positions import as_word, position_of
from hub.core.app import Hub
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.people.members import MemberOrder


def show_page(
    context: typer.Context,
    hub: Hub,
    members: Bitmap,
    *,
    order: MemberOrder,
    descending: bool,
    search: str,
    after: str | None,
    limit: int,
) -> None:
    """Show a page of members; say how to go on if there are more.

    Args:
        context: the command's.
        hub: where they are.
        members: whose page.
        order: what they are sorted by.
        descending: the other way round.
        search: only those who have this in their name, email, external id or city.
        after: where the page before ended, as it was said there.
        limit: most rows.

    Raises:
        BadParameter: ``after`` is no place in this list.
    """
    position = None if after is None else position_of(after, order)
    page = hub.members.page(
        members, order=order, descending=descending, search=search, after=position, limit=limit
    )
    more = as_word(page.end, order) if page.end else None
    rows = readable(page.rows, hub.organisation)
    data: dict[str, Any] = {
        "members": rows.to_pylist(), "size": len(members), "found": page.found, "next": more
    }  # fmt: skip
    show(context, data, table(*as_rows(rows)))
    if more is not None:
        remark(context, f"There are {page.found:,} in all; go on with --after {more}")
