"""``hub customer``: find customers, and see all that is known of one."""

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.commands.segment.options import (
    After,
    CustomerNumber,
    Descending,
    ExternalId,
    Limit,
    Search,
    Sort,
    SourceName,
)
from hub.cli.opening import opened
from hub.cli.output import show
from hub.cli.program import HubCommand, new_app

if TYPE_CHECKING:
    from hub.core.segments.people.members import MemberOrder

app = new_app("Find customers, and see all that is known of one.")


@app.command("list", cls=HubCommand)
def list_customers(
    context: typer.Context,
    search: Search = "",
    sort: Sort = "number",
    descending: Descending = False,
    limit: Limit = 50,
    after: After = None,
) -> None:
    """List all customers: by number, or sorted and searched."""
    from hub.cli.listing import show_page
    from hub.core.segments.definition import EVERYONE

    order: MemberOrder = sort
    with opened(context) as hub:
        everyone = hub.segments.definitions.evaluate(EVERYONE).members
        show_page(
            context, hub, everyone, order=order, descending=descending, search=search, after=after, limit=limit
        )


@app.command("show", cls=HubCommand)
def show_customer(
    context: typer.Context,
    number: CustomerNumber = None,
    external_id: ExternalId = None,
    source: SourceName = "csv",
    orders: Annotated[int, typer.Option("--orders", min=0, max=10_000, help="So many of the newest orders.")] = 20,
) -> None:
    """Show all that is known of one customer: data, figures, consents, tags, segments, orders."""
    from hub.cli.customers import as_data, as_text, number_of

    with opened(context) as hub:
        found = number_of(hub, number, external_id, source)
        profile = hub.profiles.of_number(found)
        newest = hub.profiles.orders(found, orders)
        show(context, as_data(hub, profile, newest), as_text(hub, profile, newest))
