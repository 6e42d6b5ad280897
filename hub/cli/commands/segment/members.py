"""``hub segment members`` and ``export``: who is in a segment or a view."""

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.commands.segment.options import (
    After,
    AsOf,
    Descending,
    FileForm,
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
    form: FileForm = None,
) -> None:
    """Export all members of a segment or a view with their figures, as CSV, JSON lines or an Excel workbook.

    No cell can be taken for a formula by a spreadsheet.
    """
    from hub.cli.audiences import Showings, evaluated, of_segment
    from hub.cli.exporting import form_of, write_members

    chosen = form_of(form, file)
    with opened(context) as hub:
        showings = Showings(without_production, without_event)
        found = evaluated(hub, of_segment(hub, name, view), showings, as_of).members
        count = write_members(hub, found, file, chosen)
        if file != "-":
            show(context, {"file": file, "members": count}, f"Wrote {count:,} members to {file}.")
