"""The operation that counts who matches a definition."""

from fastapi import APIRouter

from hub.api.audiences import less
from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import TheHub
from hub.api.models.counts import Count, CountQuestion, CriterionCount
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.segments.definition import criteria_of, dump

router = APIRouter(prefix="/segments", tags=["segments"], route_class=GuardedRoute)


@router.post(
    "/count", operation_id="countMatches", summary="Count who matches a definition",
    dependencies=[needs(Scope.SEGMENTS_READ)], responses=errors(502, body=True),
)  # fmt: skip
def count_matches(hub: TheHub, asked: CountQuestion) -> Count:
    """Count the customers who match a text or a definition at the end of a day; nothing is kept."""
    tree = whole = hub.segments.understood(asked.either)
    if asked.without_production or asked.without_event:
        whole = less(hub, tree, asked.without_production, asked.without_event)
    evaluation = hub.segments.definitions.evaluate(whole, asked.as_of)
    own = sum(1 for _ in criteria_of(tree))
    return Count(
        size=len(evaluation.members),
        as_of=evaluation.calendar.today,
        revision=evaluation.revision,
        text=hub.segments.language.print(tree),
        sentence=hub.segments.language.describe(tree),
        definition=dump(tree),
        criteria=[
            CriterionCount(text=hub.segments.language.print(answer.node), size=len(answer.members))
            for answer in evaluation.criteria[:own]
        ],
    )
