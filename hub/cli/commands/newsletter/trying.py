"""``hub newsletter estimate``, ``check``, ``preview`` and ``test``: look before anybody gets it."""

from typing import Annotated

import typer

from hub.cli.commands.newsletter.options import Customer, Name, OneChannel
from hub.cli.opening import opened
from hub.cli.output import safe, show


def estimate(context: typer.Context, name: Name) -> None:
    """Tell how many would get a newsletter if it went out now, and how many would not, and why."""
    from hub.cli.newsletters import estimate_data, estimate_text

    with opened(context) as hub:
        found = hub.newsletters.estimate(hub.newsletters.named(name))
        show(context, estimate_data(found), estimate_text(found))


def check(context: typer.Context, name: Name) -> None:
    """Find what in its words would keep a newsletter from being sent, to everybody or to some customers."""
    from hub.cli.templates import finding_data, findings_text

    with opened(context) as hub:
        found = hub.newsletter_checks.findings(hub.newsletters.named(name))
        text = findings_text(found) if found else "Nothing was found: it can be sent to everybody."
        show(context, [finding_data(one) for one in found], text)


def preview(
    context: typer.Context,
    name: Name,
    customer: Customer = None,
    channel: OneChannel = None,
    html: Annotated[bool, typer.Option("--html", help="Show the HTML and not the text.")] = False,
) -> None:
    """Show a newsletter as a customer gets it. Nothing is sent."""
    from hub.cli.newsletters import preview_data, preview_text

    with opened(context) as hub:
        found = hub.newsletter_trial.preview(hub.newsletters.named(name), customer, channel)
        show(context, preview_data(found), preview_text(found, html=html))


def send_test(
    context: typer.Context,
    name: Name,
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="An address of your own on that channel.")],
    customer: Customer = None,
    channel: OneChannel = None,
) -> None:
    """Send a newsletter to an address of your own. Nobody's consent is asked, and it counts nowhere."""
    with opened(context) as hub:
        newsletter = hub.newsletters.named(name)
        receipt = hub.newsletter_trial.test(newsletter, to, customer, channel)
        data = {"name": newsletter.name, "reference": receipt.reference, "parts": receipt.parts}
        show(context, data, f"Sent a test of the newsletter {safe(newsletter.name)!r}.")
