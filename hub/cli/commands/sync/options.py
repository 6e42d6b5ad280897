"""What the commands about syncs share: arguments, options, and what makes sense together."""

from typing import Annotated, Any

import typer

from hub.cli.choices import consent_channel, sync_mode

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the sync.", show_default=False)]
Mode = Annotated[
    Any,
    typer.Option(
        "--mode",
        parser=sync_mode,
        metavar="MODE",
        help="mirror: add who enters, remove who leaves. add_only: remove only who must not be there. "
        "remove_only: take the members out, whoever put them in, and add nobody.",
    ),
]
Permission = Annotated[
    str | None,
    typer.Option("--permission", help="Send only customers who gave this permission, such as newsletter."),
]
Channel = Annotated[
    Any,
    typer.Option(
        "--channel",
        parser=consent_channel,
        metavar="CHANNEL",
        help="On which channel they must have given it: email, sms, phone, messenger or viber; any if not said.",
    ),
]
WithoutConsent = Annotated[
    bool, typer.Option("--without-consent", help="Send all members; you have another ground to do so.")
]
OnChange = Annotated[
    bool, typer.Option("--on-change", help="Run by itself as soon as anything changed, within a minute or two.")
]
Every = Annotated[
    str | None, typer.Option("--every", metavar="INTERVAL", help="Run by itself: '15 minutes', hour, '2 days' …")
]
Cron = Annotated[
    str | None,
    typer.Option(
        "--schedule", metavar="CRON", help="Run by itself by five cron fields, in the organisation's time zone."
    ),
]
GUARD = "A run that would remove a larger share of the members asks first; 1: never."
Yes = Annotated[bool, typer.Option("--yes", help="Go ahead without asking.")]


def schedule_of(context: typer.Context, on_change: bool, every: str | None, cron: str | None) -> str | None:
    """The schedule that was said, None if none was.

    Raises:
        BadParameter: more than one was.
    """
    said = ["on change"] * on_change + [f"every {every}"] * (every is not None) + [cron] * (cron is not None)
    if len(said) > 1:
        raise typer.BadParameter(
            "say one of --on-change, --every and --schedule", ctx=context, param_hint="--every"
        )
    return said[0] if said else None


def check_consent(
    context: typer.Context, permission: str | None, *, without_consent: bool, channel: object, only_removes: bool
) -> None:
    """See that it is said whose data leave the hub.

    Raises:
        BadParameter: it is not, or it makes no sense.
    """
    wrong, where = "", "--permission"
    if only_removes and (permission is not None or without_consent or channel is not None):
        wrong = "a sync that only removes sends nobody: leave out --permission, --channel and --without-consent"
        where = "--mode"
    elif not only_removes and (permission is None) is not without_consent:
        wrong = (
            "say either --permission, and only customers who gave that permission are sent, or --without-consent, "
            "and all members are: personal data must not leave the hub by oversight"
        )
    elif permission is not None and not permission.strip():
        wrong = "a permission has a name"
    elif channel is not None and without_consent:
        wrong, where = "a channel only makes sense with --permission", "--channel"
    if wrong:
        raise typer.BadParameter(wrong, ctx=context, param_hint=where)
