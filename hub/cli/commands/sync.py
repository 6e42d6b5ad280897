"""``hub sync``: keep segments true on other platforms."""

from typing import Annotated, Any

import typer

from hub.cli.choices import consent_channel, sync_mode
from hub.cli.errors import ExitCode
from hub.cli.opening import opened
from hub.cli.output import moment, safe, show, table
from hub.cli.program import HubCommand, new_app

app = new_app("Keep segments true on other platforms.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the sync.", show_default=False)]


@app.command("create", cls=HubCommand)
def create(
    context: typer.Context,
    name: Name,
    segment: Annotated[str, typer.Option(help="Name of the segment.")],
    to: Annotated[str, typer.Option(metavar="CONNECTION", help="Name of the connection to the platform.")],
    audience: Annotated[str, typer.Option(help="What it is called there; the segment's name if not said.")] = "",
    mode: Annotated[
        Any,
        typer.Option(
            parser=sync_mode,
            metavar="MODE",
            help="mirror: add who enters, remove who leaves. add_only: remove only who must not be there.",
        ),
    ] = "mirror",
    permission: Annotated[
        str | None, typer.Option(help="Send only customers who gave this permission, such as newsletter.")
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
        bool, typer.Option("--without-consent", help="Send all members; you have another ground to do so.")
    ] = False,
    every: Annotated[
        str | None, typer.Option(metavar="INTERVAL", help="Run by itself: '15 minutes', hour, '2 days' …")
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(metavar="CRON", help="Run by itself by five cron fields, in the organisation's time zone."),
    ] = None,
    guard: Annotated[
        float, typer.Option(min=0, max=1, help="A run that would remove a larger share of the members asks first.")
    ] = 0.5,
) -> None:
    """Keep a segment on another platform. Nothing is sent before the first run."""
    from hub.cli.syncs import as_data

    _check_consent(context, permission, without_consent=without_consent, channel=channel)
    if every is not None and schedule is not None:
        raise typer.BadParameter("say either --every or --schedule", ctx=context, param_hint="--every")
    with opened(context) as hub:
        sync = hub.syncs.create(
            name,
            segment,
            to,
            audience=audience,
            mode=mode,
            permission=permission,
            channel=channel,
            schedule=f"every {every}" if every is not None else schedule,
            largest_removal_share=guard,
        )
        show(
            context,
            as_data(hub, sync),
            f"Made the sync {safe(sync.name)!r}; see what it would do with `hub sync preview`, and do it with "
            "`hub sync run`.",
        )


@app.command("preview", cls=HubCommand)
def preview(context: typer.Context, name: Name) -> None:
    """Show what a run would do now, with nothing sent."""
    with opened(context) as hub:
        plan = hub.syncs.preview(hub.syncs.named(name))
        data = {
            "held": plan.held,
            "to_add": plan.to_add,
            "to_update": plan.to_update,
            "to_remove": plan.to_remove,
            "unreachable": plan.unreachable,
        }
        show(
            context,
            data,
            f"The other side holds {plan.held:,}. A run would add {plan.to_add:,}, update {plan.to_update:,} and "
            f"remove {plan.to_remove:,}.\n{plan.unreachable:,} members of the segment can't be sent: they lack "
            "consent, or anything the platform could know them by.",
        )


@app.command("run", cls=HubCommand)
def run(
    context: typer.Context,
    name: Name,
    approve: Annotated[bool, typer.Option("--approve", help="Remove as many as it takes.")] = False,
) -> None:
    """Run a sync to its end.

    Ends with exit code 0 when it succeeded, also if the platform refused some members; 3 when it waits for
    approval; 1 when it failed or was cancelled.
    """
    from hub.cli.syncs import run_data
    from hub.core.sync.runner import Manner

    with opened(context) as hub:
        ended = hub.syncs.run(hub.syncs.named(name), Manner(approved=approve))
        show(context, run_data(ended), f"{ended.status}: {safe(ended.message)}")
    code = {"succeeded": ExitCode.DONE, "partial": ExitCode.DONE, "held": ExitCode.HELD}
    raise typer.Exit(code.get(ended.status, ExitCode.FAILED))


@app.command("history", cls=HubCommand)
def history(
    context: typer.Context,
    name: Name,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="The members that were refused in these runs instead, with reasons.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many runs.")] = 50,
) -> None:
    """Show the runs of a sync, newest first."""
    from hub.cli.syncs import refusals, run_data

    with opened(context) as hub:
        runs = hub.syncs.history(hub.syncs.named(name), limit)
        zone = hub.organisation.time_zone
        if rejected:
            refused = refusals(hub, runs)
            rows = [(moment(one["run"], zone), str(one["number"]), one["reason"]) for one in refused]
            show(context, refused, table(("run", "customer", "reason"), rows))
            return
        table_rows = [
            (
                moment(one.started_at, zone),
                one.status,
                one.added,
                one.updated,
                one.removed,
                one.rejected,
                one.message,
            )
            for one in runs
        ]
        headings = ("started", "status", "added", "updated", "removed", "rejected", "message")
        show(context, [run_data(one) for one in runs], table(headings, table_rows))


@app.command("list", cls=HubCommand)
def list_syncs(context: typer.Context) -> None:
    """List the syncs."""
    from hub.cli.syncs import as_data

    with opened(context) as hub:
        data = [as_data(hub, sync) for sync in hub.syncs.all()]
        rows = [
            (
                one["name"],
                one["segment"],
                f"{one['audience']} ({one['connection']})",
                one["permission"] or "not asked",
                "paused" if one["paused"] else one["schedule"] or "by hand",
                one["last_status"],
            )
            for one in data
        ]
        show(context, data, table(("name", "segment", "to", "permission", "runs", "last run"), rows))


@app.command("pause", cls=HubCommand)
def pause(context: typer.Context, name: Name) -> None:
    """Stop a sync from running by its schedule. It can still be run by hand."""
    _set_paused(context, name, paused=True)


@app.command("resume", cls=HubCommand)
def resume(context: typer.Context, name: Name) -> None:
    """Let a sync run by its schedule again."""
    _set_paused(context, name, paused=False)


@app.command("cancel", cls=HubCommand)
def cancel(context: typer.Context, name: Name) -> None:
    """Ask the run that is at work, in whatever process, to end after its current batch."""
    with opened(context) as hub:
        sync = hub.syncs.named(name)
        hub.syncs.cancel(sync)
        said = f"The sync {safe(sync.name)!r} ends after its current batch."
        show(context, {"name": sync.name, "cancelled": True}, said)


def _set_paused(context: typer.Context, name: str, *, paused: bool) -> None:
    with opened(context) as hub:
        sync = hub.syncs.named(name)
        hub.syncs.pause(sync, paused=paused)
        how = "no longer runs by itself" if paused else "runs by its schedule again"
        show(context, {"name": sync.name, "paused": paused}, f"The sync {safe(sync.name)!r} {how}.")


def _check_consent(
    context: typer.Context, permission: str | None, *, without_consent: bool, channel: object
) -> None:
    if (permission is None) is not without_consent:
        raise typer.BadParameter(
            "say either --permission, and only customers who gave that permission are sent, or --without-consent, "
            "and all members are: personal data must not leave the hub by oversight",
            ctx=context,
            param_hint="--permission",
        )
    if permission is not None and not permission.strip():
        raise typer.BadParameter("a permission has a name", ctx=context, param_hint="--permission")
    if channel is not None and without_consent:
        raise typer.BadParameter(
            "a channel only makes sense with --permission", ctx=context, param_hint="--channel"
        )
