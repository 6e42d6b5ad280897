"""What operations share: the hub, background runs, and the parameters of lists."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from hub.api.background import BackgroundRuns
from hub.api.cursors import LARGEST_ID
from hub.core.app import Hub

MOST_ITEMS = 1_000


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
RunId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the run", examples=[1])]

Cursor = Annotated[
    str | None,
    Query(max_length=2_000, description="`next_cursor` of the page before; leave it out for the first page"),
]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="the most entries on this page")]
AsOf = Annotated[
    date | None,
    Query(
        ge=date(1900, 1, 1),
        le=date(2199, 12, 31),
        description="the day at whose end the segment is evaluated, in the organisation's time zone; "
        "today if left out",
        examples=["2026-01-31"],
    ),
]
