"""``hub import csv`` and ``run``: bring customers and what they did into the hub."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.choices import pairs
from hub.cli.commands.imports.options import Source
from hub.cli.errors import ExitCode
from hub.cli.opening import opened
from hub.cli.output import remark, show

DryRun = Annotated[bool, typer.Option("--dry-run", help="Do everything, then take it all back.")]
ReportFile = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write all rejected rows there, as CSV.")
]


def import_csv(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file.", show_default=False)],
    kind: Annotated[
        str,
        typer.Option(
            help="What a row is, such as customers, orders, consents or tags; each is in docs/commands.md."
        ),
    ],
    mapping: Annotated[
        list[str],
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Which column fills a field, where their names differ; may be repeated. "
            "FIELD= alone leaves the field out.",
        ),
    ] = [],  # noqa: B006 - typer copies the list
    dry_run: DryRun = False,
    delimiter: Annotated[str | None, typer.Option(help="Between two fields; found out if not said.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Such as cp1252; found out if not said.")] = None,
    decimal: Annotated[str | None, typer.Option(help="Decimal sign; found out if not said.")] = None,
    date_format: Annotated[str | None, typer.Option(help="Such as %d/%m/%Y; found out if not said.")] = None,
    source: Annotated[
        str, typer.Option(help="Where the file comes from: external ids are unique within one source.")
    ] = "csv",
    report: ReportFile = None,
) -> None:
    """Import a CSV file. Rows that are wrong are left out and told; importing a file twice changes nothing.

    Ends with exit code 0 if any row was taken or none was wrong, and 1 if nothing could be read.
    """
    settings: dict[str, object] = {
        "path": str(file.absolute()),
        "kind": kind,
        "mapping": pairs(mapping, "--map", "FIELD=COLUMN"),
    }
    said = {"delimiter": delimiter, "encoding": encoding, "decimal": decimal, "date_format": date_format}
    settings |= {name: value for name, value in said.items() if value is not None}
    with opened(context) as hub:
        made = hub.connections.source("csv", settings)
        detected = _detected(hub.registry.plugin_of(type(made)), made)
        for name, value in detected.items():
            if value:
                remark(context, f"{name}: {value}")
        _run(context, hub.imports, made, source, dry_run=dry_run, report=report, detected=detected)


def import_run(
    context: typer.Context,
    connection: Source,
    dry_run: DryRun = False,
    approve: Annotated[
        bool, typer.Option("--approve", help="Delete as many as the source has lost, also most of them.")
    ] = False,
    report: ReportFile = None,
) -> None:
    """Import what is new in a connected data source, and delete what is gone there."""
    from hub.cli.import_report import Progress, run_data

    with opened(context) as hub:
        source = hub.sources.named(connection)
        if dry_run:
            _tell(context, hub.sources.try_out(source, approved=approve), report, {})
            return
        progress = Progress(context)
        try:
            pull = hub.sources.run(source, approved=approve, progress=progress.tell)
        finally:
            progress.clear()
        if pull.error is not None:
            raise pull.error
        _tell(context, pull.report, report, {"run": run_data(pull.run)})
        if pull.run.status not in ("succeeded", "partial"):
            remark(context, f"{pull.run.status}: {pull.run.message}")
            raise typer.Exit(ExitCode.FAILED)


def _run(
    context: typer.Context,
    imports: Any,
    source: Any,
    name: str,
    *,
    dry_run: bool,
    report: Path | None,
    detected: dict[str, str],
) -> None:
    from hub.cli.import_report import Progress

    progress = Progress(context)
    try:
        outcome = imports.run(source, name, dry_run=dry_run, progress=progress.tell)
    finally:
        progress.clear()
    _tell(context, outcome, report, {"detected": detected} if detected else {})


def _tell(context: typer.Context, outcome: Any, report: Path | None, more: dict[str, Any]) -> None:
    from hub.cli.import_report import as_data, as_text, write_rejected

    if report is not None:
        write_rejected(report, outcome.rejected)
    show(context, as_data(outcome) | more, as_text(outcome, report))
    taken = outcome.inserted + outcome.updated + outcome.unchanged + outcome.deleted
    if outcome.rejected and not taken:
        raise typer.Exit(ExitCode.FAILED)


def _detected(plugin: str, source: Any) -> dict[str, str]:
    """What a source found out about what it reads, if it tells."""
    from hub.core.registry.guarding import guard

    if not hasattr(source, "detected"):
        return {}
    with guard(plugin):
        source.check()
        found: dict[str, str] = source.detected()
        return found
