"""``hub import schedule``, ``pause`` and ``resume``: when connected data sources are imported by themselves."""

from typing import Annotated

import typer

from hub.cli.commands.imports.options import Source
from hub.cli.opening import opened
from hub.cli.output import safe, show


def schedule(
    context: typer.Context,
    connection: Source,
    every: Annotated[
        str | None, typer.Option(metavar="INTERVAL", help="Import by itself: '15 minutes', hour, '2 days' …")
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(
            metavar="CRON", help="Import by itself by five cron fields, in the organisation's time zone."
        ),
    ] = None,
    by_hand: Annotated[bool, typer.Option("--by-hand", help="Import only when asked to.")] = False,
) -> None:
    """Say when a connected data source is imported by itself, while `hub serve` runs."""
    if sum((every is not None, schedule is not None, by_hand)) != 1:
        raise typer.BadParameter("say one of --every, --schedule and --by-hand", ctx=context, param_hint="--every")
    with opened(context) as hub:
        wanted = f"every {every}" if every is not None else schedule
        source = hub.sources.schedule(hub.sources.named(connection), wanted)
        how = f"runs by itself: {source.schedule}" if source.schedule else "runs only by hand"
        if source.schedule and source.paused:
            how += f"; but it is paused: `hub import resume {source.name}`"
        _show(context, source.name, {"schedule": source.schedule, "paused": source.paused}, how)


def pause(context: typer.Context, connection: Source) -> None:
    """Stop a source from being imported by its schedule. It can still be imported by hand."""
    _set_paused(context, connection, paused=True)


def resume(context: typer.Context, connection: Source) -> None:
    """Let a source be imported by its schedule again."""
    _set_paused(context, connection, paused=False)


def _set_paused(context: typer.Context, connection: str, *, paused: bool) -> None:
    with opened(context) as hub:
        source = hub.sources.pause(hub.sources.named(connection), paused=paused)
        how = "no longer runs by itself" if paused else "runs by its schedule again"
        _show(context, source.name, {"schedule": source.schedule, "paused": source.paused}, how)


def _show(context: typer.Context, name: str, data: dict[str, object], how: str) -> None:
    show(context, {"name": name, **data}, f"The import of {safe(name)!r} {safe(how)}.")
