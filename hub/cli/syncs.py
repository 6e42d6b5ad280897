"""What is told of syncs and their runs."""

from collections.abc import Sequence
from typing import Any

from hub.core.app import Hub
from hub.core.store.tables import Sync, SyncRun


def as_data(hub: Hub, sync: Sync) -> dict[str, Any]:
    """A sync, for programs."""
    segment, view, connection = hub.syncs.names_of(sync)
    newest = hub.syncs.history(sync, limit=1)
    return {
        "name": sync.name,
        "segment": segment,
        "view": view,
        "connection": connection,
        "audience": sync.audience_name,
        "mode": sync.mode,
        "permission": sync.permission,
        "channel": sync.permission_channel,
        "schedule": sync.schedule,
        "guard": sync.largest_removal_share,
        "paused": sync.paused,
        "last_status": newest[0].status if newest else None,
        "last_started_at": newest[0].started_at if newest else None,
    }


def run_data(run: SyncRun) -> dict[str, Any]:
    """A run, for programs."""
    return {
        "status": run.status,
        "message": run.message,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "to_add": run.to_add,
        "to_update": run.to_update,
        "to_remove": run.to_remove,
        "added": run.added,
        "updated": run.updated,
        "removed": run.removed,
        "rejected": run.rejected,
        "unreachable": run.unreachable,
    }


def refusals(hub: Hub, runs: Sequence[SyncRun]) -> list[dict[str, Any]]:
    """The members that were refused in runs, with reasons."""
    return [
        {"run": run.started_at, "number": one.customer_number, "reason": one.reason, "permanent": one.permanent}
        for run in runs
        if run.rejected
        for one in hub.syncs.rejections(run)
    ]
