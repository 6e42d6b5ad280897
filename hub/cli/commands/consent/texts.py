"""Publishes and shows the words that customers agree to."""

from typing import Annotated

import typer

from hub.cli.commands.consent.options import Channels, Permission
from hub.cli.opening import opened
from hub.cli.output import moment, show, table


def publish(
    context: typer.Context,
    permission: Permission,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="The words; @FILE reads them from a file, - from standard input.")
    ],
    channels: Channels = [],  # noqa: B006 - typer copies it
    double_opt_in: Annotated[
        bool | None,
        typer.Option(
            "--double-opt-in/--single-opt-in",
            help="Whether a permission counts only once its address has confirmed it.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make the next version of a text; where nothing changes, the current one stays.

    What is not said stays as in the version before. A first version asks for email alone and counts at once.
    """
    from hub.cli.consents import text_data
    from hub.cli.texts import text_of

    words = text_of(text)
    with opened(context) as hub:
        made = hub.consent_texts.publish(permission, words, channels or None, double_opt_in)
        asks = made.channels.replace(",", ", ")
        show(
            context,
            text_data(made),
            f"Version {made.version} of {made.permission!r} is in force; it asks for {asks}.",
        )


def list_texts(context: typer.Context) -> None:
    """List the newest version of each permission's text."""
    from hub.cli.consents import text_data

    with opened(context) as hub:
        found, zone = hub.consent_texts.all(), hub.organisation.time_zone
        rows = [
            (
                one.permission,
                one.version,
                moment(one.created_at, zone),
                one.channels.replace(",", ", "),
                one.double_opt_in,
                one.text,
            )
            for one in found
        ]
        headings = ("permission", "version", "published", "channels", "double opt-in", "text")
        show(context, [text_data(one) for one in found], table(headings, rows))


def show_text(
    context: typer.Context,
    permission: Permission,
    version: Annotated[int | None, typer.Option(min=1, help="Which version; the newest if not said.")] = None,
    versions: Annotated[bool, typer.Option("--versions", help="All versions, newest first.")] = False,
) -> None:
    """Show the words of a text: of the newest version, of another, or of all."""
    from hub.cli.consents import text_data, text_shown

    if version is not None and versions:
        raise typer.BadParameter("say --version or --versions", ctx=context, param_hint="--version")
    with opened(context) as hub:
        zone = hub.organisation.time_zone
        if versions:
            found = hub.consent_texts.versions(permission)
            told = "\n\n".join(text_shown(one, zone) for one in found)
            show(context, [text_data(one) for one in found], told)
            return
        one = (
            hub.consent_texts.current(permission)
            if version is None
            else hub.consent_texts.version(permission, version)
        )
        show(context, text_data(one), text_shown(one, zone))
