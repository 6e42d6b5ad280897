"""``hub sync change``: change what a sync does."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.commands.sync.options import (
    GUARD,
    Channel,
    Cron,
    Every,
    Mode,
    Name,
    OnChange,
    Permission,
    WithoutConsent,
    check_consent,
    schedule_of,
)
from hub.cli.opening import opened
from hub.cli.output import safe, show

if TYPE_CHECKING:
    from hub.core.store.tables import Sync


def change(
    context: typer.Context,
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", help="What it is called from now on.")] = None,
    mode: Mode = None,
    permission: Permission = None,
    channel: Channel = None,
    any_channel: Annotated[
        bool, typer.Option("--any-channel", help="Take the permission on any channel.")
    ] = False,
    without_consent: WithoutConsent = False,
    on_change: OnChange = False,
    every: Every = None,
    schedule: Cron = None,
    by_hand: Annotated[bool, typer.Option("--by-hand", help="Run only when asked to.")] = False,
    guard: Annotated[float | None, typer.Option(min=0, max=1, help=GUARD)] = None,
) -> None:
    """Change what a sync does; what is not said stays as it is.

    A run that is at work ends as cancelled, and the next goes on with the new settings.
    """
    from hub.cli.syncs import as_data

    wanted = schedule_of(context, on_change, every, schedule)
    for one, other, both in (
        (by_hand, wanted is not None, "--by-hand and a schedule"),
        (any_channel, channel is not None, "--any-channel and --channel"),
    ):
        if one and other:
            raise typer.BadParameter(f"{both} exclude each other", ctx=context, param_hint=both.split(" ")[0])
    values: dict[str, Any] = {"name": new_name, "mode": mode, "schedule": wanted, "largest_removal_share": guard}
    values = {key: value for key, value in values.items() if value is not None}
    if by_hand:
        values["schedule"] = None
    with opened(context) as hub:
        sync = hub.syncs.named(name)
        values |= _consent(context, sync, mode, permission, channel, any_channel, without_consent)
        if not values:
            raise typer.BadParameter("say what is to change", ctx=context, param_hint="--mode")
        changed = hub.syncs.change(sync, **values)
        show(context, as_data(hub, changed), f"Changed the sync {safe(changed.name)!r}.")


def _consent(
    context: typer.Context,
    sync: "Sync",
    mode: str | None,
    permission: str | None,
    channel: str | None,
    any_channel: bool,
    without_consent: bool,
) -> dict[str, Any]:
    """What is to change of whose data leave the hub; whoever ceases or begins to send must be plain about it."""
    only_removes = (mode or sync.mode) == "remove_only"
    begins_to_send = sync.mode == "remove_only" and not only_removes
    said = permission is not None or without_consent or (channel is not None and sync.permission is None)
    if only_removes or begins_to_send or said:
        check_consent(
            context, permission, without_consent=without_consent, channel=channel, only_removes=only_removes
        )
    if only_removes or without_consent:
        return {"permission": None, "channel": None} if begins_to_send or sync.permission is not None else {}
    values: dict[str, Any] = {} if permission is None else {"permission": permission}
    if channel is not None or any_channel:
        values["channel"] = channel
    return values
