"""``hub feed``: let other programs read segments at secret addresses."""

from typing import Annotated, Any

import typer

from hub.cli.choices import consent_channel
from hub.cli.opening import opened
from hub.cli.output import moment, safe, show, table
from hub.cli.program import HubCommand, new_app

app = new_app("Let other programs read segments at secret addresses.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the feed.", show_default=False)]


@app.command("create", cls=HubCommand)
def create(
    context: typer.Context,
    name: Name,
    segment: Annotated[str, typer.Option(help="Name of the segment.")],
    view: Annotated[str | None, typer.Option(help="Hand out this view of the segment, not all of it.")] = None,
    columns: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="What is told of each member, separated by commas; if not said, external_id, email, first_name, "
            "last_name and language.",
        ),
    ] = "",
    permission: Annotated[
        str | None, typer.Option(help="Hand out only customers who gave this permission, such as newsletter.")
    ] = None,
    channel: Annotated[
        Any,
        typer.Option(
            parser=consent_channel,
            metavar="CHANNEL",
            help="On which channel they must have given it: email, sms, phone, messenger or viber; "
            "any if not said.",
        ),
    ] = None,
    without_consent: Annotated[
        bool,
        typer.Option("--without-consent", help="Hand out all members; you have another ground to do so."),
    ] = False,
) -> None:
    """Make a feed and print its addresses. This is the only time they are shown."""
    from hub.cli.feeds import show_addresses

    if (permission is None) is not without_consent:
        raise typer.BadParameter(
            "say either --permission, and only customers who gave that permission are handed out, or "
            "--without-consent, and all members are: personal data must not leave the hub by oversight",
            ctx=context,
            param_hint="--permission",
        )
    with opened(context) as hub:
        issued = hub.feeds.create(
            name,
            segment,
            view=view,
            columns=[one.strip() for one in columns.split(",") if one.strip()],
            permission=permission,
            channel=channel,
        )
        show_addresses(context, hub, issued)


@app.command("list", cls=HubCommand)
def list_feeds(context: typer.Context) -> None:
    """List the feeds, revoked ones too. Their addresses are not kept, only their digests."""
    from hub.cli.feeds import feed_data, status_of

    with opened(context) as hub:
        found = hub.feeds.all()
        zone = hub.organisation.time_zone
        rows = [
            (
                one.feed.name,
                one.segment if one.view is None else f"{one.segment} / {one.view}",
                one.feed.permission or "not asked",
                moment(one.last_read_at, zone),
                status_of(one),
            )
            for one in found
        ]
        headings = ("name", "hands out", "permission", "last read", "status")
        show(context, [feed_data(one) for one in found], table(headings, rows))


@app.command("show", cls=HubCommand)
def show_feed(context: typer.Context, name: Name) -> None:
    """Show a feed: what it hands out and how it stands."""
    from hub.cli.feeds import feed_data, status_of

    with opened(context) as hub:
        state = hub.feeds.of_id(hub.feeds.named(name).id or 0)
        data, zone = feed_data(state), hub.organisation.time_zone
        lines = {
            "name": state.feed.name,
            "segment": state.segment,
            "view": state.view or "-",
            "columns": ", ".join(state.columns),
            "permission": state.feed.permission or "not asked",
            "channel": state.feed.permission_channel or "any",
            "address made": moment(state.feed.rotated_at, zone),
            "last read": moment(state.last_read_at, zone),
            "status": status_of(state),
        }
        show(context, data, "\n".join(f"{label + ':':14}{safe(said)}" for label, said in lines.items()))


@app.command("rotate", cls=HubCommand)
def rotate(context: typer.Context, name: Name) -> None:
    """Give a feed other addresses and print them; the old ones lead nowhere at once."""
    from hub.cli.feeds import show_addresses

    with opened(context) as hub:
        show_addresses(context, hub, hub.feeds.rotate(hub.feeds.named(name)))


@app.command("revoke", cls=HubCommand)
def revoke(context: typer.Context, name: Name) -> None:
    """End a feed for good: its addresses lead nowhere at once. It stays in the list, with who read it."""
    with opened(context) as hub:
        feed = hub.feeds.revoke(hub.feeds.named(name))
        said = f"Revoked {safe(feed.name)!r}: its addresses lead nowhere any more."
        show(context, {"name": feed.name, "revoked": True}, said)


@app.command("remove", cls=HubCommand)
def remove(context: typer.Context, name: Name) -> None:
    """Forget a feed and who read it; its addresses lead nowhere at once."""
    with opened(context) as hub:
        feed = hub.feeds.named(name)
        hub.feeds.remove(feed)
        show(context, {"name": feed.name, "removed": True}, f"Removed the feed {safe(feed.name)!r}.")


@app.command("reads", cls=HubCommand)
def reads(
    context: typer.Context,
    name: Name,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many readings.")] = 50,
) -> None:
    """Show who read a feed, newest first."""
    from hub.cli.feeds import read_data

    with opened(context) as hub:
        found = hub.feeds.reads(hub.feeds.named(name), limit)
        zone = hub.organisation.time_zone
        rows = [
            (moment(one.at, zone), one.address, one.form, str(one.status), one.members, one.agent) for one in found
        ]
        headings = ("at", "address", "form", "status", "members", "agent")
        show(context, [read_data(one) for one in found], table(headings, rows))
