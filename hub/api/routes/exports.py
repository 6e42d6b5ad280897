"""Operations on everyone's data: take it away as a table, or whole, to be imported elsewhere."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import TheHub
from hub.api.files import CSV, EXCEL, JSON_LINES, ZIP, described, member_file, streamed
from hub.api.models.asking import Showing
from hub.api.models.exports import Contents, ExportForm, MemberForm, RecordKind
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.errors import UserError
from hub.core.segments.definition import EVERYONE

router = APIRouter(prefix="/customers", tags=["customers"], route_class=GuardedRoute)


@router.get(
    "/export", operation_id="exportCustomers", summary="Export all customers",
    dependencies=[needs(Scope.SEGMENTS_READ)], response_class=StreamingResponse,
    responses={200: described("text/csv", JSON_LINES, EXCEL, ZIP), **errors(404, 502)},
)  # fmt: skip
def export_customers(
    hub: TheHub,
    contents: Annotated[
        Contents, Query(description="a row for each customer with figures, or all data, to be imported again")
    ] = Contents.FIGURES,
    form: Annotated[
        ExportForm | None,
        Query(
            alias="format",
            description="figures come as csv (if left out), jsonl or xlsx; data as zip (if left out), or as csv "
            "for one kind of record of one source",
        ),
    ] = None,
    source: Annotated[
        Showing | None, Query(description="of data: those of this source alone, by its name")
    ] = None,
    kind: Annotated[RecordKind | None, Query(description="of data as csv: the kind of record")] = None,
    purchases: Annotated[
        bool, Query(description="of data as zip: with orders, carts, and what was bought")
    ] = True,
) -> StreamingResponse:
    """All customers in one file: contact data and figures, or all that is known of them.

    A ZIP file holds CSV files, a folder for each source, and says how to import them.
    """
    if contents is Contents.FIGURES:
        return _figures(hub, form or ExportForm.CSV, told=source is not None or kind is not None)
    if form in (None, ExportForm.ZIP):
        if kind is not None:
            raise UserError("kind goes with format=csv: a zip file holds all kinds")
        return streamed(hub.exports.archive(source, purchases=purchases), "customers.zip", ZIP)
    if form is not ExportForm.CSV:
        raise UserError(f"data can't be written as {form}: choose zip, or csv for one kind of record")
    if source is None or kind is None:
        raise UserError("a csv file of data is about one source and one kind of record: give source and kind")
    return streamed(hub.exports.data.file(source, kind), f"{kind}.csv", CSV)


def _figures(hub: Hub, form: ExportForm, *, told: bool) -> StreamingResponse:
    if told:
        raise UserError("source and kind go with contents=data: figures are those of all customers")
    if form is ExportForm.ZIP:
        raise UserError("figures can't be written as zip: choose csv, jsonl or xlsx, or contents=data")
    everyone = hub.segments.definitions.evaluate(EVERYONE).members
    return member_file(hub, everyone, "customers", MemberForm(form))
