"""``hub customer``: find customers, see all that is known of one, and export them all."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.commands.segment.options import (
    After,
    CustomerNumber,
    Descending,
    ExternalId,
    FileForm,
    Limit,
    Search,
    Sort,
    SourceName,
)
from hub.cli.opening import opened
from hub.cli.output import show
from hub.cli.program import HubCommand, new_app

if TYPE_CHECKING:
    from hub.core.segments.people.members import MemberOrder

app = new_app("Find customers, see all that is known of one, and export them all.")


@app.command("list", cls=HubCommand)
def list_customers(
    context: typer.Context,
    search: Search = "",
    sort: Sort = "number",
    descending: Descending = False,
    limit: Limit = 50,
    after: After = None,
) -> None:
    """List all customers: by number, or sorted and searched."""
    from hub.cli.listing import show_page
    from hub.core.segments.definition import EVERYONE

    order: MemberOrder = sort
    with opened(context) as hub:
        everyone = hub.segments.definitions.evaluate(EVERYONE).members
        show_page(
            context, hub, everyone, order=order, descending=descending, search=search, after=after, limit=limit
        )


@app.command("show", cls=HubCommand)
def show_customer(
    context: typer.Context,
    number: CustomerNumber = None,
    external_id: ExternalId = None,
    source: SourceName = "csv",
    orders: Annotated[int, typer.Option("--orders", min=0, max=10_000, help="So many of the newest orders.")] = 20,
) -> None:
    """Show all that is known of one customer: data, figures, consents, tags, segments, orders."""
    from hub.cli.customers import as_data, as_text, number_of

    with opened(context) as hub:
        found = number_of(hub, number, external_id, source)
        profile = hub.profiles.of_number(found)
        newest = hub.profiles.orders(found, orders)
        show(context, as_data(hub, profile, newest), as_text(hub, profile, newest))


@app.command("chat-links", cls=HubCommand)
def show_chat_links(
    context: typer.Context,
    number: CustomerNumber = None,
    external_id: ExternalId = None,
    source: SourceName = "csv",
) -> None:
    """Show the links by which one customer begins conversations; whoever follows one is that customer."""
    from hub.cli.chat_links import link_data, link_text
    from hub.cli.customers import number_of

    with opened(context) as hub:
        found = hub.chat_links.of(number_of(hub, number, external_id, source))
        until = hub.chat_links.good_until()
        show(context, link_data(found, until), link_text(found, until, hub.organisation.time_zone))


@app.command("export", cls=HubCommand)
def export_customers(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to write; - is standard output.")],
    form: FileForm = None,
) -> None:
    """Export all customers with contact data and figures, as CSV, JSON lines or an Excel workbook.

    No cell can be taken for a formula by a spreadsheet.
    """
    from hub.cli.exporting import form_of, write_members
    from hub.core.segments.definition import EVERYONE

    chosen = form_of(form, file)
    with opened(context) as hub:
        everyone = hub.segments.definitions.evaluate(EVERYONE).members
        count = write_members(hub, everyone, file, chosen)
        if file != "-":
            show(context, {"file": file, "customers": count}, f"Wrote {count:,} customers to {file}.")


@app.command("export-data", cls=HubCommand)
def export_data(
    context: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="A folder to be made, or a file that ends in .zip; with --kind a CSV file, - is standard output.",
        ),
    ],
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="What this source brought alone.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="KIND", help="One kind of record of one source, such as customers."),
    ] = None,
    without_purchases: Annotated[
        bool, typer.Option("--without-purchases", help="Leave out orders, carts, and what was bought.")
    ] = False,
) -> None:
    """Export all that is known of customers as CSV files that `hub import csv` reads back."""
    from hub.cli.exporting import write_folder
    from hub.cli.files import write_file
    from hub.core.exports.data import KINDS

    if kind is not None and kind not in KINDS:
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(KINDS)}", param_hint="--kind")
    if kind is not None and source is None:
        raise typer.BadParameter("a file is of one source: say --source as well", param_hint="--kind")
    if kind is None and target == "-":
        raise typer.BadParameter("only one kind goes to standard output: say --kind and --source")
    with opened(context) as hub:
        if kind is not None and source is not None:
            write_file(hub.exports.data.file(source, kind), target)
            if target != "-":
                show(context, {"target": target, "kind": kind}, f"Wrote {kind} to {target}.")
            return
        if target.lower().endswith(".zip"):
            write_file(hub.exports.archive(source, purchases=not without_purchases), target)
            show(context, {"target": target}, f"Wrote all customer data to {target}.")
            return
        files = write_folder(hub.exports.data.files(source, purchases=not without_purchases), Path(target))
        listed = "".join(f"\n  {path}" for path in files)
        show(context, {"target": target, "files": files}, f"Wrote {len(files)} files to {target}:{listed}")
