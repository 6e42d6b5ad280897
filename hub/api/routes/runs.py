"""Operations on runs of syncs: start, watch and cancel them, and see who was rejected."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from fastapi.responses import StreamingResponse

from hub.api.authorisation import GuardedRoute, needs
from hub.api.background import BackgroundRuns
from hub.api.cursors import read_number, write_cursor
from hub.api.dependencies import Background, Cursor, Limit, RunId, SyncId, TheHub
from hub.api.files import CSV, described, streamed
from hub.api.models.runs import NewRun, RejectionOut, RejectionPage, RunOut, RunPage
from hub.api.routes.describing import LOCATION, errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.errors import InUse
from hub.core.store.tables import RunStatus, SyncRun
from hub.core.sync.progress import BegunRun
from hub.core.sync.runner import Manner

router = APIRouter(tags=["runs"], route_class=GuardedRoute)

_READ = needs(Scope.SYNCS_READ)
_WRITE = needs(Scope.SYNCS_WRITE)
_AS_USUAL = NewRun()


@router.get(
    "/syncs/{sync_id}/runs", operation_id="listRuns", summary="List a sync's runs", dependencies=[_READ],
    responses=errors(400, 404),
)  # fmt: skip
def list_runs(hub: TheHub, sync_id: SyncId, cursor: Cursor = None, limit: Limit = 100) -> RunPage:
    """The runs of a sync, newest first."""
    sync = hub.syncs.of_id(sync_id)
    list_name = f"runs {sync_id}"
    found = hub.syncs.history(sync, limit + 1, before=read_number(list_name, cursor))
    after = write_cursor(list_name, found[limit - 1].id or 0) if len(found) > limit else None
    return RunPage(items=[shown(run) for run in found[:limit]], next_cursor=after)


@router.post(
    "/syncs/{sync_id}/runs", status_code=202, operation_id="startRun", summary="Start a run of a sync",
    dependencies=[_WRITE],
    responses={
        202: {"description": "The run has begun; ask at Location how it stands.", "headers": LOCATION},
        **errors(404, 409, 502, body=True),
    },
)  # fmt: skip
def start_run(
    hub: TheHub,
    background: Background,
    sync_id: SyncId,
    response: Response,
    asked: Annotated[NewRun, Body()] = _AS_USUAL,
) -> RunOut:
    """Start a run, which goes on in the background: it may take hours. A sync that is paused runs too."""
    manner = Manner(approved=asked.approved, retry=asked.retry, afresh=asked.afresh)
    begun = hub.syncs.begin(hub.syncs.of_id(sync_id))
    go_on(hub, background, begun, manner)
    response.headers["Location"] = f"/api/v1/runs/{begun.run_id}"
    return shown(hub.syncs.run_of(begun.run_id))


@router.get(
    "/runs/{run_id}", operation_id="getRun", summary="Get a run", dependencies=[_READ], responses=errors(404)
)
def get_run(hub: TheHub, run_id: RunId) -> RunOut:
    """How a run stands or ended."""
    return shown(hub.syncs.run_of(run_id))


@router.post(
    "/runs/{run_id}/cancel", status_code=202, operation_id="cancelRun", summary="Cancel a run",
    dependencies=[_WRITE],
    responses={202: {"description": "The run ends after its current batch."}, **errors(404, 409)},
)  # fmt: skip
def cancel_run(hub: TheHub, run_id: RunId) -> RunOut:
    """Ask a run to end after its current batch; the next one goes on from there."""
    run = hub.syncs.run_of(run_id)
    if run.status != RunStatus.RUNNING:
        raise InUse(f"the run {run_id} is over: it ended as {run.status}")
    hub.syncs.cancel(hub.syncs.of_id(run.sync_id))
    return shown(hub.syncs.run_of(run_id))


@router.get(
    "/runs/{run_id}/rejections", operation_id="listRejections", summary="List a run's rejected members",
    dependencies=[_READ], responses=errors(400, 404),
)  # fmt: skip
def list_rejections(hub: TheHub, run_id: RunId, cursor: Cursor = None, limit: Limit = 100) -> RejectionPage:
    """The members the platform refused in a run, each with its reason."""
    run = hub.syncs.run_of(run_id)
    list_name = f"rejections {run_id}"
    found = hub.syncs.rejections(run, after=read_number(list_name, cursor), limit=limit + 1)
    after = write_cursor(list_name, found[limit - 1].id or 0) if len(found) > limit else None
    ids = hub.sync_reports.external_ids([one.customer_number for one in found[:limit]])
    items = [
        RejectionOut(
            number=one.customer_number,
            external_id=ids.get(one.customer_number),
            reason=one.reason,
            permanent=one.permanent,
        )
        for one in found[:limit]
    ]
    return RejectionPage(items=items, next_cursor=after)


@router.get(
    "/runs/{run_id}/rejections.csv", operation_id="exportRejections", summary="Export a run's rejected members",
    dependencies=[_READ], response_class=StreamingResponse,
    responses={200: described("text/csv"), **errors(404)},
)  # fmt: skip
def export_rejections(hub: TheHub, run_id: RunId) -> StreamingResponse:
    """The members the platform refused in a run, all in one CSV file.

    Its columns are `run`, `number`, `external_id`, `reason` and `permanent`.
    """
    run = hub.syncs.run_of(run_id)
    return streamed(hub.sync_reports.rejections([run]), f"run-{run_id}-rejected.csv", CSV)


def shown(run: SyncRun) -> RunOut:
    """A run as it travels."""
    assert run.id is not None
    status: Any = run.status
    duration = None if run.ended_at is None else int((run.ended_at - run.started_at).total_seconds())
    return RunOut(
        id=run.id,
        sync_id=run.sync_id,
        status=status,
        started_at=run.started_at,
        ended_at=run.ended_at,
        duration_seconds=duration,
        message=run.message,
        to_add=run.to_add,
        to_update=run.to_update,
        to_remove=run.to_remove,
        added=run.added,
        updated=run.updated,
        removed=run.removed,
        rejected=run.rejected,
        unreachable=run.unreachable,
        withdrawn=run.withdrawn,
        cancel_requested=run.cancel_requested,
    )


def go_on(hub: Hub, background: BackgroundRuns, begun: BegunRun, manner: Manner) -> None:
    """Bring a run that began to its end in the background."""
    background.start(
        f"run {begun.run_id} of the sync {begun.sync_id}",
        lambda: hub.syncs.finish(begun, manner),
        lambda: hub.syncs.cancel(hub.syncs.of_id(begun.sync_id)),
    )
