"""``hub segment members`` and ``export``: who is in a segment or a view."""

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.commands.segment.options import (
    After,
    AsOf,
    Descending,
    Limit,
    Name,
    Search,
    Sort,
    ViewOf,
    WithoutEvent,
    WithoutProduction,
)
from hub.cli.opening import opened
from hub.cli.output import show

if TYPE_CHECKING:
    from hub.core.segments.people.members import MemberOrder


def members(
    context: typer.Context,
    name: Name,
    view: ViewOf = None,
    sort: Sort = "number",
    descending: Descending = False,
    search: Search = "",
    limit: Limit = 50,
    after: After = None,
    without_production: WithoutProduction = [],  # noqa: B006 - typer copies the list
    without_event: WithoutEvent = [],  # noqa: B006
    as_of: AsOf = None,
) -> None:
    """List the members of a segment or a view: by number, or sorted and searched."""
    from hub.cli.audiences import Showings, evaluated, of_segment
    from hub.cli.listing import show_page

    order: MemberOrder = sort
    with opened(context) as hub:
        showings = Showings(without_production, without_event)
        found = evaluated(hub, of_segment(hub, name, view), showings, as_of).members
        show_page(context, hub, found, order=order, descending=descending, search=search, after=after, limit=limit)


def export(
    context: typer.Context,
    name: Name,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to write; - is standard output.")],
    view: ViewOf = None,
    without_production: WithoutProduction = [],  # noqa: B006 - typer copies the list
    without_event: WithoutEvent = [],  # noqa: B006
    as_of: AsOf = None,
) -> None:
    """Export all members of a segment or a view as CSV. No cell can be taken for a formula by a spreadsheet."""
    from hub.cli.audiences import Showings, evaluated, of_segment
    from hub.cli.members import readable, write_csv

    with opened(context) as hub:
        showings = Showings(without_production, without_event)
        found = evaluated(hub, of_segment(hub, name, view), showings, as_of).members
        rows = readable(hub.segments.rows(found), hub.organisation)
        write_csv(rows, file)
        if file != "-":
            show(
                context,
                {"file": file, "members": rows.num_rows},
                f"Wrote {rows.num_rows:,} members to {file}.",
            )
