"""Operations that tell why a customer matches, or does not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import AsOf, CustomerNumber, SegmentId, TheHub
from hub.api.models.explaining import DEEPEST_EXPLANATION, ExplanationOut, ExplanationQuestion
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.segments.people.explaining import Explained
from hub.core.segments.people.figures import Figure

router = APIRouter(tags=["history"], route_class=GuardedRoute)

_READ = needs(Scope.SEGMENTS_READ)


@router.get(
    "/segments/{segment_id}/customers/{number}", operation_id="explainMembership",
    summary="Explain why a customer is in a segment", dependencies=[_READ], responses=errors(404, 502),
)  # fmt: skip
def explain_membership(
    hub: TheHub, segment_id: SegmentId, number: CustomerNumber, as_of: AsOf = None
) -> ExplanationOut:
    """Why a customer is in a segment, or is not: criterion by criterion, down into other segments."""
    segment = hub.segments.of_id(segment_id)
    return _explained(hub.explaining.explain(segment, number, hub.segments.calendar(as_of)))


@router.post(
    "/customers/{number}/explain", operation_id="explainMatch",
    summary="Explain why a customer matches a definition", dependencies=[_READ],
    responses=errors(404, 502, body=True),
)  # fmt: skip
def explain_match(hub: TheHub, number: CustomerNumber, asked: ExplanationQuestion) -> ExplanationOut:
    """Why a customer matches a definition, or does not; nothing is kept."""
    tree = hub.segments.understood(asked.either)
    return _explained(hub.explaining.explain(tree, number, hub.segments.calendar(asked.as_of)))


def _explained(explained: Explained, levels: int = DEEPEST_EXPLANATION) -> ExplanationOut:
    kind: Any = explained.kind.value
    return ExplanationOut(
        kind=kind,
        matches=explained.matches,
        sentence=explained.sentence,
        text=explained.text or None,
        figures={name: _figure(value) for name, value in explained.figures.items()},
        parts=[_explained(part, levels - 1) for part in explained.parts] if levels > 1 else [],
    )


def _figure(value: Figure) -> int | float | bool | str | None:
    match value:
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
    return value
