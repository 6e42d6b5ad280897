"""``hub sync list``, ``show`` and ``history``: how syncs go."""

from typing import Annotated

import typer

from hub.cli.commands.sync.options import Name
from hub.cli.opening import opened
from hub.cli.output import moment, remark, safe, show, table


def list_syncs(context: typer.Context) -> None:
    """List the syncs."""
    from hub.cli.syncs import all_as_data, kept, when

    with opened(context) as hub:
        data = all_as_data(hub, hub.syncs.all())
        rows = [
            (
                one["name"],
                kept(one),
                f"{one['audience']} ({one['connection']})",
                one["mode"],
                one["permission"] or "not asked",
                when(one),
                one["last_status"],
            )
            for one in data
        ]
        show(context, data, table(("name", "keeps", "to", "mode", "permission", "runs", "last run"), rows))


def show_sync(context: typer.Context, name: Name) -> None:
    """Show a sync: what it keeps where, and how its last run ended."""
    from hub.cli.syncs import as_data, when

    with opened(context) as hub:
        data = as_data(hub, hub.syncs.named(name))
        last = f"{data['last_status']}, {moment(data['last_started_at'], hub.organisation.time_zone)}"
        lines = {
            "name": data["name"],
            "segment": data["segment"],
            "view": data["view"] or "-",
            "connection": data["connection"],
            "audience": data["audience"],
            "mode": data["mode"],
            "permission": data["permission"] or "not asked",
            "channel": data["channel"] or "any",
            "runs": when(data),
            "guard": f"asks before a run removes more than {data['guard']:.0%}" if data["guard"] < 1 else "none",
            "last run": last if data["last_status"] else "-",
            "message": data["last_message"] or "-",
        }
        show(context, data, "\n".join(f"{label + ':':12}{safe(said)}" for label, said in lines.items()))


def history(
    context: typer.Context,
    name: Name,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="The members that were refused in these runs instead, with reasons.")
    ] = False,
    to: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write those members there, as CSV; - is standard output."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many runs.")] = 50,
) -> None:
    """Show the runs of a sync, newest first."""
    from hub.cli.files import write_file
    from hub.cli.syncs import refusals, run_data

    with opened(context) as hub:
        runs = hub.syncs.history(hub.syncs.named(name), limit)
        zone = hub.organisation.time_zone
        if to is not None:
            write_file(hub.sync_reports.rejections(runs), to)
            if to != "-":
                show(context, {"file": to}, f"Wrote who was refused to {to}.")
            return
        if rejected:
            refused = refusals(hub, runs)
            rows = [
                (moment(one["run"], zone), str(one["number"]), one["external_id"], one["reason"])
                for one in refused
            ]
            show(context, refused, table(("run", "customer", "external_id", "reason"), rows))
            if (gone := sum(run.rejected for run in runs) - len(refused)) > 0:
                remark(context, f"{gone:,} more were refused; they are kept for the newest 50 runs")
            return
        columns = ("added", "updated", "removed", "rejected", "withdrawn")
        data = [run_data(one) for one in runs]
        table_rows = [
            (
                moment(one["started_at"], zone),
                one["status"],
                one["seconds"],
                *(one[column] for column in columns),
                one["message"],
            )
            for one in data
        ]
        show(context, data, table(("started", "status", "seconds", *columns, "message"), table_rows))
