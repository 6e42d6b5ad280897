"""The whole command line: the shared options, and every noun's commands."""

from importlib.metadata import version
from typing import Annotated

import typer

from hub.cli.commands import (
    channel,
    consent,
    criterion,
    customer,
    feed,
    imports,
    link,
    message,
    newsletter,
    recipe,
    replica,
    segment,
    suppression,
    sync,
    template,
    token,
    view,
)
from hub.cli.commands.connection import connect, connections
from hub.cli.commands.demo import demo
from hub.cli.commands.home import init
from hub.cli.commands.plugin import plugins
from hub.cli.commands.serve import serve
from hub.cli.options import AsJson, Home, Verbose
from hub.cli.program import HubCommand, HubGroup

app = typer.Typer(cls=HubGroup, help="Audience Hub: customer segments, and other platforms kept true to them.")


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"audience-hub {version('audience-hub')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    home: Home = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
    show_version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is.", is_eager=True, callback=_say_version),
    ] = False,
) -> None:
    """Show the help when nothing else is asked."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


app.command("init", cls=HubCommand)(init)
app.add_typer(imports.app, name="import")
app.add_typer(segment.app, name="segment")
app.add_typer(view.app, name="view")
app.add_typer(criterion.app, name="criterion")
app.add_typer(recipe.app, name="recipe")
app.add_typer(customer.app, name="customer")
app.command("connect", cls=HubCommand)(connect)
app.command("connections", cls=HubCommand)(connections)
app.add_typer(sync.app, name="sync")
app.command("plugins", cls=HubCommand)(plugins)
app.add_typer(feed.app, name="feed")
app.add_typer(link.app, name="link")
app.add_typer(token.app, name="token")
app.add_typer(channel.app, name="channel")
app.add_typer(consent.app, name="consent")
app.add_typer(template.app, name="template")
app.add_typer(newsletter.app, name="newsletter")
app.add_typer(message.app, name="message")
app.add_typer(suppression.app, name="suppression")
app.command("serve", cls=HubCommand)(serve)
app.command("demo", cls=HubCommand)(demo)
app.add_typer(replica.app, name="replica")
