"""Operations on tags: count them, and put them on many customers or take them off."""

from fastapi import APIRouter

from hub.api.audiences import evaluated
from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import TheHub
from hub.api.models.asking import Audience
from hub.api.models.tags import TagCountList, TagCountOut, Tagged, Tagging
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.segments.evaluator import Evaluation

router = APIRouter(prefix="/tags", tags=["tags"], route_class=GuardedRoute)


@router.post(
    "/count", operation_id="countTags", summary="Count tags", dependencies=[needs(Scope.SEGMENTS_READ)],
    responses=errors(404, 502, body=True),
)  # fmt: skip
def count_tags(hub: TheHub, asked: Audience) -> TagCountList:
    """For each tag how many of some customers have it, and how many of all."""
    evaluation = evaluated(hub, asked)
    return TagCountList(
        items=[
            TagCountOut(tag=count.tag, among=count.among, in_all=count.in_all)
            for count in hub.tagging.counts(evaluation.members)
        ],
        size=len(evaluation.members),
        as_of=evaluation.calendar.today,
        revision=evaluation.revision,
    )


@router.post(
    "/add", operation_id="tagCustomers", summary="Tag customers", dependencies=[needs(Scope.SEGMENTS_WRITE)],
    responses=errors(404, 502, body=True),
)  # fmt: skip
def tag_customers(hub: TheHub, asked: Tagging) -> Tagged:
    """Mark all customers of a result with a tag, which is made when it is new."""
    evaluation = evaluated(hub, asked)
    return _changed(asked, evaluation, hub.tagging.tag(evaluation.members, asked.tag))


@router.post(
    "/remove", operation_id="untagCustomers", summary="Untag customers",
    dependencies=[needs(Scope.SEGMENTS_WRITE)], responses=errors(404, 502, body=True),
)  # fmt: skip
def untag_customers(hub: TheHub, asked: Tagging) -> Tagged:
    """Take a tag off all customers of a result. A tag that nobody knows is on no one."""
    evaluation = evaluated(hub, asked)
    return _changed(asked, evaluation, hub.tagging.untag(evaluation.members, asked.tag))


def _changed(asked: Tagging, evaluation: Evaluation, changed: int) -> Tagged:
    return Tagged(
        tag=asked.tag,
        size=len(evaluation.members),
        changed=changed,
        as_of=evaluation.calendar.today,
        revision=evaluation.revision,
    )
