"""Operations on a segment's members: page through them, or take them all away as a file."""

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_number, write_cursor
from hub.api.dependencies import AsOf, Cursor, Limit, SegmentId, TheHub
from hub.api.exporting import as_csv, as_json_lines, presented
from hub.api.models.members import MemberOut, MemberPage
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope

router = APIRouter(prefix="/segments", tags=["members"], route_class=GuardedRoute)

_READ = needs(Scope.SEGMENTS_READ)
_CSV, _JSON_LINES = "text/csv; charset=utf-8", "application/jsonl"
_FILE: dict[str, Any] = {
    "description": "The members. In CSV, a text that could be taken for a formula has a leading apostrophe.",
    "content": {
        "text/csv": {"schema": {"type": "string"}},
        _JSON_LINES: {"schema": {"type": "string"}},
    },
    "headers": {"Content-Disposition": {"schema": {"type": "string"}, "description": "a name for the file"}},
}


@router.get(
    "/{segment_id}/members", operation_id="listMembers", summary="List a segment's members", dependencies=[_READ],
    responses=errors(400, 404, 502),
)  # fmt: skip
def list_members(
    hub: TheHub, segment_id: SegmentId, cursor: Cursor = None, limit: Limit = 100, as_of: AsOf = None
) -> MemberPage:
    """The members of a segment by number, evaluated now or at the end of a day.

    A page begins after the last number of the page before: whoever enters or leaves meanwhile makes no one
    appear twice, and leaves nobody else out. Give the same ``as_of`` for every page.
    """
    list_name = f"members {segment_id}"
    after = read_number(list_name, cursor) or 0
    evaluation = hub.segments.evaluate(hub.segments.of_id(segment_id), as_of)
    numbers = evaluation.members.numbers()
    there = numbers[np.searchsorted(numbers, after, side="right") :]
    rows = presented(hub.segments.rows(evaluation.members, after=after, limit=limit))
    return MemberPage(
        items=[MemberOut(**member) for member in rows.to_pylist()],
        size=len(numbers),
        as_of=evaluation.calendar.today,
        revision=evaluation.revision,
        currency=hub.organisation.currency,
        # A member who was erased just now has no row, but their number still has its place.
        next_cursor=write_cursor(list_name, int(there[limit - 1])) if len(there) > limit else None,
    )


@router.get(
    "/{segment_id}/export", operation_id="exportMembers", summary="Export a segment's members",
    dependencies=[_READ], response_class=StreamingResponse, responses={200: _FILE, **errors(404, 502)},
)  # fmt: skip
def export_members(
    hub: TheHub,
    segment_id: SegmentId,
    as_of: AsOf = None,
    form: Annotated[
        Literal["csv", "jsonl"], Query(alias="format", description="CSV, or JSON with one object a line")
    ] = "csv",
) -> StreamingResponse:
    """All members of a segment by number, in one file with the fields of a member."""
    evaluation = hub.segments.evaluate(hub.segments.of_id(segment_id), as_of)
    rows = presented(hub.segments.rows(evaluation.members))
    return StreamingResponse(
        as_csv(rows) if form == "csv" else as_json_lines(rows),
        media_type=_CSV if form == "csv" else _JSON_LINES,
        headers={"Content-Disposition": f'attachment; filename="segment-{segment_id}.{form}"'},
    )
