"""What the commands about newsletters share: arguments and options."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.choices import consent_channel

if TYPE_CHECKING:
    from hub.core.contracts.records import ConsentChannel


def channel_choice(text: str) -> "tuple[ConsentChannel, str | None]":
    """A channel, with the connection it goes over: ``sms`` or ``sms=texts``."""
    channel, sign, connection = text.partition("=")
    if sign and not connection:
        raise typer.BadParameter(f"{text!r} names no connection; write {channel}=CONNECTION, or {channel} alone")
    return consent_channel(channel), connection or None


def clock_time(text: str) -> datetime:
    """A moment by the organisation's clock, such as 2026-05-06 18:00; its zone is not known yet."""
    wrong = typer.BadParameter(f"{text!r} is no moment; write one such as '2026-05-06 18:00'")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}", text):
        raise wrong
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise wrong from None


def channels_of(choices: "list[Any]") -> "dict[ConsentChannel, str | None]":
    """The channels that were said, in their order.

    Raises:
        BadParameter: one was said twice.
    """
    found = dict(choices)
    if len(found) < len(choices):
        raise typer.BadParameter("say each channel once", param_hint="--channel")
    return found


Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the newsletter.", show_default=False)]
CHANNEL = (
    "Where it goes: email, sms, messenger or viber; sms=NAME names the connection, the oldest if not said. May be "
    "repeated, in the order of preference: each customer gets it once."
)
SEGMENT = "Members of this segment get it; may be repeated. Without segments and companies: all subscribers."
COMPANY = "Contacts of this business partner get it; may be repeated."
WITHOUT_EVENT = "Not who holds a ticket for this event, by its id in the ticket system; may be repeated."
WITHOUT_PRODUCTION = "Not who holds a ticket for this production; may be repeated."
LINK = "Name of its campaign link."
PERMISSION = "Only customers who gave this permission get it."
SUBJECT = "Replaces the template's subject."
TEXT = "What the template shows as own_text; @FILE reads it from a file."
OPENS = "Count who looks at it, or do not."
CLICKS = "Count who follows its links, or do not."

OneChannel = Annotated[
    Any,
    typer.Option(
        "--channel",
        parser=consent_channel,
        metavar="CHANNEL",
        help="Which of its channels; the first that it goes out on if not said.",
    ),
]
Customer = Annotated[
    int | None,
    typer.Option("--customer", min=1, help="Number of the customer; somebody invented if not said."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Go ahead without asking.")]
