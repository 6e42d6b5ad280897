"""``hub link``: public addresses of offers, whose clicks and orders are counted."""

from datetime import datetime
from typing import Annotated, Any

import typer

from hub.cli.choices import instant
from hub.cli.opening import opened
from hub.cli.output import moment, safe, show, table
from hub.cli.program import HubCommand, new_app

app = new_app("Make public addresses of offers, and see what they bring.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the campaign link.", show_default=False)]


@app.command("create", cls=HubCommand)
def create(
    context: typer.Context,
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where it leads.", show_default=False)],
    event: Annotated[
        str | None,
        typer.Option(help="The event it offers, by its id in the ticket system: only its orders count."),
    ] = None,
    production: Annotated[
        str | None, typer.Option(help="The production it offers, by name: only its orders count.")
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=365, help="For so many days after a click the customer's orders count.")
    ] = 7,
    valid_until: Annotated[
        Any,
        typer.Option(
            parser=instant,
            metavar="INSTANT",
            help="After that it leads nowhere; write one such as 2026-03-31T20:00Z. Always valid if not said.",
        ),
    ] = None,
) -> None:
    """Make a campaign link and print its public address."""
    from hub.cli.links import link_data

    with opened(context) as hub:
        until: datetime | None = valid_until
        made = hub.campaign_links.create(
            name, url, event=event, production=production, days=days, valid_until=until
        )
        show(context, link_data(hub, [made])[0], hub.campaign_links.address(made.link))


@app.command("list", cls=HubCommand)
def list_links(context: typer.Context) -> None:
    """List the campaign links with what they brought."""
    from hub.cli.amounts import amount
    from hub.cli.links import link_data

    with opened(context) as hub:
        data, currency = link_data(hub, hub.campaign_links.all()), hub.organisation.currency
        rows = [
            (
                one["name"],
                one["clicks"],
                one["people"],
                one["orders"],
                amount(one["revenue_minor"], currency),
                one["url"],
            )
            for one in data
        ]
        show(context, data, table(("name", "clicks", "people", "orders", "revenue", "leads to"), rows))


@app.command("show", cls=HubCommand)
def show_link(context: typer.Context, name: Name) -> None:
    """Show a campaign link: where it leads, and what it brought."""
    from hub.cli.amounts import amount
    from hub.cli.links import link_data

    with opened(context) as hub:
        found = hub.campaign_links.named(name)
        (data,) = link_data(hub, [found])
        zone = hub.organisation.time_zone
        lines = {
            "name": found.link.name,
            "leads to": found.link.url,
            "address": data["address"],
            "event": found.event or "-",
            "production": found.production or "-",
            "days": str(found.link.days),
            "valid until": moment(found.link.valid_until, zone),
            "clicks": f"{data['clicks']:,}",
            "people": f"{data['people']:,}",
            "orders": f"{data['orders']:,}",
            "revenue": amount(data["revenue_minor"], hub.organisation.currency),
        }
        show(context, data, "\n".join(f"{label + ':':14}{safe(said)}" for label, said in lines.items()))


@app.command("remove", cls=HubCommand)
def remove(context: typer.Context, name: Name) -> None:
    """Forget a campaign link and who followed it. One that a newsletter uses, or was sent with, stays."""
    with opened(context) as hub:
        link = hub.campaign_links.named(name).link
        hub.campaign_links.remove(link)
        said = f"Removed the campaign link {safe(link.name)!r}: its address leads nowhere any more."
        show(context, {"name": link.name, "removed": True}, said)
