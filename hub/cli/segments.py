"""What is told of segments, their uses and their views."""

from collections.abc import Sequence
from typing import Any

from hub.cli.output import table
from hub.core.app import Hub
from hub.core.contracts.errors import DefinitionError
from hub.core.segments.definition import load
from hub.core.segments.references.usage import Use
from hub.core.segments.states import SegmentState
from hub.core.store.tables import View


def as_data(state: SegmentState) -> dict[str, Any]:
    """A segment, for programs."""
    segment = state.segment
    return {
        "name": segment.name,
        "description": segment.description,
        "kind": segment.kind,
        "text": state.text,
        "problem": state.problem,
        "size": state.size,
        "evaluated_at": state.evaluated_at,
        "synced_by": list(state.synced_to),
        "used_by": [use_data(use) for use in state.used_by],
        "created_at": segment.created_at,
        "changed_at": segment.changed_at,
        "removed_at": segment.removed_at,
    }


def use_data(use: Use) -> dict[str, Any]:
    """A use, for programs."""
    return {
        "kind": use.kind,
        "name": use.name,
        "hinders": use.hinders,
        "own": use.own,
        "through": list(use.through),
    }


def use_table(uses: Sequence[Use]) -> str:
    """Uses, for people."""
    rows = [(use.kind, use.name, " → ".join(use.through), use.hinders) for use in uses]
    return table(("kind", "name", "through", "hinders removal"), rows)


def users(state: SegmentState) -> str:
    """The segments and whatever else uses a segment, besides its syncs and its own views."""
    return ", ".join(f"{use.name} ({use.kind})" for use in state.used_by if use.kind != "sync" and not use.own)


def syncs_of(hub: Hub, segment_id: int | None) -> list[dict[str, str]]:
    """Where a segment is kept: sync, connection and audience."""
    names = {connection.id: connection.name for connection in hub.connections.all()}
    return [
        {"sync": sync.name, "connection": names[sync.connection_id], "audience": sync.audience_name}
        for sync in hub.syncs.all()
        if sync.segment_id == segment_id
    ]


def view_data(hub: Hub, segment: str, view: View) -> dict[str, Any]:
    """A view, for programs; with the reason where its criteria can't be said."""
    data: dict[str, Any] = {"segment": segment, "name": view.name, "text": "", "problem": ""}
    try:
        data["text"] = hub.segments.language.print(load(view.definition))
    except DefinitionError as error:
        data["problem"] = str(error)
    return data
