"""Operations on segments: list, make, count, watch, remove and restore them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_number, read_text, write_cursor
from hub.api.dependencies import Cursor, Limit, SegmentId, TheHub
from hub.api.models.segments import (
    Count,
    CountQuestion,
    CriterionCount,
    NewSegment,
    ResultOut,
    ResultPage,
    SegmentOut,
    SegmentPage,
)
from hub.api.routes.describing import LOCATION, errors
from hub.core.access.tokens import Scope
from hub.core.segments.definition import dump
from hub.core.segments.states import SegmentState

router = APIRouter(prefix="/segments", tags=["segments"], route_class=GuardedRoute)

_READ = needs(Scope.SEGMENTS_READ)
_WRITE = needs(Scope.SEGMENTS_WRITE)


@router.get("", operation_id="listSegments", summary="List segments", dependencies=[_READ], responses=errors(400))
def list_segments(
    hub: TheHub,
    cursor: Cursor = None,
    limit: Limit = 100,
    removed: Annotated[bool, Query(description="those that were removed, instead of those there are")] = False,
) -> SegmentPage:
    """The segments by name, with what their last evaluations found."""
    found = hub.segments.states(removed=removed, after=read_text("segments", cursor), limit=limit + 1)
    after = write_cursor("segments", found[limit - 1].segment.folded_name) if len(found) > limit else None
    return SegmentPage(items=[shown(state) for state in found[:limit]], next_cursor=after)


@router.post(
    "", status_code=201, operation_id="createSegment", summary="Make a segment", dependencies=[_WRITE],
    responses={201: {"headers": LOCATION}, **errors(409, 502, body=True)},
)  # fmt: skip
def create_segment(hub: TheHub, asked: NewSegment, response: Response) -> SegmentOut:
    """Make a segment from a text or from a definition, and evaluate it."""
    segment = hub.segments.create(asked.name, asked.either, asked.description)
    assert segment.id is not None
    response.headers["Location"] = f"/api/v1/segments/{segment.id}"
    return shown(hub.segments.state(hub.segments.of_id(segment.id)))  # as it is stored: in whole seconds


@router.post(
    "/count", operation_id="countMatches", summary="Count who matches a definition", dependencies=[_READ],
    responses=errors(502, body=True),
)  # fmt: skip
def count_matches(hub: TheHub, asked: CountQuestion) -> Count:
    """Count the customers who match a text or a definition at the end of a day; nothing is kept."""
    tree = hub.segments.understood(asked.either)
    evaluation = hub.segments.ask(dump(tree), asked.as_of)
    return Count(
        size=len(evaluation.members),
        as_of=evaluation.calendar.today,
        revision=evaluation.revision,
        text=hub.segments.language.print(tree),
        sentence=hub.segments.language.describe(tree),
        definition=dump(tree),
        criteria=[
            CriterionCount(text=hub.segments.language.print(answer.node), size=len(answer.members))
            for answer in evaluation.criteria
        ],
    )


@router.get(
    "/{segment_id}", operation_id="getSegment", summary="Get a segment", dependencies=[_READ],
    responses=errors(404),
)  # fmt: skip
def get_segment(hub: TheHub, segment_id: SegmentId) -> SegmentOut:
    """A segment with what its last evaluation found."""
    return shown(hub.segments.state(hub.segments.of_id(segment_id)))


@router.get(
    "/{segment_id}/history", operation_id="listResults", summary="List a segment's history", dependencies=[_READ],
    responses=errors(400, 404),
)  # fmt: skip
def list_results(hub: TheHub, segment_id: SegmentId, cursor: Cursor = None, limit: Limit = 100) -> ResultPage:
    """What evaluations found that differed from the ones before, newest first."""
    segment = hub.segments.of_id(segment_id)
    list_name = f"results {segment_id}"
    found = hub.segments.history(segment, limit + 1, before=read_number(list_name, cursor))
    after = write_cursor(list_name, found[limit - 1].id or 0) if len(found) > limit else None
    items = [
        ResultOut(
            evaluated_at=result.evaluated_at,
            day=result.day,
            revision=result.revision,
            size=result.size,
            entered=result.entered,
            departed=result.departed,
        )
        for result in found[:limit]
    ]
    return ResultPage(items=items, next_cursor=after)


@router.delete(
    "/{segment_id}", status_code=204, operation_id="removeSegment", summary="Remove a segment",
    dependencies=[_WRITE], responses=errors(404, 409),
)  # fmt: skip
def remove_segment(hub: TheHub, segment_id: SegmentId) -> None:
    """Put a segment away; it can be restored at any time. Refused while a sync that is not paused keeps it."""
    hub.segments.remove(hub.segments.of_id(segment_id))


@router.post(
    "/{segment_id}/restore", operation_id="restoreSegment", summary="Restore a segment", dependencies=[_WRITE],
    responses=errors(404),
)  # fmt: skip
def restore_segment(hub: TheHub, segment_id: SegmentId) -> SegmentOut:
    """Bring a removed segment back."""
    segment = hub.segments.of_id(segment_id, removed=True)
    hub.segments.restore(segment.name)
    return shown(hub.segments.state(hub.segments.of_id(segment_id)))


def shown(state: SegmentState) -> SegmentOut:
    """A segment as it travels. One whose plugin is gone is shown too, with its problem."""
    segment = state.segment
    assert segment.id is not None
    return SegmentOut(
        id=segment.id,
        name=segment.name,
        description=segment.description,
        kind="manual" if segment.definition is None else "dynamic",
        text=state.text or None,
        definition=segment.definition,
        problem=state.problem or None,
        size=state.size,
        evaluated_at=state.evaluated_at,
        synced_to=list(state.synced_to),
        created_at=segment.created_at,
        changed_at=segment.changed_at,
        removed_at=segment.removed_at,
    )
