"""Arguments and options that several commands about consent take."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.choices import consent_channel

if TYPE_CHECKING:
    from hub.core.consents.languages import Language
    from hub.core.consents.places import ConsentPlace

Permission = Annotated[
    str, typer.Argument(metavar="PERMISSION", help="What is agreed to, such as newsletter.", show_default=False)
]
Channels = Annotated[
    list[Any],
    typer.Option(
        "--channel",
        parser=consent_channel,
        metavar="CHANNEL",
        help="email, sms, phone, messenger or viber; may be repeated.",
        show_default=False,
    ),
]


def consent_place(text: str) -> "ConsentPlace":
    """The page on which a customer was asked."""
    from hub.core.consents.places import ConsentPlace

    try:
        return ConsentPlace(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(ConsentPlace)}") from None


def page_language(text: str) -> "Language":
    """The language of a page."""
    from hub.core.consents.languages import Language

    try:
        return Language(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(Language)}") from None


def instant(text: str) -> datetime:
    """A moment with its time zone, such as 2026-01-31T09:30:00Z."""
    wrong = typer.BadParameter(f"{text!r} is no moment with a time zone; write one such as 2026-01-31T09:30:00Z")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise wrong from None
    if found.tzinfo is None:
        raise wrong
    return found
