"""``hub serve``: the REST API and the schedule, until it is told to stop."""

import logging
from typing import Annotated

import typer

from hub.cli.opening import opened, telling
from hub.cli.options import options_of


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on; otherwise the setting host.")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port to listen on, 0 for any free one; otherwise the setting port."),
    ] = None,
) -> None:
    """Serve the REST API and keep syncs by their schedules, until Ctrl-C or SIGTERM ends it.

    Whatever is running then is brought to its end; a second Ctrl-C does not wait for it.
    """
    from hub.serving import serve_until_stopped

    options = options_of(context)
    with opened(context) as hub:
        level = logging.DEBUG if options.verbose else logging.getLevelNamesMapping()[hub.settings.log_level]
        with telling(level):
            serve_until_stopped(
                hub,
                hub.settings.host if host is None else host,
                hub.settings.port if port is None else port,
                announce=lambda address: typer.echo(
                    f"Serving {address} for {hub.organisation.name}; Ctrl-C ends it.", err=True
                ),
                say=lambda text: typer.echo(text, err=True),
                access_log=options.verbose,
            )
