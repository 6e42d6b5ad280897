"""What operations share: the hub, background runs, and the parameters of lists."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from hub.api.background import BackgroundRuns
from hub.api.cursors import LARGEST_ID, LONGEST_CURSOR, MOST_ITEMS
from hub.api.models.asking import MOST_SHOWINGS, WITHOUT_EVENT, WITHOUT_PRODUCTION, Showing
from hub.api.models.members import Search
from hub.core.app import Hub
from hub.core.segments.people.members import MemberOrder


def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


def _background(request: Request) -> BackgroundRuns:
    background: BackgroundRuns = request.app.state.background
    return background


TheHub = Annotated[Hub, Depends(_hub)]
Background = Annotated[BackgroundRuns, Depends(_background)]

SegmentId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the segment", examples=[1])]
SyncId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the sync", examples=[1])]
NewsletterId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the newsletter", examples=[1])]
TemplateId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the template", examples=[1])]
FeedId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the feed", examples=[1])]
CampaignLinkId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the campaign link", examples=[1])]
RunId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the run", examples=[1])]
SourceId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the connected source", examples=[2])]
ImportId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the import", examples=[1])]
ViewId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the view", examples=[1])]
ResultId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the result", examples=[1])]
CustomerNumber = Annotated[
    int, Path(ge=1, le=LARGEST_ID, description="the customer's number in the hub", examples=[17])
]

Cursor = Annotated[
    str | None,
    Query(
        max_length=LONGEST_CURSOR, description="`next_cursor` of the page before; leave it out for the first page"
    ),
]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="the most entries on this page")]
AsOf = Annotated[
    date | None,
    Query(
        ge=date(1900, 1, 1),
        le=date(2199, 12, 31),
        description="the day at whose end it is evaluated, in the organisation's time zone; today if left out",
        examples=["2026-01-31"],
    ),
]
WithoutProduction = Annotated[
    list[Showing] | None, Query(max_length=MOST_SHOWINGS, description=WITHOUT_PRODUCTION)
]
WithoutEvent = Annotated[list[Showing] | None, Query(max_length=MOST_SHOWINGS, description=WITHOUT_EVENT)]
Sort = Annotated[MemberOrder, Query(description="what they are sorted by")]
Descending = Annotated[
    bool, Query(description="whether the greatest come first; who has no value comes last either way")
]
Searched = Annotated[
    Search,
    Query(
        description="only whose name, email, external id or city contains this, without regard to case and accents"
    ),
]
