"""``hub suppression``: addresses that nothing more is sent to."""

from typing import Annotated, Any

import typer

from hub.cli.choices import consent_channel
from hub.cli.opening import opened
from hub.cli.output import moment, show, table
from hub.cli.program import HubCommand, new_app

app = new_app("Keep addresses to which nothing more is sent.")

Channel = Annotated[
    Any,
    typer.Argument(
        parser=consent_channel, metavar="CHANNEL", help="One of email, sms, phone, messenger and viber."
    ),
]
Address = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="The address, as anybody writes it.", show_default=False)
]


@app.command("list", cls=HubCommand)
def list_suppressions(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many.")] = 100,
) -> None:
    """List why and since when nothing is sent to addresses, newest first. The addresses are not kept."""
    with opened(context) as hub:
        found, zone = hub.suppressions.all(limit=limit), hub.organisation.time_zone
        data = [
            {"id": one.id, "channel": one.channel, "reason": one.reason, "detail": one.detail, "at": one.at}
            for one in found
        ]
        rows = [(one.channel, one.reason.replace("_", " "), moment(one.at, zone), one.detail) for one in found]
        show(context, data, table(("channel", "reason", "since", "detail"), rows))


@app.command("add", cls=HubCommand)
def add(context: typer.Context, channel: Channel, address: Address) -> None:
    """Send nothing more to an address, whatever its owner agreed to. It is kept as a digest alone."""
    with opened(context) as hub:
        from hub.core.store.tables import SuppressionReason

        hub.suppressions.add(channel, address, SuppressionReason.BY_HAND)
        said = f"Nothing more is sent to this address on {channel.value}."
        show(context, {"channel": channel.value, "suppressed": True}, said)


@app.command("lift", cls=HubCommand)
def lift(context: typer.Context, channel: Channel, address: Address) -> None:
    """Let messages go to an address again, if its owner agreed to them."""
    with opened(context) as hub:
        hub.suppressions.lift(channel, address)
        said = f"Messages may go to this address on {channel.value} again."
        show(context, {"channel": channel.value, "suppressed": False}, said)
