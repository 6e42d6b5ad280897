"""``hub segment add`` and ``drop``: the members of manual segments."""

from typing import Annotated

import typer

from hub.cli.commands.segment.options import Name, SourceName
from hub.cli.errors import ExitCode
from hub.cli.opening import opened
from hub.cli.output import show

Emails = Annotated[
    list[str],
    typer.Option("--email", metavar="ADDRESS", help="Everyone with that address; @FILE has one in each line."),
]
Numbers = Annotated[
    list[str],
    typer.Option("--number", metavar="NUMBER", help="By number in the hub; @FILE has one in each line."),
]
Ids = Annotated[
    list[str], typer.Option("--id", metavar="ID", help="By id in a source; @FILE has one in each line.")
]


def add(
    context: typer.Context,
    name: Name,
    emails: Emails = [],  # noqa: B006 - typer copies the list
    numbers: Numbers = [],  # noqa: B006
    ids: Ids = [],  # noqa: B006
    source: SourceName = "csv",
) -> None:
    """Add customers to a manual segment. Who can't be found is reported; the others are added."""
    _change(context, name, emails, numbers, ids, source, adding=True)


def drop(
    context: typer.Context,
    name: Name,
    emails: Emails = [],  # noqa: B006 - typer copies the list
    numbers: Numbers = [],  # noqa: B006
    ids: Ids = [],  # noqa: B006
    source: SourceName = "csv",
) -> None:
    """Take customers out of a manual segment. Who can't be found is reported; the others are taken out."""
    _change(context, name, emails, numbers, ids, source, adding=False)


def _change(
    context: typer.Context,
    name: str,
    emails: list[str],
    numbers: list[str],
    ids: list[str],
    source: str,
    *,
    adding: bool,
) -> None:
    from hub.cli.handwork import as_data, as_text, lists, together

    if not (emails or numbers or ids):
        raise typer.BadParameter("say one of --email, --number and --id at least", ctx=context)
    customers = lists(emails=emails, numbers=numbers, ids=ids, source=source)
    with opened(context) as hub:
        segment = hub.segments.named(name)
        change = hub.manual_members.add if adding else hub.manual_members.remove
        report = together([change(segment, some) for some in customers])
        show(context, as_data(report), as_text(report, segment.name, adding=adding))
    if report.unknown and not (report.changed or report.unchanged):
        raise typer.Exit(ExitCode.FAILED)
