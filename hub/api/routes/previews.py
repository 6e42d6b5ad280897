"""Operations on what a run of a sync would do: how many, and who."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_place, write_cursor
from hub.api.dependencies import Cursor, Limit, SyncId, TheHub
from hub.api.files import CSV, described, streamed
from hub.api.models.previews import ChangeOut, ChangePage, Preview, RejectionCount
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.sync.previewing import FIRST, Change

router = APIRouter(prefix="/syncs/{sync_id}/preview", tags=["syncs"], route_class=GuardedRoute)

_READ = needs(Scope.SYNCS_READ)
_Kind = Annotated[Change | None, Query(alias="change", description="only changes of this kind; all if left out")]


@router.get(
    "", operation_id="previewSync", summary="Preview a sync", dependencies=[_READ], responses=errors(404, 502)
)
def preview_sync(hub: TheHub, sync_id: SyncId) -> Preview:
    """What a run would do now. The segment is evaluated; nothing is sent."""
    found = hub.syncs.preview(hub.syncs.of_id(sync_id))
    return Preview(
        to_add=found.to_add,
        to_update=found.to_update,
        to_remove=found.to_remove,
        must_go=found.must_go,
        held=found.held,
        unreachable=found.unreachable,
        objection=found.objection,
        rejections=[RejectionCount(reason=reason, count=count) for reason, count in found.rejections.items()],
    )


@router.get(
    "/changes", operation_id="listPlannedChanges", summary="List what a run would do", dependencies=[_READ],
    responses=errors(400, 404, 502),
)  # fmt: skip
def list_planned_changes(
    hub: TheHub, sync_id: SyncId, kind: _Kind = None, cursor: Cursor = None, limit: Limit = 100
) -> ChangePage:
    """Whom a run would add, update, remove or could not send, by customer number.

    Each page is planned anew: what happens between two pages makes no customer appear twice. To have all of them
    as they are at one moment, export them.
    """
    list_name = f"changes {sync_id} {kind}"
    preview = hub.syncs.preview(hub.syncs.of_id(sync_id))
    page = preview.page(kind, after=read_place(list_name, cursor) or FIRST, limit=limit)
    ids = hub.sync_reports.external_ids([one.number for one in page.items])
    items = [
        ChangeOut(number=one.number, external_id=ids.get(one.number), change=one.change, reason=one.reason or None)
        for one in page.items
    ]
    return ChangePage(items=items, next_cursor=write_cursor(list_name, page.end) if page.end else None)


@router.get(
    "/changes.csv", operation_id="exportPlannedChanges", summary="Export what a run would do",
    dependencies=[_READ], response_class=StreamingResponse,
    responses={200: described("text/csv"), **errors(404, 502)},
)  # fmt: skip
def export_planned_changes(hub: TheHub, sync_id: SyncId, kind: _Kind = None) -> StreamingResponse:
    """Whom a run would add, update, remove or could not send, all in one CSV file.

    Its columns are `number`, `external_id`, `change` and `reason`.
    """
    preview = hub.syncs.preview(hub.syncs.of_id(sync_id))
    return streamed(hub.sync_reports.changes(preview, kind), f"sync-{sync_id}-changes.csv", CSV)
