"""Proves what a customer agreed to, and shows who was asked to confirm."""

from typing import Annotated, Any

import typer

from hub.cli.commands.consent.options import page_language
from hub.cli.commands.segment.options import CustomerNumber, ExternalId, SourceName
from hub.cli.opening import opened
from hub.cli.output import moment, show, table


def proof(
    context: typer.Context,
    number: CustomerNumber = None,
    external_id: ExternalId = None,
    source: SourceName = "csv",
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="FILE", help="Write the whole of it as an HTML page; - is standard output."
        ),
    ] = None,
    language: Annotated[
        Any,
        typer.Option(
            parser=page_language, metavar="LANGUAGE", help="Of the page: en, de or da.", show_default=False
        ),
    ] = "en",
) -> None:
    """Prove what a customer agreed to: every entry of the log, with the words they saw on the page."""
    from hub.cli.consents import proof_shown
    from hub.cli.customers import number_of
    from hub.cli.files import write_file

    with opened(context) as hub:
        found = hub.consent_proof.of(number_of(hub, number, external_id, source))
        if output is None:
            show(context, found.as_data(), proof_shown(found))
            return
        write_file([found.as_html(language).encode()], output)
        if output != "-":
            show(context, {"file": output, "number": found.number}, f"Wrote the proof to {output}.")


def requests(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many.")] = 50,
) -> None:
    """Show the permissions that can still be confirmed (double opt-in), newest first."""
    from hub.cli.consents import request_data

    with opened(context) as hub:
        found, zone = hub.consents.open_requests(limit), hub.organisation.time_zone
        rows = [
            (
                one.request.customer_number,
                one.request.permission,
                one.request.channel,
                moment(one.request.asked_at, zone),
                moment(one.request.sent_at, zone),
                moment(one.request.expires_at, zone),
                one.request.reason,
            )
            for one in found
        ]
        headings = ("customer", "permission", "channel", "given", "asked", "open until", "problem")
        show(context, [request_data(one) for one in found], table(headings, rows))
