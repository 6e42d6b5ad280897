"""``hub segment evaluate``, ``history``, ``sizes`` and ``changes``: how segments change, and why."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.choices import day
from hub.cli.commands.segment.options import LARGEST, Limit, Name
from hub.cli.opening import opened
from hub.cli.output import moment, remark, show, table
from hub.core.contracts.errors import NotFound

if TYPE_CHECKING:
    from hub.core.app import Hub
    from hub.core.store.tables import Segment, SegmentResult


def evaluate(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Names of segments.", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All segments that have criteria.")] = False,
) -> None:
    """Evaluate segments now, so that their history knows who entered and left; show those that changed."""
    from hub.cli.histories import change_data, change_row, changes_of

    if bool(names) == everything:
        raise typer.BadParameter("say names of segments, or --all", ctx=context)
    with opened(context) as hub:
        found = hub.upkeep.run() if everything else changes_of(hub, names or [])
        problems = [one for one in hub.segments.states() if one.problem] if everything else []
        data = {
            "changes": [change_data(one) for one in found],
            "problems": [{"name": one.segment.name, "problem": one.problem} for one in problems],
        }
        rows = [change_row(one) for one in found]
        headings = ("name", "entered", "left", "why")
        show(context, data, table(headings, rows) if rows else "Nothing changed.")


def history(
    context: typer.Context,
    name: Name,
    limit: Limit = 100,
    before: Annotated[
        int | None, typer.Option(min=1, max=LARGEST, metavar="RESULT", help="Only results before that one.")
    ] = None,
) -> None:
    """Show how a segment changed and why, newest first. The numbers are what `hub segment changes` takes."""
    from hub.cli.histories import result_data, result_row

    with opened(context) as hub:
        segment = hub.segments.named(name)
        results = hub.segments.history(segment, limit, before=before)
        reasons = hub.segments.kept.reasons(results)
        zone = hub.organisation.time_zone
        data = [result_data(one, reasons[one.id or 0]) for one in results]
        rows = [
            (str(one.id), moment(one.evaluated_at, zone), *result_row(one, reasons[one.id or 0]))
            for one in results
        ]
        show(context, data, table(("result", "when", "customers", "entered", "left", "why"), rows))


def sizes(
    context: typer.Context,
    name: Name,
    since: Annotated[
        date | None, typer.Option(parser=day, metavar="DAY", help="From that day on, such as 2024-01-31.")
    ] = None,
) -> None:
    """Show a segment's size over time: each day on which it changed, oldest first, as bars."""
    from hub.cli.bars import sized

    with opened(context) as hub:
        days = hub.segments.kept.sizes(hub.segments.named(name), since or date.min)
        data = [{"day": one.day, "size": one.size, "entered": one.entered, "left": one.departed} for one in days]
        bars = sized([(str(one.day), one.size) for one in days])
        show(context, data, "\n".join(bars) or "There are none.")


def changes(
    context: typer.Context,
    name: Name,
    result: Annotated[
        int,
        typer.Argument(
            metavar="RESULT", min=1, max=LARGEST, help="Number of the result, as the history shows it."
        ),
    ],
    entered: Annotated[bool, typer.Option("--entered", help="Who entered.")] = False,
    left: Annotated[bool, typer.Option("--left", help="Who left.")] = False,
    limit: Limit = 50,
    after: Annotated[int, typer.Option(min=0, max=LARGEST, help="Go on after the customer with this number.")] = 0,
) -> None:
    """Show who entered or left a segment with a result, and why each of them did."""
    from hub.cli.histories import customers_data
    from hub.core.segments.history.changes import Side

    if entered == left:
        raise typer.BadParameter("say one of --entered and --left", ctx=context)
    with opened(context) as hub:
        found = _result(hub, hub.segments.named(name), result)
        side = Side.ENTERED if entered else Side.LEFT
        page = hub.segments.kept.changes(found.id or 0, side, after=after, limit=limit + 1)
        page, more = page[:limit], page[limit - 1].number if len(page) > limit else None
        data = customers_data(hub, page)
        rows = [(str(one["number"]), one["external_id"], one["email"], "; ".join(one["reasons"])) for one in data]
        show(context, {"customers": data, "next": more}, table(("number", "external_id", "email", "why"), rows))
        if more is not None:
            remark(context, f"There are more; go on with --after {more}")


def _result(hub: "Hub", segment: "Segment", number: int) -> "SegmentResult":
    """The segment's result of that number.

    Raises:
        NotFound: it has none.
    """
    newest = hub.segments.history(segment, 1, before=number + 1)
    if not newest or newest[0].id != number:
        raise NotFound(
            f"the segment {segment.name!r} has no result {number}; `hub segment history` shows those there are"
        )
    return newest[0]
