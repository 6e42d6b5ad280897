"""Operations on the members of manual segments: add and remove them, as many as a list has."""

from fastapi import APIRouter

from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import SegmentId, TheHub
from hub.api.models.manual_members import CustomerList, ManualChange, UnknownCustomerOut
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.segments.people.manual import CustomerIds, MembersReport

router = APIRouter(prefix="/segments/{segment_id}/members", tags=["members"], route_class=GuardedRoute)

_WRITE = needs(Scope.SEGMENTS_WRITE)


@router.post(
    "", operation_id="addMembers", summary="Add members to a manual segment", dependencies=[_WRITE],
    responses=errors(404, 502, body=True),
)  # fmt: skip
def add_members(hub: TheHub, segment_id: SegmentId, asked: CustomerList) -> ManualChange:
    """Add customers to a manual segment. Who can't be found is reported; the others are added."""
    return _reported(hub, segment_id, hub.manual_members.add(hub.segments.of_id(segment_id), _ids(asked)))


@router.post(
    "/remove", operation_id="removeMembers", summary="Remove members from a manual segment",
    dependencies=[_WRITE], responses=errors(404, 502, body=True),
)  # fmt: skip
def remove_members(hub: TheHub, segment_id: SegmentId, asked: CustomerList) -> ManualChange:
    """Remove customers from a manual segment. Who can't be found is reported; the others are removed."""
    return _reported(hub, segment_id, hub.manual_members.remove(hub.segments.of_id(segment_id), _ids(asked)))


def _ids(asked: CustomerList) -> CustomerIds:
    if asked.numbers is not None:
        return CustomerIds.numbers(asked.numbers)
    if asked.emails is not None:
        return CustomerIds.emails(asked.emails)
    assert asked.external_ids is not None
    assert asked.source is not None
    return CustomerIds.external_ids(asked.source, asked.external_ids)


def _reported(hub: Hub, segment_id: int, report: MembersReport) -> ManualChange:
    return ManualChange(
        changed=report.changed,
        unchanged=report.unchanged,
        unknown=[UnknownCustomerOut(id=each.id, reason=each.reason) for each in report.unknown],
        size=hub.segments.state(hub.segments.of_id(segment_id)).size,
    )
