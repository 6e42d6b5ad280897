"""``hub token``: tokens of the REST API."""

from typing import Annotated, Any

import typer

from hub.cli.choices import scope
from hub.cli.opening import opened
from hub.cli.output import moment, remark, safe, show, table
from hub.cli.program import HubCommand, new_app

app = new_app("Make and revoke tokens of the REST API.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the token is called.", show_default=False)]


@app.command("create", cls=HubCommand)
def create(
    context: typer.Context,
    name: Name,
    scopes: Annotated[
        list[Any],
        typer.Option(
            "--scope",
            parser=scope,
            metavar="SCOPE",
            help="What it may do; may be repeated: segments:read, segments:write, syncs:read, syncs:write, "
            "imports:read, imports:write, feeds:read, feeds:write, messages:read, messages:write, consents:read, "
            "consents:write, plugins:read.",
        ),
    ],
) -> None:
    """Make a token and print it. This is the only time it is shown."""
    if not name.strip():
        raise typer.BadParameter("a token needs a name", ctx=context, param_hint="NAME")
    with opened(context) as hub:
        token = hub.tokens.create(name, scopes)
        show(context, {"name": name, "token": token, "scopes": sorted(scopes)}, token)
        remark(context, "Keep it well: it is not shown again.")


@app.command("list", cls=HubCommand)
def list_tokens(context: typer.Context) -> None:
    """List the tokens that are valid. The tokens themselves are not kept, only their digests."""
    with opened(context) as hub:
        found = hub.tokens.all()
        zone = hub.organisation.time_zone
        data = [{"name": one.name, "scopes": one.scopes.split(), "created_at": one.created_at} for one in found]
        rows = [(one.name, one.scopes, moment(one.created_at, zone)) for one in found]
        show(context, data, table(("name", "scopes", "made"), rows))


@app.command("revoke", cls=HubCommand)
def revoke(context: typer.Context, name: Name) -> None:
    """Make the tokens of a name worthless at once."""
    with opened(context) as hub:
        hub.tokens.revoke(name)
        show(context, {"name": name, "revoked": True}, f"Revoked {safe(name)!r}.")
