"""``hub sync empty``, ``start-over`` and ``remove``: what is not easily undone."""

from typing import Annotated

import typer

from hub.cli.commands.sync.options import Name, Yes
from hub.cli.confirming import confirm
from hub.cli.opening import opened
from hub.cli.output import safe, show


def empty(context: typer.Context, name: Name, yes: Yes = False) -> None:
    """Pause a sync, and take everyone out of its audience. Exit codes are those of `hub sync run`."""
    from hub.cli.run_progress import run_to_its_end
    from hub.core.sync.runner import EMPTYING

    with opened(context) as hub:
        sync = hub.syncs.named(name)
        if not yes:
            confirm(f"Pause the sync {safe(sync.name)!r} and take everyone out of its audience?")
        run_to_its_end(context, hub, hub.syncs.begin_emptying(sync), EMPTYING)


def start_over(context: typer.Context, name: Name, yes: Yes = False) -> None:
    """Forget what the other side holds: the next run makes another audience and sends everyone.

    For an audience that was deleted there. If it was not, whoever is in it stays, and nobody looks after them.
    """
    with opened(context) as hub:
        sync = hub.syncs.named(name)
        if not yes:
            confirm(
                f"Forget what the other side holds of the sync {safe(sync.name)!r}? Whoever is still there stays."
            )
        hub.syncs.start_over(sync)
        said = f"The next run of the sync {safe(sync.name)!r} makes its audience anew and sends everyone."
        show(context, {"name": sync.name, "started_over": True}, said)


def remove(
    context: typer.Context,
    name: Name,
    leave_members: Annotated[
        bool,
        typer.Option(
            "--leave-members", help="Let those whom the other side holds stay there; nobody looks after them."
        ),
    ] = False,
    yes: Yes = False,
) -> None:
    """Forget a sync, its history and what the other side holds. Members who are still there must leave first."""
    with opened(context) as hub:
        sync = hub.syncs.named(name)
        if not yes:
            confirm(f"Forget the sync {safe(sync.name)!r} and its history?")
        hub.syncs.remove(sync, leave_members=leave_members)
        show(context, {"name": sync.name, "removed": True}, f"Removed the sync {safe(sync.name)!r}.")
