"""Operations on syncs: list, make, change, pause, resume, empty and remove them, and let them start over."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_text, write_cursor
from hub.api.dependencies import Background, Cursor, Limit, SyncId, TheHub
from hub.api.models.runs import RunOut
from hub.api.models.syncs import NewSync, SyncChange, SyncOut, SyncPage
from hub.api.routes import runs
from hub.api.routes.describing import LOCATION, errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.records import ConsentChannel
from hub.core.store.tables import SyncMode
from hub.core.sync.runner import EMPTYING
from hub.core.sync.service import SyncState

router = APIRouter(prefix="/syncs", tags=["syncs"], route_class=GuardedRoute)

_READ = needs(Scope.SYNCS_READ)
_WRITE = needs(Scope.SYNCS_WRITE)


@router.get("", operation_id="listSyncs", summary="List syncs", dependencies=[_READ], responses=errors(400))
def list_syncs(hub: TheHub, cursor: Cursor = None, limit: Limit = 100) -> SyncPage:
    """The syncs by name."""
    found = hub.syncs.all(after=read_text("syncs", cursor), limit=limit + 1)
    after = write_cursor("syncs", found[limit - 1].name) if len(found) > limit else None
    return SyncPage(items=[shown(state) for state in hub.syncs.states(found[:limit])], next_cursor=after)


@router.post(
    "", status_code=201, operation_id="createSync", summary="Make a sync", dependencies=[_WRITE],
    responses={201: {"headers": LOCATION}, **errors(404, 409, 502, body=True)},
)  # fmt: skip
def create_sync(hub: TheHub, asked: NewSync, response: Response) -> SyncOut:
    """Keep a segment, or a view of it, on another platform. Nothing is sent before its first run."""
    sync = hub.syncs.create(
        asked.name,
        asked.segment,
        asked.connection,
        view=asked.view,
        audience=asked.audience or "",
        mode=SyncMode(asked.mode),
        permission=asked.permission,
        channel=ConsentChannel(asked.channel) if asked.channel else None,
        schedule=asked.schedule,
        largest_removal_share=asked.largest_removal_share,
    )
    assert sync.id is not None
    response.headers["Location"] = f"/api/v1/syncs/{sync.id}"
    return _stored(hub, sync.id)  # in whole seconds


@router.get(
    "/{sync_id}", operation_id="getSync", summary="Get a sync", dependencies=[_READ], responses=errors(404)
)
def get_sync(hub: TheHub, sync_id: SyncId) -> SyncOut:
    """A sync."""
    return _stored(hub, sync_id)


@router.patch(
    "/{sync_id}", operation_id="changeSync", summary="Change a sync", dependencies=[_WRITE],
    responses=errors(404, 409, body=True),
)  # fmt: skip
def change_sync(hub: TheHub, sync_id: SyncId, asked: SyncChange) -> SyncOut:
    """Change what a sync does. A run that is at work ends as cancelled; the next goes on with the new settings."""
    hub.syncs.change(hub.syncs.of_id(sync_id), **asked.values)
    return _stored(hub, sync_id)


@router.delete(
    "/{sync_id}", status_code=204, operation_id="removeSync", summary="Remove a sync", dependencies=[_WRITE],
    responses=errors(404, 409, 502),
)  # fmt: skip
def remove_sync(
    hub: TheHub,
    sync_id: SyncId,
    leave_members: Annotated[
        bool,
        Query(description="whether those whom the platform holds may stay there, where nobody looks after them"),
    ] = False,
) -> None:
    """Forget a sync, its history and what the platform holds. Members who are still there must leave first."""
    hub.syncs.remove(hub.syncs.of_id(sync_id), leave_members=leave_members)


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


@router.post(
    "/{sync_id}/empty", status_code=202, operation_id="emptySync", summary="Empty a sync's audience",
    dependencies=[_WRITE],
    responses={
        202: {"description": "The run has begun; ask at Location how it stands.", "headers": LOCATION},
        **errors(404, 409, 502),
    },
)  # fmt: skip
def empty_sync(hub: TheHub, background: Background, sync_id: SyncId, response: Response) -> RunOut:
    """Pause a sync, and take everyone out of its audience by a run in the background. Nobody is asked first."""
    begun = hub.syncs.begin_emptying(hub.syncs.of_id(sync_id))
    runs.go_on(hub, background, begun, EMPTYING)
    response.headers["Location"] = f"/api/v1/runs/{begun.run_id}"
    return runs.shown(hub.syncs.run_of(begun.run_id))


@router.post(
    "/{sync_id}/start-over", operation_id="startSyncOver", summary="Let a sync start over",
    dependencies=[_WRITE], responses=errors(404, 409),
)  # fmt: skip
def start_sync_over(hub: TheHub, sync_id: SyncId) -> SyncOut:
    """Forget what the platform holds: the next run makes another audience there and sends everyone.

    For an audience that was deleted on the platform. If it was not, whoever is in it stays there.
    """
    hub.syncs.start_over(hub.syncs.of_id(sync_id))
    return _stored(hub, sync_id)


def _paused(hub: Hub, sync_id: int, *, paused: bool) -> SyncOut:
    hub.syncs.pause(hub.syncs.of_id(sync_id), paused=paused)
    return _stored(hub, sync_id)


def _stored(hub: Hub, sync_id: int) -> SyncOut:
    return shown(*hub.syncs.states([hub.syncs.of_id(sync_id)]))


def shown(state: SyncState) -> SyncOut:
    """A sync as it travels."""
    sync = state.sync
    assert sync.id is not None
    mode: Any = sync.mode
    channel: Any = sync.permission_channel
    return SyncOut(
        id=sync.id,
        name=sync.name,
        segment_id=sync.segment_id,
        segment=state.segment,
        view_id=sync.view_id,
        view=state.view,
        connection=state.connection,
        audience=sync.audience_name,
        audience_id=sync.audience,
        mode=mode,
        permission=sync.permission,
        channel=channel,
        schedule=sync.schedule,
        largest_removal_share=sync.largest_removal_share,
        paused=sync.paused,
        created_at=sync.created_at,
        changed_at=sync.changed_at,
    )
