"""``hub channel``: try message channels."""

from typing import Annotated

import typer

from hub.cli.opening import opened
from hub.cli.output import safe, show
from hub.cli.program import HubCommand, new_app
from hub.core.contracts.errors import SettingsError

app = new_app("Try message channels.")


@app.callback()
def channel() -> None:
    """Keep ``test`` a command of its own, though it is the only one."""


@app.command("test", cls=HubCommand)
def test(
    context: typer.Context,
    connection: Annotated[str, typer.Argument(metavar="CONNECTION", help="Name of a connected message channel.")],
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Address on that channel, your own for a start.")],
) -> None:
    """Send one test message."""
    from hub.cli.messages import send_test

    if not 1 <= len(to) <= 320:
        raise typer.BadParameter("an address has 1 to 320 characters", ctx=context, param_hint="--to")
    with opened(context) as hub:
        found = hub.connections.named(connection)
        if found.kind != "message_channel":
            raise SettingsError(f"the connection {found.name!r} is no message channel; nothing can be sent there")
        message, receipt = send_test(hub, found, to)
        show(
            context,
            {"id": message.id, "delivery": receipt.delivery.value, "reference": receipt.reference},
            f"{receipt.delivery.value}: {safe(receipt.reference)}",
        )
