"""Tells what an import did: while it runs, in words, as data, and every rejected row as CSV."""

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from hub.cli.options import options_of
from hub.cli.output import safe
from hub.core.contracts.records import RECORDS, RejectedRow
from hub.core.ingest.report import IngestReport

_SHOWN = 20
"""How many rejected rows are shown."""
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


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
            }
            for kind in _kinds(report)
        },
        "rejected": [{"line": row.line, "field": row.field, "reason": row.reason} for row in report.rejected],
    }


def write_rejected(file: Path, rejected: Sequence[RejectedRow]) -> None:
    """Write rejected rows as a CSV file that no spreadsheet takes for formulas."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("line", "field", "reason"))
        writer.writerows((row.line or "", _harmless(row.field), _harmless(row.reason)) for row in rejected)


def _lines(report: IngestReport, file: Path | None) -> Iterator[str]:
    if report.dry_run:
        yield "This was a dry run; nothing was stored."
    for kind in _kinds(report):
        yield (
            f"{kind}: {report.inserted[kind]:,} new, {report.updated[kind]:,} changed, "
            f"{report.unchanged[kind]:,} unchanged"
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
    counted = report.inserted + report.updated + report.unchanged  # a sum leaves out what is zero
    return [kind for kind in RECORDS if kind in counted] + sorted(counted.keys() - RECORDS.keys())


def _taken(report: IngestReport) -> int:
    return report.inserted.total() + report.updated.total() + report.unchanged.total()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
