"""What is told of syncs, of what they would do, and of their runs."""

from collections.abc import Sequence
from typing import Any

from hub.cli.output import safe
from hub.core.app import Hub
from hub.core.store.tables import Sync, SyncMode, SyncRun
from hub.core.sync.previewing import PlannedChange, Preview
from hub.core.sync.service import SyncState


def as_data(hub: Hub, sync: Sync) -> dict[str, Any]:
    """A sync, for programs."""
    return all_as_data(hub, [sync])[0]


def all_as_data(hub: Hub, syncs: Sequence[Sync]) -> list[dict[str, Any]]:
    """Syncs, for programs."""
    return [_state_data(state) for state in hub.syncs.states(syncs)]


def _state_data(state: SyncState) -> dict[str, Any]:
    sync, newest = state.sync, state.newest
    return {
        "name": sync.name,
        "segment": state.segment,
        "view": state.view,
        "connection": state.connection,
        "audience": sync.audience_name,
        "mode": sync.mode,
        "permission": sync.permission,
        "channel": sync.permission_channel,
        "schedule": sync.schedule,
        "guard": sync.largest_removal_share,
        "paused": sync.paused,
        "last_status": newest.status if newest else None,
        "last_started_at": newest.started_at if newest else None,
        "last_message": newest.message if newest else None,
    }


def kept(data: dict[str, Any]) -> str:
    """What a sync keeps, of what ``as_data`` tells: a segment, or a view of one."""
    return f"{data['segment']} / {data['view']}" if data["view"] else data["segment"]


def when(data: dict[str, Any]) -> str:
    """When a sync runs, of what ``as_data`` tells."""
    return "paused" if data["paused"] else data["schedule"] or "by hand"


def run_data(run: SyncRun) -> dict[str, Any]:
    """A run, for programs."""
    return {
        "id": run.id,
        "status": run.status,
        "message": run.message,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "seconds": None if run.ended_at is None else int((run.ended_at - run.started_at).total_seconds()),
        "to_add": run.to_add,
        "to_update": run.to_update,
        "to_remove": run.to_remove,
        "added": run.added,
        "updated": run.updated,
        "removed": run.removed,
        "rejected": run.rejected,
        "unreachable": run.unreachable,
        "withdrawn": run.withdrawn,
    }


def refusals(hub: Hub, runs: Sequence[SyncRun]) -> list[dict[str, Any]]:
    """The members that were refused in runs, with reasons."""
    found = [(run, one) for run in runs if run.rejected for one in hub.syncs.rejections(run)]
    ids = hub.sync_reports.external_ids([one.customer_number for _, one in found])
    return [
        {
            "run": run.started_at,
            "number": one.customer_number,
            "external_id": ids.get(one.customer_number),
            "reason": one.reason,
            "permanent": one.permanent,
        }
        for run, one in found
    ]


def change_data(hub: Hub, changes: Sequence[PlannedChange]) -> list[dict[str, Any]]:
    """Changes of a preview, for programs."""
    ids = hub.sync_reports.external_ids([one.number for one in changes])
    return [
        {
            "number": one.number,
            "external_id": ids.get(one.number),
            "change": one.change.value,
            "reason": one.reason or None,
        }
        for one in changes
    ]


def preview_data(found: Preview) -> dict[str, Any]:
    """What a run would do, for programs."""
    return {
        "held": found.held,
        "to_add": found.to_add,
        "to_update": found.to_update,
        "to_remove": found.to_remove,
        "must_go": found.must_go,
        "unreachable": found.unreachable,
        "objection": found.objection,
        "rejections": [{"reason": reason, "count": count} for reason, count in found.rejections.items()],
    }


def preview_text(found: Preview, mode: SyncMode) -> str:
    """What a run would do, in plain words.

    Args:
        found: that.
        mode: what the sync does.
    """
    would = f"add {found.to_add:,}, update {found.to_update:,} and remove {found.to_remove:,}"
    lines = [f"The other side holds {found.held:,}. A run would {would}."]
    if mode is SyncMode.REMOVE_ONLY:
        lines = [f"{found.held:,} were taken out so far. A run would take out {found.to_remove:,}."]
    if found.objection:
        lines.append(f"It would stop and ask: {safe(found.objection)}.")
    if found.rejections:
        lines.append("Members of the segment who can't be sent, or would be refused:")
        lines += [f"{count:>9,}  {safe(reason)}" for reason, count in found.rejections.items()]
    return "\n".join(lines)
