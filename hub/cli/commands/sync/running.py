"""``hub sync run``, ``pause``, ``resume`` and ``cancel``."""

from typing import Annotated

import typer

from hub.cli.commands.sync.options import Name
from hub.cli.opening import opened
from hub.cli.output import safe, show


def run(
    context: typer.Context,
    name: Name,
    approve: Annotated[bool, typer.Option("--approve", help="Remove as many as it takes.")] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Send those again who were refused, though nothing about them changed.")
    ] = False,
    afresh: Annotated[
        bool, typer.Option("--afresh", help="Send everyone again, whatever the other side holds.")
    ] = False,
) -> None:
    """Run a sync to its end.

    Ends with exit code 0 when it succeeded, also if the platform refused some members; 3 when it waits for
    approval; 1 when it failed or was cancelled.
    """
    from hub.cli.run_progress import run_to_its_end
    from hub.core.sync.runner import Manner

    with opened(context) as hub:
        begun = hub.syncs.begin(hub.syncs.named(name))
        run_to_its_end(context, hub, begun, Manner(approved=approve, retry=retry, afresh=afresh))


def pause(context: typer.Context, name: Name) -> None:
    """Stop a sync from running by its schedule. It can still be run by hand."""
    _set_paused(context, name, paused=True)


def resume(context: typer.Context, name: Name) -> None:
    """Let a sync run by its schedule again."""
    _set_paused(context, name, paused=False)


def cancel(context: typer.Context, name: Name) -> None:
    """Ask the run that is at work, in whatever process, to end after its current batch."""
    with opened(context) as hub:
        sync = hub.syncs.named(name)
        hub.syncs.cancel(sync)
        said = f"The sync {safe(sync.name)!r} ends after its current batch."
        show(context, {"name": sync.name, "cancelled": True}, said)


def _set_paused(context: typer.Context, name: str, *, paused: bool) -> None:
    with opened(context) as hub:
        sync = hub.syncs.named(name)
        hub.syncs.pause(sync, paused=paused)
        how = "no longer runs by itself" if paused else "runs by its schedule again"
        show(context, {"name": sync.name, "paused": paused}, f"The sync {safe(sync.name)!r} {how}.")
