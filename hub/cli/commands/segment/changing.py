"""``hub segment preview``, ``edit``, ``uses``, ``remove``, ``restore`` and ``delete``: change segments."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.commands.segment.options import Name, Yes
from hub.cli.confirming import confirm
from hub.cli.errors import explaining
from hub.cli.opening import opened
from hub.cli.output import remark, safe, show
from hub.cli.texts import text_of

if TYPE_CHECKING:
    from hub.core.segments.editing import ChangePreview


def preview(
    context: typer.Context,
    name: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Its new definition; @FILE reads it from a file.")],
) -> None:
    """Show who would enter and leave with another definition, and what uses the segment. Nothing is changed."""
    with opened(context) as hub:
        said = text_of(text)
        with explaining(said):
            found = hub.segment_editing.preview(hub.segments.named(name), said)
        show(context, _data(found), _told(found))


def edit(
    context: typer.Context,
    name: Name,
    new_name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Its new name, also wherever the old one stands.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="Its new definition; @FILE reads it.")
    ] = None,
    description: Annotated[str | None, typer.Option("--description", help="What it is for.")] = None,
    yes: Yes = False,
) -> None:
    """Change a segment. Before its members change, it tells who enters and leaves and what uses it, and asks."""
    if new_name is None and text is None and description is None:
        raise typer.BadParameter("say one of --name, --text and --description at least", ctx=context)
    with opened(context) as hub:
        segment = hub.segments.named(name)
        data: dict[str, Any] = {}
        said = None if text is None else text_of(text)
        with explaining(said or ""):
            if said is not None:
                found = hub.segment_editing.preview(segment, said)
                data = _data(found)
                remark(context, _told(found))
                if not yes:
                    confirm(f"Change the segment {safe(segment.name)!r}?")
            changed = hub.segment_editing.edit(
                segment,
                name=new_name,
                description=description,
                definition=said,
                expected_changed_at=segment.changed_at,
            )
        from hub.cli.segments import as_data

        state = hub.segments.state(changed)
        size = "" if state.size is None else f": {state.size:,} customers"
        show(context, as_data(state) | {"change": data or None}, f"Changed {safe(changed.name)!r}{size}.")


def uses(context: typer.Context, name: Name) -> None:
    """List what uses a segment, itself or through other segments: syncs, segments and views."""
    from hub.cli.segments import use_data, use_table

    with opened(context) as hub:
        found = hub.segments.uses(hub.segments.named(name))
        show(context, [use_data(use) for use in found], use_table(found))


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


def restore(context: typer.Context, name: Name) -> None:
    """Bring a removed segment back."""
    with opened(context) as hub:
        segment = hub.segments.restore(name)
        show(context, {"name": segment.name, "removed": False}, f"Restored the segment {safe(segment.name)!r}.")


def delete(context: typer.Context, name: Name, yes: Yes = False) -> None:
    """Delete a removed segment for good, with its views and its history."""
    with opened(context) as hub:
        segment = hub.segments.named(name, removed=True)
        if segment.removed_at is not None and not yes:
            confirm(f"Delete the segment {safe(segment.name)!r} for good, with its views and its history?")
        hub.segments.delete(segment)
        show(context, {"name": segment.name, "deleted": True}, f"Deleted the segment {safe(segment.name)!r}.")


def _data(found: "ChangePreview") -> dict[str, Any]:
    from hub.cli.segments import use_data

    return {
        "size_before": len(found.before),
        "size_after": len(found.after),
        "entering": len(found.entering),
        "leaving": len(found.leaving),
        "uses": [use_data(use) for use in found.uses],
    }


def _told(found: "ChangePreview") -> str:
    from hub.cli.segments import use_table

    said = f"{len(found.before):,} customers before, {len(found.after):,} after: "
    said += f"{len(found.entering):,} enter, {len(found.leaving):,} leave."
    return f"{said}\nIt is used by:\n{use_table(found.uses)}" if found.uses else f"{said}\nNothing uses it."
