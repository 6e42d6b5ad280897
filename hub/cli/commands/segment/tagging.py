"""``hub segment tag``, ``untag`` and ``tags``: tags on everyone in a segment at once."""

from typing import Annotated

import typer

from hub.cli.commands.segment.options import Name, ViewOf
from hub.cli.opening import opened
from hub.cli.output import safe, show, table

TagName = Annotated[str, typer.Argument(metavar="TAG", help="The tag.", show_default=False)]


def tag(context: typer.Context, name: Name, tag: TagName, view: ViewOf = None) -> None:
    """Tag everyone who is in a segment now, or in a view of it; a new tag is made."""
    _change(context, name, tag, view, tagging=True)


def untag(context: typer.Context, name: Name, tag: TagName, view: ViewOf = None) -> None:
    """Take a tag off everyone who is in a segment now, or in a view of it."""
    _change(context, name, tag, view, tagging=False)


def tags(context: typer.Context, name: Name, view: ViewOf = None) -> None:
    """List each tag with how many have it in a segment, or a view of it, and among all customers."""
    from hub.cli.audiences import evaluated, of_segment

    with opened(context) as hub:
        members = evaluated(hub, of_segment(hub, name, view)).members
        counts = hub.tagging.counts(members)
        data = [{"tag": one.tag, "among": one.among, "in_all": one.in_all} for one in counts]
        rows = [(one.tag, one.among, one.in_all) for one in counts]
        show(context, {"size": len(members), "tags": data}, table(("tag", "in the segment", "in all"), rows))


def _change(context: typer.Context, name: str, tag: str, view: str | None, *, tagging: bool) -> None:
    from hub.cli.audiences import evaluated, of_segment

    with opened(context) as hub:
        members = evaluated(hub, of_segment(hub, name, view)).members
        changed = (hub.tagging.tag if tagging else hub.tagging.untag)(members, tag)
        said = f"{safe(tag)!r} was put on" if tagging else f"{safe(tag)!r} was taken off"
        show(
            context,
            {"tag": tag, "size": len(members), "changed": changed},
            f"{said} {changed:,} of {len(members):,} customers.",
        )
