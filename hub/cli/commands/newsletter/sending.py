"""``hub newsletter schedule``, ``send`` and ``resume``: let it go out."""

from typing import Annotated, Any

import typer

from hub.cli.commands.newsletter.options import Name, Yes, clock_time
from hub.cli.opening import opened
from hub.cli.output import moment, safe, show


def schedule(
    context: typer.Context,
    name: Name,
    at: Annotated[
        Any,
        typer.Option(
            parser=clock_time,
            metavar="MOMENT",
            help="When, by the organisation's clock, such as '2026-05-06 18:00'; as soon as possible if not said.",
        ),
    ] = None,
    yes: Yes = False,
) -> None:
    """Let `hub serve` send a newsletter by itself. Says first how many would get it, and asks."""
    from hub.cli.newsletters import agree, as_data, instant_of

    with opened(context) as hub:
        newsletter = hub.newsletters.named(name)
        when = None if at is None else instant_of(hub, at)
        agree(context, hub, newsletter, "Schedule", yes=yes)
        newsletter = hub.newsletters.schedule(newsletter, when)
        told = f"at {moment(when, hub.organisation.time_zone)}" if when else "as soon as possible"
        said = f"`hub serve` sends the newsletter {safe(newsletter.name)!r} {told}."
        show(context, as_data(hub, newsletter), said)


def send(context: typer.Context, name: Name, yes: Yes = False) -> None:
    """Send a newsletter now. Says first how many will get it, and asks. One that was broken off goes on.

    Ends with exit code 0 when all of it is sent; 75 when some of it waits, for the end of the quiet hours or for a
    provider; 1 when somebody must mend something first, or stopped it. Ctrl-C leaves the rest to `hub serve`.
    """
    from hub.cli.newsletters import agree
    from hub.cli.sending_progress import send_to_its_end
    from hub.core.store.tables import NewsletterStatus

    with opened(context) as hub:
        newsletter = hub.newsletters.named(name)
        if newsletter.status != NewsletterStatus.SENDING:
            agree(context, hub, newsletter, "Send", yes=yes)
            newsletter = hub.newsletters.schedule(newsletter)
        send_to_its_end(context, hub, newsletter)


def resume(context: typer.Context, name: Name) -> None:
    """Go on with a newsletter that was paused, or that failed and is mended. Exit codes are those of `send`."""
    from hub.cli.sending_progress import send_to_its_end

    with opened(context) as hub:
        send_to_its_end(context, hub, hub.newsletters.resume(hub.newsletters.named(name)))
