"""Operations on segments: list, make, change, remove, restore and delete them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_text, write_cursor
from hub.api.dependencies import Cursor, Limit, SegmentId, TheHub
from hub.api.models.segments import (
    ChangePreview,
    ChangeQuestion,
    NewSegment,
    SegmentChange,
    SegmentOut,
    SegmentPage,
    UseList,
    UseOut,
)
from hub.api.routes.describing import LOCATION, errors
from hub.core.access.tokens import Scope
from hub.core.segments.definition import dump
from hub.core.segments.references.usage import Use
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
    """Make a segment from a text or a definition and evaluate it, or a manual one, which begins empty."""
    if asked.kind == "manual":
        segment = hub.segments.create_manual(asked.name, asked.description)
    else:
        segment = hub.segments.create(asked.name, asked.either, asked.description)
    assert segment.id is not None
    response.headers["Location"] = f"/api/v1/segments/{segment.id}"
    return shown(hub.segments.state(hub.segments.of_id(segment.id)))  # as it is stored: in whole seconds


@router.get(
    "/{segment_id}", operation_id="getSegment", summary="Get a segment", dependencies=[_READ],
    responses=errors(404),
)  # fmt: skip
def get_segment(hub: TheHub, segment_id: SegmentId) -> SegmentOut:
    """A segment with what its last evaluation found."""
    return shown(hub.segments.state(hub.segments.of_id(segment_id)))


@router.patch(
    "/{segment_id}", operation_id="changeSegment", summary="Change a segment", dependencies=[_WRITE],
    responses=errors(404, 409, 502, body=True),
)  # fmt: skip
def change_segment(hub: TheHub, segment_id: SegmentId, asked: SegmentChange) -> SegmentOut:
    """Give a segment another name, description or definition.

    Another definition is evaluated at once, with all that refer to the segment. Another name is written into
    every definition that refers to it.
    """
    hub.segment_editing.edit(
        hub.segments.of_id(segment_id),
        name=asked.name,
        description=asked.description,
        definition=asked.either,
        expected_changed_at=asked.expected_changed_at,
    )
    return shown(hub.segments.state(hub.segments.of_id(segment_id)))


@router.post(
    "/{segment_id}/preview-change", operation_id="previewChange", summary="Preview a change of a segment",
    dependencies=[_READ], responses=errors(404, 502, body=True),
)  # fmt: skip
def preview_change(hub: TheHub, segment_id: SegmentId, asked: ChangeQuestion) -> ChangePreview:
    """What another definition of a segment would do now, and what it would reach; nothing is kept."""
    segment = hub.segments.of_id(segment_id)
    tree = hub.segments.understood(asked.either)
    preview = hub.segment_editing.preview(segment, dump(tree))
    return ChangePreview(
        size_before=len(preview.before),
        size_after=len(preview.after),
        entering=len(preview.entering),
        leaving=len(preview.leaving),
        text=hub.segments.language.print(tree),
        definition=dump(tree),
        uses=[shown_use(use) for use in preview.uses],
    )


@router.get(
    "/{segment_id}/uses", operation_id="listUses", summary="List what uses a segment", dependencies=[_READ],
    responses=errors(404),
)  # fmt: skip
def list_uses(hub: TheHub, segment_id: SegmentId) -> UseList:
    """Syncs, other segments, views and whatever else uses a segment, itself or through other segments."""
    return UseList(items=[shown_use(use) for use in hub.segments.uses(hub.segments.of_id(segment_id))])


@router.delete(
    "/{segment_id}", status_code=204, operation_id="removeSegment", summary="Remove a segment",
    dependencies=[_WRITE], responses=errors(404, 409),
)  # fmt: skip
def remove_segment(
    hub: TheHub,
    segment_id: SegmentId,
    for_good: Annotated[
        bool, Query(description="delete a segment that was removed before, with its views and its history")
    ] = False,
) -> None:
    """Put a segment away, or delete one for good that was put away before.

    What is put away can be restored at any time. That is refused while a sync that is not paused, another
    segment or a view of another one uses it. A manual segment that has members is not deleted.
    """
    segment = hub.segments.of_id(segment_id, removed=for_good)
    if for_good:
        hub.segments.delete(segment)
    else:
        hub.segments.remove(segment)


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
        used_by=[shown_use(use) for use in state.used_by],
        created_at=segment.created_at,
        changed_at=segment.changed_at,
        removed_at=segment.removed_at,
    )


def shown_use(use: Use) -> UseOut:
    """A use as it travels."""
    return UseOut(kind=use.kind, name=use.name, hinders=use.hinders, own=use.own, through=list(use.through))
