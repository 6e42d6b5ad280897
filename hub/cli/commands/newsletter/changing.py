"""``hub newsletter change``: change what a newsletter is, before it goes out."""

from typing import Annotated, Any

import typer

from hub.cli.commands.newsletter.options import (
    CHANNEL,
    CLICKS,
    COMPANY,
    LINK,
    OPENS,
    PERMISSION,
    SEGMENT,
    SUBJECT,
    TEXT,
    WITHOUT_EVENT,
    WITHOUT_PRODUCTION,
    Name,
    channel_choice,
    channels_of,
)
from hub.cli.opening import opened
from hub.cli.output import safe, show


def change(
    context: typer.Context,
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", help="What it is called from now on.")] = None,
    template: Annotated[str | None, typer.Option(help="Name of the template: what it says.")] = None,
    channels: Annotated[
        list[Any], typer.Option("--channel", parser=channel_choice, metavar="CHANNEL", help=CHANNEL)
    ] = [],  # noqa: B006 - typer copies the list
    segments: Annotated[list[str], typer.Option("--segment", help=SEGMENT)] = [],  # noqa: B006
    companies: Annotated[list[str], typer.Option("--company", help=COMPANY)] = [],  # noqa: B006
    all_subscribers: Annotated[
        bool, typer.Option("--all-subscribers", help="To all subscribers, not to segments and companies.")
    ] = False,
    without_event: Annotated[list[str], typer.Option(metavar="ID", help=WITHOUT_EVENT)] = [],  # noqa: B006
    without_production: Annotated[list[str], typer.Option(metavar="NAME", help=WITHOUT_PRODUCTION)] = [],  # noqa: B006
    with_ticket_holders: Annotated[
        bool, typer.Option("--with-ticket-holders", help="Leave nobody out for holding a ticket.")
    ] = False,
    link: Annotated[str | None, typer.Option(help=LINK)] = None,
    without_link: Annotated[bool, typer.Option("--without-link", help="It has no campaign link.")] = False,
    permission: Annotated[str | None, typer.Option(help=PERMISSION)] = None,
    subject: Annotated[str | None, typer.Option(help=SUBJECT)] = None,
    text: Annotated[str | None, typer.Option(help=TEXT)] = None,
    track_opens: Annotated[bool | None, typer.Option("--track-opens/--no-track-opens", help=OPENS)] = None,
    track_clicks: Annotated[bool | None, typer.Option("--track-clicks/--no-track-clicks", help=CLICKS)] = None,
) -> None:
    """Change a newsletter before it goes out; what is not said stays as it is. One that is scheduled stays so.

    Segments that are said replace those before; so do companies, events and productions.
    """
    from dataclasses import replace

    from hub.cli.newsletters import as_data, reach_text
    from hub.cli.texts import text_of
    from hub.core.messaging.newsletters.redrafting import draft_of

    said: dict[str, Any] = {
        "name": new_name,
        "template": template,
        "channels": channels_of(channels) or None,
        "segments": segments or None,
        "companies": companies or None,
        "without_events": without_event or None,
        "without_productions": without_production or None,
        "campaign_link": link,
        "permission": permission,
        "subject": subject,
        "own_text": None if text is None else text_of(text),
        "tracks_opens": track_opens,
        "tracks_clicks": track_clicks,
    }
    values = {field: value for field, value in said.items() if value is not None}
    for flag, taken, emptied in (
        (all_subscribers, "--all-subscribers", {"segments": (), "companies": ()}),
        (with_ticket_holders, "--with-ticket-holders", {"without_events": (), "without_productions": ()}),
        (without_link, "--without-link", {"campaign_link": None}),
    ):
        if flag and values.keys() & emptied.keys():
            wrong = f"{taken} excludes what it takes away"
            raise typer.BadParameter(wrong, ctx=context, param_hint=taken)
        values |= emptied if flag else {}
    if not values:
        raise typer.BadParameter("say what is to change", ctx=context, param_hint="--template")
    with opened(context) as hub:
        newsletter = hub.newsletters.named(name)
        (state,) = hub.newsletters.states([newsletter])
        changed = hub.newsletters.change(newsletter, replace(draft_of(state), **values))
        reach = reach_text(hub, changed)
        show(context, as_data(hub, changed), f"Changed the newsletter {safe(changed.name)!r}.\n{reach}")
