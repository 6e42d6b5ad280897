"""``hub newsletter list``, ``show``, ``messages`` and ``links``: how newsletters go."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.choices import message_status
from hub.cli.commands.newsletter.options import Name
from hub.cli.opening import opened
from hub.cli.output import moment, remark, safe, show, table

if TYPE_CHECKING:
    from hub.core.store.tables import MessageStatus


def list_newsletters(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many.")] = 50,
) -> None:
    """List the newsletters, newest first."""
    from hub.cli.newsletters import counted, goes_to, state_data

    with opened(context) as hub:
        data = [state_data(one) for one in hub.newsletters.states(hub.newsletters.all(limit=limit))]
        rows = [(one["name"], one["status"], one["template"], goes_to(one), counted(one)) for one in data]
        show(context, data, table(("name", "status", "template", "to", "messages"), rows))


def show_newsletter(context: typer.Context, name: Name) -> None:
    """Show a newsletter: what it is, and how it and its messages stand."""
    from hub.cli.newsletters import as_data, lines_of

    with opened(context) as hub:
        data = as_data(hub, hub.newsletters.named(name))
        lines = lines_of(data, hub.organisation.time_zone)
        show(context, data, "\n".join(f"{label + ':':13}{safe(said)}" for label, said in lines if said))


def list_messages(
    context: typer.Context,
    name: Name,
    status: Annotated[
        Any,
        typer.Option(
            parser=message_status, metavar="STATUS", help="Only those that stand so, such as bounced or withheld."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    after: Annotated[
        int | None, typer.Option(min=1, metavar="ID", help="From after this message, as the page before said.")
    ] = None,
) -> None:
    """List a newsletter's messages with what became of each, in the order in which they are sent."""
    from hub.cli.outbox import message_data

    only: MessageStatus | None = status
    with opened(context) as hub:
        newsletter = hub.newsletters.named(name)
        found = hub.newsletters.messages(newsletter, status=only, after=after, limit=limit + 1)
        zone = hub.organisation.time_zone
        rows = [
            (
                one.id,
                one.customer_number,
                one.channel,
                one.status,
                moment(one.sent_at, zone),
                one.parts,
                one.reason,
            )
            for one in found[:limit]
        ]
        headings = ("id", "customer", "channel", "status", "sent", "parts", "reason")
        show(context, [message_data(one) for one in found[:limit]], table(headings, rows))
        if len(found) > limit:
            remark(context, f"There are more; go on with --after {found[limit - 1].id}")


def list_links(context: typer.Context, name: Name) -> None:
    """List a newsletter's links, the most followed first, with what each brought."""
    from hub.cli.amounts import amount
    from hub.cli.links import followed_data

    with opened(context) as hub:
        newsletter = hub.newsletters.named(name)
        data = followed_data(hub.campaign_links.newsletter_figures(newsletter.id or 0))
        rows = [
            (
                one["clicks"],
                one["people"],
                one["orders"],
                amount(one["revenue_minor"], hub.organisation.currency),
                one["url"],
            )
            for one in data
        ]
        show(context, data, table(("clicks", "people", "orders", "revenue", "leads to"), rows))
