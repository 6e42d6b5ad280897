"""``hub sync create``: keep a segment, or a view of it, on another platform."""

from typing import Annotated

import typer

from hub.cli.commands.sync.options import (
    GUARD,
    Channel,
    Cron,
    Every,
    Mode,
    Name,
    OnChange,
    Permission,
    WithoutConsent,
    check_consent,
    schedule_of,
)
from hub.cli.opening import opened
from hub.cli.output import safe, show


def create(
    context: typer.Context,
    name: Name,
    segment: Annotated[str, typer.Option(help="Name of the segment.")],
    to: Annotated[str, typer.Option(metavar="CONNECTION", help="Name of the connection to the platform.")],
    view: Annotated[str | None, typer.Option(help="Keep this view of the segment, not all of it.")] = None,
    audience: Annotated[
        str, typer.Option(help="What it is called there; the name of the segment or view if not said.")
    ] = "",
    mode: Mode = "mirror",
    permission: Permission = None,
    channel: Channel = None,
    without_consent: WithoutConsent = False,
    on_change: OnChange = False,
    every: Every = None,
    schedule: Cron = None,
    guard: Annotated[float, typer.Option(min=0, max=1, help=GUARD)] = 0.5,
) -> None:
    """Keep a segment, or a view of it, on another platform. Nothing is sent before the first run."""
    from hub.cli.syncs import as_data

    check_consent(
        context,
        permission,
        without_consent=without_consent,
        channel=channel,
        only_removes=mode == "remove_only",
    )
    wanted = schedule_of(context, on_change, every, schedule)
    with opened(context) as hub:
        sync = hub.syncs.create(
            name,
            segment,
            to,
            view=view,
            audience=audience,
            mode=mode,
            permission=permission,
            channel=channel,
            schedule=wanted,
            largest_removal_share=guard,
        )
        show(
            context,
            as_data(hub, sync),
            f"Made the sync {safe(sync.name)!r}; see what it would do with `hub sync preview`, and do it with "
            "`hub sync run`.",
        )
