"""``hub newsletter create`` and ``remove``."""

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
    Yes,
    channel_choice,
    channels_of,
)
from hub.cli.confirming import confirm
from hub.cli.opening import opened
from hub.cli.output import safe, show


def create(
    context: typer.Context,
    name: Name,
    template: Annotated[str, typer.Option(help="Name of the template: what it says.")],
    channels: Annotated[
        list[Any], typer.Option("--channel", parser=channel_choice, metavar="CHANNEL", help=CHANNEL)
    ] = [],  # noqa: B006 - typer copies the list
    segments: Annotated[list[str], typer.Option("--segment", help=SEGMENT)] = [],  # noqa: B006
    companies: Annotated[list[str], typer.Option("--company", help=COMPANY)] = [],  # noqa: B006
    without_event: Annotated[list[str], typer.Option(metavar="ID", help=WITHOUT_EVENT)] = [],  # noqa: B006
    without_production: Annotated[list[str], typer.Option(metavar="NAME", help=WITHOUT_PRODUCTION)] = [],  # noqa: B006
    link: Annotated[str | None, typer.Option(help=LINK)] = None,
    permission: Annotated[str, typer.Option(help=PERMISSION)] = "newsletter",
    subject: Annotated[str, typer.Option(help=SUBJECT)] = "",
    text: Annotated[str, typer.Option(help=TEXT)] = "",
    track_opens: Annotated[bool, typer.Option("--track-opens/--no-track-opens", help=OPENS)] = True,
    track_clicks: Annotated[bool, typer.Option("--track-clicks/--no-track-clicks", help=CLICKS)] = True,
) -> None:
    """Make a newsletter. Nobody gets it before `hub newsletter send` or `schedule`."""
    from hub.cli.newsletters import as_data, reach_text
    from hub.cli.texts import text_of
    from hub.core.contracts.records import ConsentChannel
    from hub.core.messaging.newsletters.drafts import Draft

    draft = Draft(
        name=name,
        template=template,
        channels=channels_of(channels) or {ConsentChannel.EMAIL: None},
        permission=permission,
        segments=segments,
        companies=companies,
        without_productions=without_production,
        without_events=without_event,
        campaign_link=link,
        subject=subject,
        own_text=text_of(text),
        tracks_opens=track_opens,
        tracks_clicks=track_clicks,
    )
    with opened(context) as hub:
        made = hub.newsletters.create(draft)
        reach = reach_text(hub, made)
        show(context, as_data(hub, made), f"Made the newsletter {safe(made.name)!r}.\n{reach}")


def remove(context: typer.Context, name: Name, yes: Yes = False) -> None:
    """Forget a newsletter that did not go out. One that did stays, with what became of its messages."""
    with opened(context) as hub:
        newsletter = hub.newsletters.named(name)
        if not yes:
            confirm(f"Forget the newsletter {safe(newsletter.name)!r}?")
        hub.newsletters.remove(newsletter)
        said = f"Removed the newsletter {safe(newsletter.name)!r}."
        show(context, {"name": newsletter.name, "removed": True}, said)
