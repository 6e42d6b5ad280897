"""``hub segment list``, ``show``, ``count``, ``dashboard`` and ``why``: look at segments and ask questions."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.commands.segment.options import (
    AsOf,
    CustomerNumber,
    ExternalId,
    Name,
    SourceName,
    TextOrName,
    ViewOf,
    WithoutEvent,
    WithoutProduction,
)
from hub.cli.opening import opened
from hub.cli.output import moment, safe, show, table

if TYPE_CHECKING:
    from hub.core.app import Hub
    from hub.core.segments.dashboard.dashboard import DashboardState
    from hub.core.segments.definition import Tree


def list_segments(
    context: typer.Context,
    removed: Annotated[bool, typer.Option("--removed", help="Those that were removed instead.")] = False,
) -> None:
    """List the segments with their newest sizes, where they are synced, what uses them and what is wrong."""
    from hub.cli.segments import as_data, users

    with opened(context) as hub:
        states = hub.segments.states(removed=removed)
        rows = [
            (
                one.segment.name,
                one.size,
                moment(one.evaluated_at, hub.organisation.time_zone),
                ", ".join(one.synced_to),
                users(one),
                one.problem or one.text or "added by hand",
            )
            for one in states
        ]
        headings = ("name", "customers", "changed", "synced by", "used by", "text")
        show(context, [as_data(one) for one in states], table(headings, rows))


def show_segment(context: typer.Context, name: Name) -> None:
    """Show a segment as it is now: its text, the same as a sentence, its size, views, users and syncs."""
    from hub.cli.segments import as_data, syncs_of, users
    from hub.core.segments.definition import load

    with opened(context) as hub:
        segment = hub.segments.named(name)
        evaluation = hub.segments.evaluate(segment)
        state = hub.segments.state(segment)
        sentence = "customers who were added by hand"
        if segment.definition is not None:
            sentence = hub.segments.language.describe(load(segment.definition))
        data = as_data(state) | {
            "size": len(evaluation.members),
            "sentence": sentence,
            "views": [view.name for view in hub.views.of(segment)],
            "synced_to": syncs_of(hub, segment.id),
        }
        places = [f"{one['audience']} ({one['connection']}, by {one['sync']})" for one in data["synced_to"]]
        lines = {
            "name": segment.name,
            "description": segment.description,
            "text": data["text"],
            "means": sentence,
            "customers": f"{data['size']:,}",
            "views": ", ".join(data["views"]),
            "used by": users(state),
            "synced to": ", ".join(places) or "nowhere",
        }
        show(context, data, "\n".join(f"{label + ':':13}{safe(said)}" for label, said in lines.items() if said))


def count(
    context: typer.Context,
    text: TextOrName,
    view: ViewOf = None,
    without_production: WithoutProduction = [],  # noqa: B006 - typer copies the list
    without_event: WithoutEvent = [],  # noqa: B006
    as_of: AsOf = None,
) -> None:
    """Count who is in a segment, or who matches a text. Prints the number alone.

    With --json it also tells how many each criterion matches by itself.
    """
    from hub.cli.audiences import Showings, evaluated, narrowed, segment_or_text

    with opened(context) as hub:
        asked = narrowed(hub, segment_or_text(hub, text), view)
        evaluation = evaluated(hub, asked, Showings(without_production, without_event), as_of)
        size = len(evaluation.members)
        criteria = [
            {"text": hub.segments.language.print(answer.node), "count": len(answer.members)}
            for answer in evaluation.criteria
        ]
        data = {"count": size, "as_of": evaluation.calendar.today, "criteria": criteria}
        show(context, data, str(size))


def dashboard(
    context: typer.Context,
    text: TextOrName,
    filters: Annotated[
        str | None,
        typer.Option("--filters", metavar="TEXT", help="Look at its customers through this; @FILE reads it."),
    ] = None,
    view: ViewOf = None,
    without_production: WithoutProduction = [],  # noqa: B006 - typer copies the list
    without_event: WithoutEvent = [],  # noqa: B006
    as_of: AsOf = None,
) -> None:
    """Show the total, what each criterion matches by itself, and how the values behind each are spread."""
    from hub.cli.audiences import Showings, filters_and_base, narrowed, segment_or_text

    if filters is not None and view is not None:
        raise typer.BadParameter("say one of --filters and --view", ctx=context)
    with opened(context) as hub:
        asked = narrowed(hub, segment_or_text(hub, text), view)
        tree, base = filters_and_base(hub, asked, filters, Showings(without_production, without_event))
        state = hub.dashboard.open(tree, base, as_of=as_of)
        show(context, _dashboard_data(hub, tree, state), "\n".join(_dashboard_lines(hub, tree, state)))


def why(
    context: typer.Context,
    text: TextOrName,
    number: CustomerNumber = None,
    external_id: ExternalId = None,
    source: SourceName = "csv",
    as_of: AsOf = None,
) -> None:
    """Tell why a customer is in a segment or matches a text, or why not, criterion by criterion."""
    from hub.cli.audiences import segment_or_text
    from hub.cli.customers import number_of
    from hub.cli.explanations import as_data, as_lines

    with opened(context) as hub:
        asked = segment_or_text(hub, text)
        found = number_of(hub, number, external_id, source)
        explained = hub.explaining.explain(asked, found, hub.segments.calendar(as_of))
        data = {"number": found, "matches": explained.matches, "explanation": as_data(explained)}
        show(context, data, safe("\n".join(as_lines(explained))))


def _dashboard_data(hub: "Hub", tree: "Tree", state: "DashboardState") -> dict[str, Any]:
    from hub.cli.bars import as_data

    language, currency = hub.segments.language, hub.organisation.currency
    return {
        "size": state.size,
        "base_size": state.base_size,
        "as_of": state.evaluation.calendar.today,
        "text": language.print(tree),
        "sentence": language.describe(tree),
        "criteria": [
            {
                "text": language.print(one.node),
                "sentence": language.describe(one.node),
                "size": one.size,
                "histogram": as_data(one.histogram, currency) if one.histogram else None,
            }
            for one in state.filters
        ],
    }


def _dashboard_lines(hub: "Hub", tree: "Tree", state: "DashboardState") -> list[str]:
    from hub.cli.bars import as_lines

    language = hub.segments.language
    lines = [f"{state.size:,} of {state.base_size:,}: {safe(language.describe(tree))}"]
    for one in state.filters:
        lines += ["", f"{one.size:,}: {safe(language.print(one.node))}"]
        if one.histogram:
            lines += [f"  {line}" for line in as_lines(one.histogram, hub.organisation.currency)]
    return lines
