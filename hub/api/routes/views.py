"""Operations on views: list, make, change and remove them."""

from fastapi import APIRouter, Response

from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import SegmentId, TheHub, ViewId
from hub.api.models.views import NewView, ViewChange, ViewList, ViewOut
from hub.api.routes.describing import LOCATION, errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.errors import DefinitionError
from hub.core.segments.definition import load
from hub.core.store.tables import Segment, View

router = APIRouter(tags=["views"], route_class=GuardedRoute)

_READ = needs(Scope.SEGMENTS_READ)
_WRITE = needs(Scope.SEGMENTS_WRITE)


@router.get(
    "/segments/{segment_id}/views", operation_id="listViews", summary="List a segment's views",
    dependencies=[_READ], responses=errors(404),
)  # fmt: skip
def list_views(hub: TheHub, segment_id: SegmentId) -> ViewList:
    """The views of a segment by name."""
    segment = hub.segments.of_id(segment_id)
    return ViewList(items=[shown(hub, view, segment) for view in hub.views.of(segment)])


@router.post(
    "/segments/{segment_id}/views", status_code=201, operation_id="createView", summary="Make a view",
    dependencies=[_WRITE], responses={201: {"headers": LOCATION}, **errors(404, 409, 502, body=True)},
)  # fmt: skip
def create_view(hub: TheHub, segment_id: SegmentId, asked: NewView, response: Response) -> ViewOut:
    """Save what a segment is seen through, under a name. Who comes to match is in it by themselves."""
    segment = hub.segments.of_id(segment_id)
    view = hub.views.create(segment, asked.name, asked.either)
    response.headers["Location"] = f"/api/v1/views/{view.id}"
    return shown(hub, view, segment)


@router.get(
    "/views/{view_id}", operation_id="getView", summary="Get a view", dependencies=[_READ], responses=errors(404)
)
def get_view(hub: TheHub, view_id: ViewId) -> ViewOut:
    """A view."""
    view = hub.views.of_id(view_id)
    return shown(hub, view, hub.segments.of_id(view.segment_id))


@router.patch(
    "/views/{view_id}", operation_id="changeView", summary="Change a view", dependencies=[_WRITE],
    responses=errors(404, 409, 502, body=True),
)  # fmt: skip
def change_view(hub: TheHub, view_id: ViewId, asked: ViewChange) -> ViewOut:
    """Give a view another name or other criteria."""
    view = hub.views.change(hub.views.of_id(view_id), name=asked.name, definition=asked.either)
    return shown(hub, view, hub.segments.of_id(view.segment_id))


@router.delete(
    "/views/{view_id}", status_code=204, operation_id="removeView", summary="Remove a view",
    dependencies=[_WRITE], responses=errors(404, 409),
)  # fmt: skip
def remove_view(hub: TheHub, view_id: ViewId) -> None:
    """Forget a view. Nothing of its segment changes. One that a feed hands out stays."""
    hub.views.remove(hub.views.of_id(view_id))


def shown(hub: Hub, view: View, segment: Segment) -> ViewOut:
    """A view as it travels. One whose plugin is gone is shown too, with its problem."""
    assert view.id is not None
    text, problem = None, None
    try:
        text = hub.segments.language.print(load(view.definition))
    except DefinitionError as error:
        problem = str(error)
    return ViewOut(
        id=view.id,
        segment_id=view.segment_id,
        segment=segment.name,
        name=view.name,
        text=text,
        definition=view.definition,
        problem=problem,
    )
