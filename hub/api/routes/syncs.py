"""Operations on syncs: list, make, preview, pause and resume them."""

from typing import Any

from fastapi import APIRouter, Response

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_text, write_cursor
from hub.api.dependencies import Cursor, Limit, SyncId, TheHub
from hub.api.models.syncs import NewSync, Preview, SyncOut, SyncPage
from hub.api.routes.describing import LOCATION, errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.records import ConsentChannel
from hub.core.store.tables import Sync, SyncMode

router = APIRouter(prefix="/syncs", tags=["syncs"], route_class=GuardedRoute)

_READ = needs(Scope.SYNCS_READ)
_WRITE = needs(Scope.SYNCS_WRITE)


@router.get("", operation_id="listSyncs", summary="List syncs", dependencies=[_READ], responses=errors(400))
def list_syncs(hub: TheHub, cursor: Cursor = None, limit: Limit = 100) -> SyncPage:
    """The syncs by name."""
    found = hub.syncs.all(after=read_text("syncs", cursor), limit=limit + 1)
    after = write_cursor("syncs", found[limit - 1].name) if len(found) > limit else None
    return SyncPage(items=[shown(hub, sync) for sync in found[:limit]], next_cursor=after)


@router.post(
    "", status_code=201, operation_id="createSync", summary="Make a sync", dependencies=[_WRITE],
    responses={201: {"headers": LOCATION}, **errors(404, 409, 502, body=True)},
)  # fmt: skip
def create_sync(hub: TheHub, asked: NewSync, response: Response) -> SyncOut:
    """Keep a segment on another platform. Nothing is sent before its first run."""
    sync = hub.syncs.create(
        asked.name,
        asked.segment,
        asked.connection,
        audience=asked.audience or "",
        mode=SyncMode(asked.mode),
        permission=asked.permission,
        channel=ConsentChannel(asked.channel) if asked.channel else None,
        schedule=asked.schedule,
        largest_removal_share=asked.largest_removal_share,
    )
    assert sync.id is not None
    response.headers["Location"] = f"/api/v1/syncs/{sync.id}"
    return shown(hub, hub.syncs.of_id(sync.id))  # as it is stored: in whole seconds


@router.get(
    "/{sync_id}", operation_id="getSync", summary="Get a sync", dependencies=[_READ], responses=errors(404)
)
def get_sync(hub: TheHub, sync_id: SyncId) -> SyncOut:
    """A sync."""
    return shown(hub, hub.syncs.of_id(sync_id))


@router.get(
    "/{sync_id}/preview", operation_id="previewSync", summary="Preview a sync", dependencies=[_READ],
    responses=errors(404, 502),
)  # fmt: skip
def preview_sync(hub: TheHub, sync_id: SyncId) -> Preview:
    """What a run would do now. The segment is evaluated; nothing is sent."""
    plan = hub.syncs.preview(hub.syncs.of_id(sync_id))
    return Preview(
        to_add=plan.to_add,
        to_update=plan.to_update,
        to_remove=plan.to_remove,
        must_go=plan.must_go,
        held=plan.held,
        unreachable=plan.unreachable,
    )


@router.post(
    "/{sync_id}/pause", operation_id="pauseSync", summary="Pause a sync", dependencies=[_WRITE],
    responses=errors(404),
)  # fmt: skip
def pause_sync(hub: TheHub, sync_id: SyncId) -> SyncOut:
    """Stop a sync from running by its schedule. A run that is at work goes on to its end."""
    return _paused(hub, sync_id, paused=True)


@router.post(
    "/{sync_id}/resume", operation_id="resumeSync", summary="Resume a sync", dependencies=[_WRITE],
    responses=errors(404),
)  # fmt: skip
def resume_sync(hub: TheHub, sync_id: SyncId) -> SyncOut:
    """Let a sync run by its schedule again."""
    return _paused(hub, sync_id, paused=False)


def _paused(hub: Hub, sync_id: int, *, paused: bool) -> SyncOut:
    hub.syncs.pause(hub.syncs.of_id(sync_id), paused=paused)
    return shown(hub, hub.syncs.of_id(sync_id))


def shown(hub: Hub, sync: Sync) -> SyncOut:
    """A sync as it travels."""
    assert sync.id is not None
    segment, _, connection = hub.syncs.names_of(sync)
    mode: Any = sync.mode
    channel: Any = sync.permission_channel
    return SyncOut(
        id=sync.id,
        name=sync.name,
        segment_id=sync.segment_id,
        segment=segment,
        connection=connection,
        audience=sync.audience_name,
        audience_id=sync.audience,
        mode=mode,
        permission=sync.permission,
        channel=channel,
        schedule=sync.schedule,
        largest_removal_share=sync.largest_removal_share,
        paused=sync.paused,
        created_at=sync.created_at,
    )
