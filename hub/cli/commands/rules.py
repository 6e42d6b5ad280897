"""``hub message rules`` and ``set-rules``: quiet hours, and how many newsletters a customer gets at most."""

import re
from datetime import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.choices import consent_channel
from hub.cli.opening import opened
from hub.cli.output import show

if TYPE_CHECKING:
    from hub.core.messaging.rules import Rules


def quiet_hours(text: str) -> tuple[time, time]:
    """From when until when, such as 21:00-08:00."""
    found = re.fullmatch(r"([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})", text)
    try:
        if found:
            return time.fromisoformat(found[1]), time.fromisoformat(found[2])
    except ValueError:
        pass
    raise typer.BadParameter(f"{text!r} are no quiet hours; write them as 21:00-08:00")


def rules(context: typer.Context) -> None:
    """Show the rules of when and how often customers are written to."""
    with opened(context) as hub:
        _tell(context, hub.message_ruling.now())


def set_rules(
    context: typer.Context,
    quiet: Annotated[
        Any,
        typer.Option(
            parser=quiet_hours,
            metavar="FROM-UNTIL",
            help="No newsletters within these hours by the organisation's clock, such as 21:00-08:00.",
        ),
    ] = None,
    no_quiet: Annotated[bool, typer.Option("--no-quiet", help="No quiet hours.")] = False,
    quiet_channels: Annotated[
        list[Any],
        typer.Option(
            "--quiet-channel",
            parser=consent_channel,
            metavar="CHANNEL",
            help="A channel the quiet hours are for; may be repeated. At first all but email and phone.",
        ),
    ] = [],  # noqa: B006 - typer copies the list
    most: Annotated[int | None, typer.Option(min=1, max=1_000, help="Most newsletters a customer gets.")] = None,
    no_most: Annotated[bool, typer.Option("--no-most", help="Any number of newsletters.")] = False,
    days: Annotated[int | None, typer.Option(min=1, max=366, help="Within so many days; at first 7.")] = None,
) -> None:
    """Change the rules; what is not said stays. They hold for what is being sent already, too.

    Messages to single customers keep no quiet hours and do not count: a person decides on these.
    """
    for one, other, both in (
        (quiet is not None, no_quiet, "--quiet and --no-quiet"),
        (most is not None, no_most, "--most and --no-most"),
    ):
        if one and other:
            raise typer.BadParameter(f"{both} exclude each other", ctx=context, param_hint=both.split(" ")[0])
    values: dict[str, Any] = {}
    if quiet is not None or no_quiet:
        values["quiet_from"], values["quiet_until"] = quiet or (None, None)
    if quiet_channels:
        values["quiet_channels"] = tuple(dict.fromkeys(quiet_channels))
    if most is not None or no_most:
        values["most_messages"] = most
    if days is not None:
        values["most_days"] = days
    if not values:
        raise typer.BadParameter("say what is to change", ctx=context, param_hint="--quiet")
    with opened(context) as hub:
        _tell(context, hub.message_ruling.change(**values))


def _tell(context: typer.Context, found: "Rules") -> None:
    channels = [channel.value for channel in found.quiet_channels]
    hours = [f"{clock:%H:%M}" if clock else None for clock in (found.quiet_from, found.quiet_until)]
    quiet = f"from {hours[0]} until {hours[1]} on {', '.join(channels) or 'no channel'}" if hours[0] else "none"
    most = f"{found.most_messages:,} in {found.most_days} days" if found.most_messages else "any number"
    data = {
        "quiet_from": hours[0],
        "quiet_until": hours[1],
        "quiet_channels": channels,
        "most_messages": found.most_messages,
        "most_days": found.most_days,
    }
    show(context, data, f"quiet hours: {quiet}\nnewsletters: {most}")
