"""Records what a customer ticked, and withdraws."""

from datetime import datetime
from typing import Annotated, Any

import typer

from hub.cli.choices import consent_channel
from hub.cli.commands.consent.options import Channels, consent_place, instant
from hub.cli.commands.segment.options import CustomerNumber, ExternalId, SourceName
from hub.cli.opening import opened
from hub.cli.output import remark, show, table


def capture(
    context: typer.Context,
    customer: Annotated[
        str, typer.Argument(metavar="ID", help="The source's id of the customer.", show_default=False)
    ],
    permission: Annotated[str, typer.Option(help="What was asked for, such as newsletter.")],
    version: Annotated[int, typer.Option(min=1, help="The version of the text that was shown.")],
    place: Annotated[
        Any, typer.Option(parser=consent_place, metavar="PLACE", help="registration, order or profile.")
    ],
    yes: Annotated[
        list[Any],
        typer.Option(
            "--given",
            parser=consent_channel,
            metavar="CHANNEL",
            help="A channel whose box was ticked; repeatable.",
        ),
    ] = [],  # noqa: B006 - typer copies it
    no: Annotated[
        list[Any],
        typer.Option(
            "--not-given",
            parser=consent_channel,
            metavar="CHANNEL",
            help="A channel whose box was shown and left empty; on a profile that withdraws. Repeatable.",
        ),
    ] = [],  # noqa: B006 - typer copies it
    guest: Annotated[bool, typer.Option("--guest", help="An order without an account: email only.")] = False,
    at: Annotated[
        datetime | None,
        typer.Option(
            parser=instant,
            metavar="TIME",
            help="When, such as 2026-01-31T09:30:00Z; now if not said.",
            show_default=False,
        ),
    ] = None,
    source: SourceName = "csv",
    email: Annotated[str | None, typer.Option(help="Their address, if the hub has none yet.")] = None,
    phone: Annotated[str | None, typer.Option(help="Their phone number, likewise.")] = None,
    first_name: Annotated[str | None, typer.Option(help="Their given name, likewise.")] = None,
    last_name: Annotated[str | None, typer.Option(help="Their family name, likewise.")] = None,
    language: Annotated[str | None, typer.Option(help="Their language, such as de, likewise.")] = None,
) -> None:
    """Record what a customer ticked on a page: all of it, or nothing where anything is refused.

    The hub makes the customer if it does not know them.
    """
    from hub.cli.consents import captured_data
    from hub.core.consents.capturing import Capture, CaptureOutcome
    from hub.core.consents.shoppers import Shopper

    twice = next((channel for channel in yes if channel in no), None)
    if twice is not None:
        raise typer.BadParameter(f"{twice.value} was ticked or not, not both", ctx=context, param_hint="--given")
    shopper = Shopper(source, customer, email, phone, first_name, last_name, language)
    given = dict.fromkeys(yes, True) | dict.fromkeys(no, False)
    with opened(context) as hub:
        captured = hub.capturing.capture(Capture(shopper, permission, version, given, place, guest, at))
        rows = [(channel.value, outcome.value.replace("_", " ")) for channel, outcome in captured.outcomes.items()]
        show(context, captured_data(captured), table(("channel", "outcome"), rows))
        if CaptureOutcome.ASKED in captured.outcomes.values() and not hub.confirming.send_due().asked:
            remark(context, "The address could not be asked to confirm yet; `hub serve` tries that every minute.")


def withdraw(
    context: typer.Context,
    number: CustomerNumber = None,
    external_id: ExternalId = None,
    source: SourceName = "csv",
    permission: Annotated[str | None, typer.Option(help="Which permission; all if not said.")] = None,
    channels: Channels = [],  # noqa: B006 - typer copies it
) -> None:
    """Withdraw what a customer gave, from now on: on the channels that are said, or on all."""
    from hub.cli.customers import number_of
    from hub.core.consents.places import BY_HAND

    with opened(context) as hub:
        found = number_of(hub, number, external_id, source)
        count = hub.consents.withdraw(found, permission, channels or None, BY_HAND)
        said = f"Withdrew {count:,} of customer {found}." if count else f"Nothing stood of customer {found}."
        show(context, {"number": found, "withdrawn": count}, said)
