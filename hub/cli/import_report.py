"""Tells what an import did: while it runs, in words, as data, and every rejected row as CSV."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from hub.cli.options import options_of
from hub.cli.output import safe
from hub.core.contracts.records import RECORDS
from hub.core.ingest.rejected_rows import Rejected, as_csv
from hub.core.ingest.report import IngestReport
from hub.core.store.tables import Connection, ImportRun

_SHOWN = 20
"""How many rejected rows are shown."""


class Progress:
    """One line on standard error that grows with the import; nothing where nobody watches."""

    def __init__(self, context: typer.Context) -> None:
        self._watched = sys.stderr.isatty() and not options_of(context).as_json
        self._shown = 0

    def tell(self, report: IngestReport) -> None:
        """Show how far the import is."""
        if self._watched:
            said = f"{_taken(report):,} records so far, {len(report.rejected):,} rows rejected"
            typer.echo(f"\r{said.ljust(self._shown)}", nl=False, err=True)
            self._shown = len(said)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            typer.echo(f"\r{' ' * self._shown}\r", nl=False, err=True)


def as_text(report: IngestReport, file: Path | None) -> str:
    """What an import did, in plain words, with the first rejected rows.

    Args:
        report: what it did.
        file: where all rejected rows were written, or None.
    """
    return "\n".join(_lines(report, file))


def as_data(report: IngestReport) -> dict[str, Any]:
    """What an import did, for programs, with all rejected rows."""
    return {
        "dry_run": report.dry_run,
        "kinds": {
            kind: {
                "new": report.inserted[kind],
                "changed": report.updated[kind],
                "unchanged": report.unchanged[kind],
                "deleted": report.deleted[kind],
            }
            for kind in _kinds(report)
        },
        "rejected": [{"line": row.line, "field": row.field, "reason": row.reason} for row in report.rejected],
    }


def write_rejected(file: Path, rejected: Sequence[Rejected]) -> None:
    """Write rejected rows as a CSV file that no spreadsheet takes for formulas."""
    with file.open("wb") as opened:
        opened.writelines(as_csv([rejected]))


def source_data(source: Connection, newest: ImportRun | None) -> dict[str, Any]:
    """A connected source, for programs."""
    return {
        "name": source.name,
        "component": source.component,
        "schedule": source.schedule,
        "paused": source.paused,
        "last_status": newest.status if newest else None,
        "last_started_at": newest.started_at if newest else None,
        "last_message": newest.message if newest else None,
    }


def run_data(run: ImportRun) -> dict[str, Any]:
    """A run, for programs."""
    return {
        "id": run.id,
        "status": run.status,
        "message": run.message,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "new": run.inserted,
        "changed": run.updated,
        "unchanged": run.unchanged,
        "deleted": run.deleted,
        "rejected": run.rejected,
    }


def _lines(report: IngestReport, file: Path | None) -> Iterator[str]:
    if report.dry_run:
        yield "This was a dry run; nothing was stored."
    for kind in _kinds(report):
        yield (
            f"{kind}: {report.inserted[kind]:,} new, {report.updated[kind]:,} changed, "
            f"{report.unchanged[kind]:,} unchanged{_deleted(report, kind)}"
        )
    if not _kinds(report):
        yield "Nothing was stored."
    yield f"rejected: {len(report.rejected):,}"
    for row in report.rejected[:_SHOWN]:
        place = f"line {row.line:,}" if row.line else "a row"
        field = f"{row.field}: " if row.field and not row.reason.startswith(row.field) else ""
        yield f"  {place}: {field}{safe(row.reason)}"
    if len(report.rejected) > _SHOWN:
        where = f"all are in {file}" if file else "--report FILE writes them all"
        yield f"  … and {len(report.rejected) - _SHOWN:,} more; {where}"


def _kinds(report: IngestReport) -> list[str]:
    counted = report.inserted + report.updated + report.unchanged + report.deleted  # a sum leaves out what is zero
    return [kind for kind in RECORDS if kind in counted] + sorted(counted.keys() - RECORDS.keys())


def _taken(report: IngestReport) -> int:
    return report.inserted.total() + report.updated.total() + report.unchanged.total()


def _deleted(report: IngestReport, kind: str) -> str:
    return f", {report.deleted[kind]:,} deleted" if report.deleted[kind] else ""
