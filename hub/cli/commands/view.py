"""``hub view``: what segments are seen through, under names."""

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.errors import explaining
from hub.cli.opening import opened
from hub.cli.output import safe, show, table
from hub.cli.program import HubCommand, new_app
from hub.cli.texts import text_of
from hub.core.contracts.errors import DefinitionError

if TYPE_CHECKING:
    from hub.core.app import Hub
    from hub.core.store.tables import Segment, View

app = new_app("Save what a segment is seen through, under a name.")

OfSegment = Annotated[str, typer.Argument(metavar="SEGMENT", help="Name of the segment.", show_default=False)]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the view.", show_default=False)]


@app.command("list", cls=HubCommand)
def list_views(context: typer.Context, segment: OfSegment) -> None:
    """List a segment's views."""
    from hub.cli.segments import view_data

    with opened(context) as hub:
        found = hub.segments.named(segment)
        data = [view_data(hub, found.name, view) for view in hub.views.of(found)]
        show(
            context, data, table(("name", "text"), [(one["name"], one["text"] or one["problem"]) for one in data])
        )


@app.command("create", cls=HubCommand)
def create(
    context: typer.Context,
    segment: OfSegment,
    name: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Further criteria; @FILE reads them from a file.")],
) -> None:
    """Save further criteria as a view of a segment. Who comes to match is in it by themselves."""
    with opened(context) as hub:
        found, said = hub.segments.named(segment), text_of(text)
        with explaining(said):
            view = hub.views.create(found, name, said)
        _show(context, hub, found, view, "Made")


@app.command("show", cls=HubCommand)
def show_view(context: typer.Context, segment: OfSegment, name: Name) -> None:
    """Show a view as it is now: its text, the same with its segment as a sentence, and its size."""
    from hub.cli.segments import view_data

    with opened(context) as hub:
        found = hub.segments.named(segment)
        view = hub.views.named(found, name)
        sentence = hub.segments.language.describe(hub.views.tree(view))
        size = len(hub.views.evaluate(view).members)
        data = view_data(hub, found.name, view) | {"sentence": sentence, "size": size}
        lines = {
            "name": view.name,
            "segment": found.name,
            "text": data["text"],
            "means": sentence,
            "customers": f"{size:,}",
        }
        show(context, data, "\n".join(f"{label + ':':11}{safe(said)}" for label, said in lines.items()))


@app.command("change", cls=HubCommand)
def change(
    context: typer.Context,
    segment: OfSegment,
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Its new name.")] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="Its new criteria; @FILE reads them.")
    ] = None,
) -> None:
    """Give a view another name or other criteria."""
    if new_name is None and text is None:
        raise typer.BadParameter("say one of --name and --text at least", ctx=context)
    with opened(context) as hub:
        found, said = hub.segments.named(segment), None if text is None else text_of(text)
        with explaining(said or ""):
            view = hub.views.change(hub.views.named(found, name), name=new_name, definition=said)
        _show(context, hub, found, view, "Changed")


@app.command("remove", cls=HubCommand)
def remove(context: typer.Context, segment: OfSegment, name: Name) -> None:
    """Forget a view; nothing of its segment changes."""
    with opened(context) as hub:
        found = hub.segments.named(segment)
        view = hub.views.named(found, name)
        hub.views.remove(view)
        data = {"segment": found.name, "name": view.name, "removed": True}
        show(context, data, f"Removed the view {safe(view.name)!r} of {safe(found.name)!r}.")


def _show(context: typer.Context, hub: "Hub", segment: "Segment", view: "View", verb: str) -> None:
    from hub.cli.segments import view_data

    try:
        size: int | None = len(hub.views.evaluate(view).members)
    except DefinitionError:  # one that can't be answered may still be given another name
        size = None
    counted = "" if size is None else f": {size:,} customers"
    show(
        context,
        view_data(hub, segment.name, view) | {"size": size},
        f"{verb} the view {safe(view.name)!r} of {safe(segment.name)!r}{counted}.",
    )
