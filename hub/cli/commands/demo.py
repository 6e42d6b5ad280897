"""``hub demo``: the whole way, from an invented theatre's data to a segment on another platform."""

from importlib import import_module
from typing import Annotated

import typer

from hub.cli.options import options_of


def demo(
    context: typer.Context,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="End by itself instead of serving what was made.")
    ] = False,
) -> None:
    """Show what the hub does with an invented theatre. The hub is made in --home, or afresh in demo-home.

    Ends with exit code 1 if any figure it checked did not hold.
    """
    home = options_of(context).given_home  # never HUB_HOME: that is a real hub
    story = import_module("hub.demo.story")  # by name: what shows the hub must not be part of every start
    raise typer.Exit(story.run(home.absolute() if home else None, serve=not no_serve, say=typer.echo))
