"""Arguments and options that several commands about segments take."""

from datetime import date
from typing import Annotated, Any

import typer

from hub.cli.choices import day, member_order

LARGEST = 2**31 - 1
"""The largest number a customer or a result has."""

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the segment.", show_default=False)]
TextOrName = Annotated[
    str,
    typer.Argument(metavar="TEXT-OR-NAME", help="A segment's name, or a text; @FILE reads a text from a file."),
]
ViewOf = Annotated[str | None, typer.Option("--view", metavar="NAME", help="That view of the segment.")]
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=day, metavar="DAY", help="As at the end of that day, such as 2024-01-31."),
]
WithoutProduction = Annotated[
    list[str],
    typer.Option(
        "--without-production", metavar="NAME", help="Less who holds a ticket for it, ever; may be repeated."
    ),
]
WithoutEvent = Annotated[
    list[str],
    typer.Option("--without-event", metavar="ID", help="Less who holds a ticket for it; may be repeated."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Go ahead without asking.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")]
Sort = Annotated[
    Any,
    typer.Option(
        "--sort",
        parser=member_order,
        metavar="BY",
        help="number, name, email, city, registered_at, orders, revenue or last_purchase.",
        show_default=False,
    ),
]
Descending = Annotated[bool, typer.Option("--descending", help="The greatest first.")]
Search = Annotated[
    str, typer.Option("--search", metavar="WORDS", help="Only with this in name, email, external id or city.")
]
After = Annotated[
    str | None, typer.Option("--after", metavar="PLACE", help="Go on where the page before said that it ended.")
]
FileForm = Annotated[
    str | None,
    typer.Option("--format", metavar="FORM", help="csv, jsonl or xlsx; if not said, as FILE ends, else csv."),
]
CustomerNumber = Annotated[
    int | None,
    typer.Argument(
        metavar="NUMBER", min=1, max=LARGEST, help="The customer's number in the hub.", show_default=False
    ),
]
ExternalId = Annotated[str | None, typer.Option("--id", metavar="ID", help="Their id in a source instead.")]
SourceName = Annotated[str, typer.Option("--source", metavar="NAME", help="Which source that id is of.")]
