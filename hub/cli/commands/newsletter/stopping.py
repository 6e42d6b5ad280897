"""``hub newsletter unschedule``, ``pause`` and ``cancel``."""

from typing import TYPE_CHECKING

import typer

from hub.cli.commands.newsletter.options import Name, Yes
from hub.cli.confirming import confirm
from hub.cli.opening import opened
from hub.cli.output import safe, show

if TYPE_CHECKING:
    from hub.core.store.tables import Newsletter


def unschedule(context: typer.Context, name: Name) -> None:
    """Let a scheduled newsletter wait until it is scheduled or sent again."""
    with opened(context) as hub:
        _tell(context, hub.newsletters.unschedule(hub.newsletters.named(name)), "waits")


def pause(context: typer.Context, name: Name) -> None:
    """Stop sending a newsletter, in whatever process, after the messages that are under way."""
    with opened(context) as hub:
        _tell(context, hub.newsletters.pause(hub.newsletters.named(name)), "is paused")


def cancel(context: typer.Context, name: Name, yes: Yes = False) -> None:
    """End a newsletter for good: whoever has not been sent it does not get it."""
    with opened(context) as hub:
        newsletter = hub.newsletters.named(name)
        if not yes:
            confirm(f"End the newsletter {safe(newsletter.name)!r} for good?")
        ended = hub.newsletters.cancel(newsletter)
        _tell(context, ended, f"was {ended.message}")


def _tell(context: typer.Context, newsletter: "Newsletter", how: str) -> None:
    said = f"The newsletter {safe(newsletter.name)!r} {how}."
    show(context, {"name": newsletter.name, "status": newsletter.status}, said)
