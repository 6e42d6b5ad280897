"""``hub sync preview``: what a run would do, and to whom."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.choices import planned_change
from hub.cli.commands.sync.options import Name
from hub.cli.opening import opened
from hub.cli.output import remark, show, table

if TYPE_CHECKING:
    from hub.core.app import Hub
    from hub.core.sync.previewing import Change
    from hub.core.sync.previewing import Preview as Previewed

_ALL = "all"


def preview(
    context: typer.Context,
    name: Name,
    changes: Annotated[
        Any,
        typer.Option(
            parser=planned_change,
            metavar="KIND",
            help="Who is concerned instead, with reasons: add, update, remove, reject or all.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many of them.")] = 50,
    to: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write all of them there, as CSV; - is standard output.")
    ] = None,
) -> None:
    """Show what a run would do now, with nothing sent."""
    from hub.cli.syncs import preview_data, preview_text
    from hub.core.store.tables import SyncMode

    kind = None if changes in (None, _ALL) else changes
    with opened(context) as hub:
        sync = hub.syncs.named(name)
        found = hub.syncs.preview(sync)
        if to is not None:
            _write(context, hub, found, kind, to)
        elif changes is not None:
            _list(context, hub, found, kind, limit)
        else:
            show(context, preview_data(found), preview_text(found, SyncMode(sync.mode)))


def _list(context: typer.Context, hub: "Hub", found: "Previewed", kind: "Change | None", limit: int) -> None:
    from hub.cli.syncs import change_data

    page = found.page(kind, limit=limit)
    data = change_data(hub, page.items)
    rows = [(str(one["number"]), one["external_id"], one["change"], one["reason"]) for one in data]
    show(context, data, table(("number", "external_id", "change", "reason"), rows))
    if page.end is not None:
        remark(context, "there are more; --limit shows more, --to FILE writes all of them")


def _write(context: typer.Context, hub: "Hub", found: "Previewed", kind: "Change | None", file: str) -> None:
    from hub.cli.files import write_file

    write_file(hub.sync_reports.changes(found, kind), file)
    if file != "-":
        show(context, {"file": file}, f"Wrote what a run would do to {file}.")
