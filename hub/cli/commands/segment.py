"""``hub segment``: make, count, look into, export and watch segments."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.choices import day
from hub.cli.errors import TextError, explaining
from hub.cli.opening import opened
from hub.cli.output import moment, remark, safe, show, table
from hub.cli.program import HubCommand, new_app
from hub.core.contracts.errors import DefinitionError, NotFound

if TYPE_CHECKING:
    from hub.core.app import Hub
    from hub.core.segments.evaluator import Evaluation
    from hub.core.segments.states import SegmentState

app = new_app("Make, count, export and watch segments.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the segment.", show_default=False)]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")]


@app.command("create", cls=HubCommand)
def create(
    context: typer.Context,
    name: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Who is in it, such as 'orders >= 3'.")],
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Make a segment of all who match a text."""
    with opened(context) as hub, explaining(text):
        state = hub.segments.state(hub.segments.create(name, text, description))
        show(context, _data(state), f"Made the segment {safe(state.segment.name)!r}: {state.size:,} customers.")


@app.command("list", cls=HubCommand)
def list_segments(
    context: typer.Context,
    removed: Annotated[bool, typer.Option("--removed", help="Those that were removed instead.")] = False,
) -> None:
    """List the segments with their newest sizes."""
    with opened(context) as hub:
        states = hub.segments.states(removed=removed)
        zone = hub.organisation.time_zone
        rows = [
            (
                one.segment.name,
                one.size,
                moment(one.evaluated_at, zone),
                ", ".join(one.synced_to),
                one.text or one.problem,
            )
            for one in states
        ]
        headings = ("name", "customers", "changed", "synced by", "text")
        show(context, [_data(one) for one in states], table(headings, rows))


@app.command("show", cls=HubCommand)
def show_segment(context: typer.Context, name: Name) -> None:
    """Show a segment as it is now: its text, the same as a sentence, its size, and where it is synced."""
    from hub.core.segments.definition import load

    with opened(context) as hub:
        segment = hub.segments.named(name)
        evaluation = hub.segments.evaluate(segment)
        sentence = hub.segments.language.describe(load(segment.definition))
        data = _data(hub.segments.state(segment)) | {
            "size": len(evaluation.members),
            "sentence": sentence,
            "synced_to": _syncs_of(hub, segment.id),
        }
        places = [f"{one['audience']} ({one['connection']}, by {one['sync']})" for one in data["synced_to"]]
        lines = {
            "name": segment.name,
            "description": segment.description,
            "text": data["text"],
            "means": sentence,
            "customers": f"{data['size']:,}",
            "synced to": ", ".join(places) or "nowhere",
        }
        show(context, data, "\n".join(f"{label + ':':13}{safe(said)}" for label, said in lines.items() if said))


@app.command("count", cls=HubCommand)
def count(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT-OR-NAME", help="A segment's name, or a text.")],
    as_of: Annotated[
        date | None,
        typer.Option("--as-of", parser=day, metavar="DAY", help="As at the end of that day, such as 2024-01-31."),
    ] = None,
) -> None:
    """Count who is in a segment, or who matches a text. Prints the number alone.

    With --json it also tells how many each criterion matches by itself.
    """
    with opened(context) as hub:
        evaluation = _evaluation(hub, text, as_of)
        size = len(evaluation.members)
        criteria = [
            {"text": hub.segments.language.print(answer.node), "count": len(answer.members)}
            for answer in evaluation.criteria
        ]
        data = {"count": size, "as_of": evaluation.calendar.today, "criteria": criteria}
        show(context, data, str(size))


@app.command("members", cls=HubCommand)
def members(
    context: typer.Context,
    name: Name,
    limit: Limit = 50,
    after: Annotated[int, typer.Option(min=0, help="Go on after the customer with this number.")] = 0,
) -> None:
    """List a segment's members by number."""
    from hub.cli.members import as_rows, readable

    with opened(context) as hub:
        found = hub.segments.evaluate(hub.segments.named(name)).members
        page = readable(hub.segments.rows(found, after=after, limit=limit + 1), hub.organisation)
        is_last, page = page.num_rows <= limit, page.slice(0, limit)
        more = None if is_last else page["number"][-1].as_py()
        headings, rows = as_rows(page)
        data = {"members": page.to_pylist(), "size": len(found), "next": more}
        show(context, data, table(headings, rows))
        if more is not None:
            remark(context, f"There are {len(found):,} in all; go on with --after {more}")


@app.command("export", cls=HubCommand)
def export(
    context: typer.Context,
    name: Name,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to write; - is standard output.")],
) -> None:
    """Export all members of a segment as CSV. No cell can be taken for a formula by a spreadsheet."""
    from hub.cli.members import readable, write_csv

    with opened(context) as hub:
        found = hub.segments.evaluate(hub.segments.named(name)).members
        rows = readable(hub.segments.rows(found), hub.organisation)
        write_csv(rows, file)
        if file != "-":
            show(
                context,
                {"file": file, "members": rows.num_rows},
                f"Wrote {rows.num_rows:,} members to {file}.",
            )


@app.command("history", cls=HubCommand)
def history(context: typer.Context, name: Name, limit: Limit = 100) -> None:
    """Show how a segment changed, newest first."""
    with opened(context) as hub:
        results = hub.segments.history(hub.segments.named(name), limit)
        zone = hub.organisation.time_zone
        data = [
            {
                "evaluated_at": one.evaluated_at,
                "day": one.day,
                "size": one.size,
                "entered": one.entered,
                "left": one.departed,
            }
            for one in results
        ]
        rows = [(moment(one.evaluated_at, zone), one.size, one.entered, one.departed) for one in results]
        show(context, data, table(("when", "customers", "entered", "left"), rows))


@app.command("remove", cls=HubCommand)
def remove(context: typer.Context, name: Name) -> None:
    """Put a segment away. It can be restored at any time."""
    with opened(context) as hub:
        segment = hub.segments.named(name)
        hub.segments.remove(segment)
        show(
            context,
            {"name": segment.name, "removed": True},
            f"Removed the segment {safe(segment.name)!r}; `hub segment restore` brings it back.",
        )


@app.command("restore", cls=HubCommand)
def restore(context: typer.Context, name: Name) -> None:
    """Bring a removed segment back."""
    with opened(context) as hub:
        segment = hub.segments.restore(name)
        show(context, {"name": segment.name, "removed": False}, f"Restored the segment {safe(segment.name)!r}.")


def _evaluation(hub: "Hub", text: str, as_of: date | None) -> "Evaluation":
    """Of the segment of that name if there is one, otherwise of the text itself."""
    try:
        segment = hub.segments.named(text, removed=True)
    except NotFound:
        try:
            return hub.segments.ask(text, as_of)
        except DefinitionError as error:
            error.hint = f"{error.hint}; " if error.hint else ""
            error.hint += "nor is there a segment of that name"
            raise TextError(text, error) from error
    return hub.segments.evaluate(hub.segments.named(segment.name), as_of)


def _data(state: "SegmentState") -> dict[str, Any]:
    segment = state.segment
    return {
        "name": segment.name,
        "description": segment.description,
        "text": state.text,
        "problem": state.problem,
        "size": state.size,
        "evaluated_at": state.evaluated_at,
        "synced_by": list(state.synced_to),
        "created_at": segment.created_at,
        "removed_at": segment.removed_at,
    }


def _syncs_of(hub: "Hub", segment_id: int | None) -> list[dict[str, str]]:
    names = {connection.id: connection.name for connection in hub.connections.all()}
    return [
        {"sync": sync.name, "connection": names[sync.connection_id], "audience": sync.audience_name}
        for sync in hub.syncs.all()
        if sync.segment_id == segment_id
    ]
