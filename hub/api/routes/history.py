"""Operations on what was: results of evaluations, who came and went with them, and sizes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_number, write_cursor
from hub.api.dependencies import Cursor, Limit, ResultId, SegmentId, TheHub
from hub.api.models.history import (
    ChangedCustomerOut,
    ChangePage,
    DaySizeList,
    DaySizeOut,
    ReasonOut,
    ResultOut,
    ResultPage,
    TurnedOut,
)
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.errors import NotFound
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.history.changes import ChangedCustomer, Side
from hub.core.store.tables import Segment, SegmentReason, SegmentResult

router = APIRouter(tags=["history"], route_class=GuardedRoute)

_READ = needs(Scope.SEGMENTS_READ)
_USUAL_DAYS = timedelta(days=365)


@router.get(
    "/segments/{segment_id}/history", operation_id="listResults", summary="List a segment's history",
    dependencies=[_READ], responses=errors(400, 404),
)  # fmt: skip
def list_results(hub: TheHub, segment_id: SegmentId, cursor: Cursor = None, limit: Limit = 100) -> ResultPage:
    """What evaluations found that differed from the ones before, newest first, with the criteria that turned."""
    segment = hub.segments.of_id(segment_id)
    list_name = f"results {segment_id}"
    found = hub.segments.history(segment, limit + 1, before=read_number(list_name, cursor))
    after = write_cursor(list_name, found[limit - 1].id or 0) if len(found) > limit else None
    page = found[:limit]
    reasons = hub.segments.kept.reasons(page)
    return ResultPage(items=[_result(each, reasons[each.id or 0]) for each in page], next_cursor=after)


@router.get(
    "/segments/{segment_id}/history/{result_id}/changes", operation_id="listChanges",
    summary="List who entered or left", dependencies=[_READ], responses=errors(400, 404),
)  # fmt: skip
def list_changes(
    hub: TheHub,
    segment_id: SegmentId,
    result_id: ResultId,
    side: Annotated[Side, Query(description="those who entered, or those who left")] = Side.ENTERED,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ChangePage:
    """Who entered or left a segment with one result and why, by number; those erased since are left out."""
    _check_result(hub, hub.segments.of_id(segment_id), result_id)
    list_name = f"changes {result_id} {side}"
    after = read_number(list_name, cursor) or 0
    found = hub.segments.kept.changes(result_id, side, after=after, limit=limit + 1)
    further = write_cursor(list_name, found[limit - 1].number) if len(found) > limit else None
    return ChangePage(items=_named(hub, found[:limit]), next_cursor=further)


@router.get(
    "/segments/{segment_id}/sizes", operation_id="listSizes", summary="List a segment's sizes",
    dependencies=[_READ], responses=errors(404),
)  # fmt: skip
def list_sizes(
    hub: TheHub,
    segment_id: SegmentId,
    since: Annotated[
        date | None,
        Query(ge=date(1900, 1, 1), le=date(2199, 12, 31), description="the first day; a year ago if left out"),
    ] = None,
) -> DaySizeList:
    """A segment's size over time, for a chart: every day that changed it, and the last one before those."""
    segment = hub.segments.of_id(segment_id)
    first = since or hub.segments.calendar().today - _USUAL_DAYS
    return DaySizeList(
        items=[
            DaySizeOut(day=each.day, size=each.size, entered=each.entered, departed=each.departed)
            for each in hub.segments.kept.sizes(segment, first)
        ]
    )


def _check_result(hub: Hub, segment: Segment, result_id: int) -> None:
    nearest = next(iter(hub.segments.history(segment, 1, before=result_id + 1)), None)
    if nearest is None or nearest.id != result_id:
        raise NotFound(f"the segment {segment.name!r} has no result {result_id}; its history lists those it has")


def _result(result: SegmentResult, reasons: Sequence[SegmentReason]) -> ResultOut:
    assert result.id is not None
    cause: Any = result.cause
    return ResultOut(
        id=result.id,
        evaluated_at=result.evaluated_at,
        day=result.day,
        revision=result.revision,
        cause=cause,
        size=result.size,
        entered=result.entered,
        departed=result.departed,
        reasons=[
            ReasonOut(
                text=reason.text,
                definition=reason.node,
                is_new=reason.is_new,
                entered_matching=reason.entered_matching,
                entered_ceasing=reason.entered_ceasing,
                departed_matching=reason.departed_matching,
                departed_ceasing=reason.departed_ceasing,
            )
            for reason in reasons
        ],
    )


def _named(hub: Hub, changed: Sequence[ChangedCustomer]) -> list[ChangedCustomerOut]:
    """Customers with their names; who was erased just now has no row."""
    rows = hub.segments.rows(Bitmap.of([each.number for each in changed])).to_pylist() if changed else []
    known = {row["number"]: row for row in rows}
    return [
        ChangedCustomerOut(
            **{name: known[each.number][name] for name in ("external_id", "email", "first_name", "last_name")},
            number=each.number,
            turned=[
                TurnedOut(text=turned.text, matches=turned.matches, sentence=turned.sentence)
                for turned in each.turned
            ],
            reasons=list(each.reasons),
        )
        for each in changed
        if each.number in known
    ]
