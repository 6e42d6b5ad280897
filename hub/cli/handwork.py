"""Reads lists of customers for manual segments, and tells what became of them."""

from collections.abc import Sequence
from typing import Any

from hub.cli.output import safe, table
from hub.cli.texts import lines_of
from hub.core.segments.people.manual import CustomerIds, MembersReport

_SHOWN = 20
"""How many unknown customers are shown."""


def lists(
    *, emails: Sequence[str], numbers: Sequence[str], ids: Sequence[str], source: str
) -> Sequence[CustomerIds]:
    """The customers that were said, a list for each kind of id.

    Raises:
        InputError: a file can't be read.
    """
    found = []
    if emails:
        found.append(CustomerIds.emails(lines_of(emails)))
    if numbers:
        found.append(CustomerIds.numbers(lines_of(numbers)))
    if ids:
        found.append(CustomerIds.external_ids(source, lines_of(ids)))
    return found


def together(reports: Sequence[MembersReport]) -> MembersReport:
    """Several reports as one."""
    return MembersReport(
        sum(report.changed for report in reports),
        sum(report.unchanged for report in reports),
        [unknown for report in reports for unknown in report.unknown],
    )


def as_data(report: MembersReport) -> dict[str, Any]:
    """What became of the customers, for programs."""
    return {
        "changed": report.changed,
        "unchanged": report.unchanged,
        "unknown": [{"id": one.id, "reason": one.reason} for one in report.unknown],
    }


def as_text(report: MembersReport, segment: str, *, adding: bool) -> str:
    """What became of the customers, for people."""
    done, others = (
        (f"Added to {segment!r}", "members already") if adding else (f"Took out of {segment!r}", "no members")
    )
    counts = f"{report.changed:,}; {report.unchanged:,} were {others}; {len(report.unknown):,} unknown"
    lines = [safe(f"{done}: {counts}")]
    if report.unknown:
        lines.append(table(("unknown", "why"), [(one.id, one.reason) for one in report.unknown[:_SHOWN]]))
    if len(report.unknown) > _SHOWN:
        lines.append(f"… and {len(report.unknown) - _SHOWN:,} more; --json tells all")
    return "\n".join(lines)
