"""Operations on members: page through them, or take them all away as a file."""

from typing import Annotated

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
from hub.api.files import MEMBERS, member_file
from hub.api.listing import Listing, member_page
from hub.api.models.exports import MemberForm
from hub.api.models.members import MemberPage, MemberQuestion
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.segments.people.members import MemberOrder

router = APIRouter(tags=["members"], route_class=GuardedRoute)

_READ = needs(Scope.SEGMENTS_READ)
_Form = Annotated[
    MemberForm, Query(alias="format", description="CSV, JSON with one object a line, or an Excel workbook")
]


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
    dependencies=[_READ], response_class=StreamingResponse, responses={200: MEMBERS, **errors(404, 502)},
)  # fmt: skip
def export_members(
    hub: TheHub,
    segment_id: SegmentId,
    as_of: AsOf = None,
    without_production: WithoutProduction = None,
    without_event: WithoutEvent = None,
    form: _Form = MemberForm.CSV,
) -> StreamingResponse:
    """All members of a segment by number, in one file."""
    evaluation = members_of(hub, hub.segments.of_id(segment_id), as_of, without_production, without_event)
    return member_file(hub, evaluation.members, f"segment-{segment_id}", form)


@router.get(
    "/views/{view_id}/export", operation_id="exportViewMembers", summary="Export a view's members",
    dependencies=[_READ], response_class=StreamingResponse, responses={200: MEMBERS, **errors(404, 502)},
)  # fmt: skip
def export_view_members(
    hub: TheHub,
    view_id: ViewId,
    as_of: AsOf = None,
    without_production: WithoutProduction = None,
    without_event: WithoutEvent = None,
    form: _Form = MemberForm.CSV,
) -> StreamingResponse:
    """All members of a view by number, in one file as that of a segment."""
    evaluation = members_of(hub, hub.views.of_id(view_id), as_of, without_production, without_event)
    return member_file(hub, evaluation.members, f"view-{view_id}", form)
