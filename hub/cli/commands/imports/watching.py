"""``hub import list``, ``history`` and ``cancel``: how imports of connected data sources go."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.commands.imports.options import Source
from hub.cli.opening import opened
from hub.cli.output import moment, remark, safe, show, table


def list_sources(context: typer.Context) -> None:
    """List the connected data sources, when they are imported, and how that went."""
    from hub.cli.import_report import source_data

    with opened(context) as hub:
        sources = hub.sources.all()
        newest = hub.sources.newest_runs(sources)
        data = [source_data(source, newest.get(source.id or 0)) for source in sources]
        zone = hub.organisation.time_zone
        rows = [
            (
                one["name"],
                one["component"],
                "paused" if one["paused"] else one["schedule"] or "by hand",
                moment(one["last_started_at"], zone),
                one["last_status"],
                one["last_message"],
            )
            for one in data
        ]
        show(context, data, table(("name", "component", "runs", "last run", "status", "message"), rows))


def history(
    context: typer.Context,
    connection: Source,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="The rows that these runs could not take instead, with reasons.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write those rows there, as CSV.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many runs.")] = 50,
) -> None:
    """Show the imports of a connected data source, newest first."""
    from hub.cli.import_report import run_data, write_rejected

    with opened(context) as hub:
        runs = hub.sources.history(hub.sources.named(connection), limit)
        zone = hub.organisation.time_zone
        if rejected or report:
            refused = [(run, one) for run in runs if run.rejected for one in hub.sources.rejections(run)]
            if report is not None:
                write_rejected(report, [one for _, one in refused])
            data = [
                {"run": run.id, "line": one.line, "field": one.field, "reason": one.reason} for run, one in refused
            ]
            rows = [
                (moment(run.started_at, zone), one.line or None, one.field, one.reason) for run, one in refused
            ]
            if (more := sum(run.rejected for run in runs) - len(refused)) > 0:
                remark(context, f"{more:,} more were rejected; of each run only the first ones are kept")
            show(context, data, table(("run", "line", "field", "reason"), rows))
            return
        columns = ("new", "changed", "unchanged", "deleted", "rejected")
        shown = [run_data(run) for run in runs]
        table_rows = [
            (
                moment(one["started_at"], zone),
                one["status"],
                *(one[name] for name in columns),
                one["message"],
            )
            for one in shown
        ]
        show(context, shown, table(("started", "status", *columns, "message"), table_rows))


def cancel(context: typer.Context, connection: Source) -> None:
    """Ask the import that is at work, in whatever process, to end after its current batch."""
    with opened(context) as hub:
        source = hub.sources.named(connection)
        hub.sources.cancel(source)
        said = f"The import of {safe(source.name)!r} ends after its current batch."
        show(context, {"name": source.name, "cancelled": True}, said)
