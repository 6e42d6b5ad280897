"""Operations on members: page through them, or take them all away as a file."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from hub.api.audiences import evaluated, members_of
from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import (
    AsOf,
    Cursor,
    Descending,
    Limit,
    Searched,
    SegmentId,
    Sort,
    TheHub,
    ViewId,
    WithoutEvent,
    WithoutProduction,
)
from hub.api.listing import Listing, member_page
from hub.api.models.members import MemberPage, MemberQuestion
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.exports.rows import as_csv, as_json_lines, presented
from hub.core.segments.evaluator import Evaluation
from hub.core.segments.people.members import MemberOrder

router = APIRouter(tags=["members"], route_class=GuardedRoute)

_READ = needs(Scope.SEGMENTS_READ)
_Form = Annotated[
    Literal["csv", "jsonl"], Query(alias="format", description="CSV, or JSON with one object a line")
]
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
    "/segments/{segment_id}/members", operation_id="listMembers", summary="List a segment's members",
    dependencies=[_READ], responses=errors(400, 404, 502),
)  # fmt: skip
def list_members(
    hub: TheHub,
    segment_id: SegmentId,
    sort: Sort = MemberOrder.NUMBER,
    descending: Descending = False,
    search: Searched = "",
    cursor: Cursor = None,
    limit: Limit = 50,
    as_of: AsOf = None,
    without_production: WithoutProduction = None,
    without_event: WithoutEvent = None,
) -> MemberPage:
    """The members of a segment, evaluated now or at the end of a day.

    A page begins after the last member of the page before: whoever enters or leaves meanwhile makes no one
    appear twice, and leaves nobody else out. Give the same parameters for every page.
    """
    evaluation = members_of(hub, hub.segments.of_id(segment_id), as_of, without_production, without_event)
    listing = Listing(f"segment {segment_id}", sort, descending, search, cursor, limit)
    return member_page(hub, evaluation, listing)


@router.get(
    "/views/{view_id}/members", operation_id="listViewMembers", summary="List a view's members",
    dependencies=[_READ], responses=errors(400, 404, 502),
)  # fmt: skip
def list_view_members(
    hub: TheHub,
    view_id: ViewId,
    sort: Sort = MemberOrder.NUMBER,
    descending: Descending = False,
    search: Searched = "",
    cursor: Cursor = None,
    limit: Limit = 50,
    as_of: AsOf = None,
    without_production: WithoutProduction = None,
    without_event: WithoutEvent = None,
) -> MemberPage:
    """The members of a view: who is in its segment and meets its criteria. Pages are those of a segment."""
    evaluation = members_of(hub, hub.views.of_id(view_id), as_of, without_production, without_event)
    listing = Listing(f"view {view_id}", sort, descending, search, cursor, limit)
    return member_page(hub, evaluation, listing)


@router.post(
    "/members", operation_id="findMembers", summary="List who matches a definition", dependencies=[_READ],
    responses=errors(404, 502, body=True),
)  # fmt: skip
def find_members(hub: TheHub, asked: MemberQuestion) -> MemberPage:
    """The customers who match a definition, within a segment or view if one is given; nothing is kept.

    Give the same question for every page, but for its cursor.
    """
    question = asked.model_dump_json(exclude={"sort", "descending", "search", "cursor", "limit"})
    listing = Listing(question, asked.sort, asked.descending, asked.search, asked.cursor, asked.limit)
    return member_page(hub, evaluated(hub, asked), listing)


@router.get(
    "/segments/{segment_id}/export", operation_id="exportMembers", summary="Export a segment's members",
    dependencies=[_READ], response_class=StreamingResponse, responses={200: _FILE, **errors(404, 502)},
)  # fmt: skip
def export_members(
    hub: TheHub,
    segment_id: SegmentId,
    as_of: AsOf = None,
    without_production: WithoutProduction = None,
    without_event: WithoutEvent = None,
    form: _Form = "csv",
) -> StreamingResponse:
    """All members of a segment by number, in one file."""
    evaluation = members_of(hub, hub.segments.of_id(segment_id), as_of, without_production, without_event)
    return _file(hub, evaluation, f"segment-{segment_id}", form)


@router.get(
    "/views/{view_id}/export", operation_id="exportViewMembers", summary="Export a view's members",
    dependencies=[_READ], response_class=StreamingResponse, responses={200: _FILE, **errors(404, 502)},
)  # fmt: skip
def export_view_members(
    hub: TheHub,
    view_id: ViewId,
    as_of: AsOf = None,
    without_production: WithoutProduction = None,
    without_event: WithoutEvent = None,
    form: _Form = "csv",
) -> StreamingResponse:
    """All members of a view by number, in one file as that of a segment."""
    evaluation = members_of(hub, hub.views.of_id(view_id), as_of, without_production, without_event)
    return _file(hub, evaluation, f"view-{view_id}", form)


def _file(hub: Hub, evaluation: Evaluation, name: str, form: str) -> StreamingResponse:
    rows = presented(hub.segments.rows(evaluation.members))
    return StreamingResponse(
        as_csv(rows) if form == "csv" else as_json_lines(rows),
        media_type=_CSV if form == "csv" else _JSON_LINES,
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )
