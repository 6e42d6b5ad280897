"""Operations on feeds: list, make, rotate, revoke and remove them, and see who read them."""

from typing import Any

from fastapi import APIRouter, Response

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_number, read_text, write_cursor
from hub.api.dependencies import Cursor, FeedId, Limit, TheHub
from hub.api.models.feeds import FeedOut, FeedPage, IssuedFeed, NewFeed, ReadOut, ReadPage
from hub.api.routes.describing import LOCATION, errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.records import ConsentChannel
from hub.core.feeds import service
from hub.core.feeds.states import FeedState
from hub.core.feeds.writing import FeedForm
from hub.core.store.tables import FeedRead

router = APIRouter(prefix="/feeds", tags=["feeds"], route_class=GuardedRoute)

_READ = needs(Scope.FEEDS_READ)
_WRITE = needs(Scope.FEEDS_WRITE)


@router.get("", operation_id="listFeeds", summary="List feeds", dependencies=[_READ], responses=errors(400))
def list_feeds(hub: TheHub, cursor: Cursor = None, limit: Limit = 100) -> FeedPage:
    """The feeds by name, revoked ones too. Their addresses are never shown again."""
    found = hub.feeds.all(after=read_text("feeds", cursor), limit=limit + 1)
    after = write_cursor("feeds", found[limit - 1].feed.name) if len(found) > limit else None
    return FeedPage(items=[shown(state) for state in found[:limit]], next_cursor=after)


@router.post(
    "", status_code=201, operation_id="createFeed", summary="Make a feed", dependencies=[_WRITE],
    responses={201: {"headers": LOCATION}, **errors(404, 409, body=True)},
)  # fmt: skip
def create_feed(hub: TheHub, asked: NewFeed, response: Response) -> IssuedFeed:
    """Let whoever knows a new secret address read a segment. Only this answer has the address."""
    issued = hub.feeds.create(
        asked.name,
        asked.segment,
        view=asked.view,
        columns=asked.columns,
        permission=asked.permission,
        channel=ConsentChannel(asked.channel) if asked.channel else None,
    )
    response.headers["Location"] = f"/api/v1/feeds/{issued.feed.id}"
    return _issued(hub, issued)


@router.get(
    "/{feed_id}", operation_id="getFeed", summary="Get a feed", dependencies=[_READ], responses=errors(404)
)
def get_feed(hub: TheHub, feed_id: FeedId) -> FeedOut:
    """A feed."""
    return shown(hub.feeds.of_id(feed_id))


@router.post(
    "/{feed_id}/rotate", operation_id="rotateFeed", summary="Give a feed another address", dependencies=[_WRITE],
    responses=errors(404),
)  # fmt: skip
def rotate_feed(hub: TheHub, feed_id: FeedId) -> IssuedFeed:
    """Give a feed another address; the old one leads nowhere at once. Only this answer has the new one."""
    return _issued(hub, hub.feeds.rotate(hub.feeds.of_id(feed_id).feed))


@router.post(
    "/{feed_id}/revoke", operation_id="revokeFeed", summary="Revoke a feed", dependencies=[_WRITE],
    responses=errors(404),
)  # fmt: skip
def revoke_feed(hub: TheHub, feed_id: FeedId) -> FeedOut:
    """End a feed for good: its address leads nowhere at once. It stays in the list, with who read it."""
    hub.feeds.revoke(hub.feeds.of_id(feed_id).feed)
    return shown(hub.feeds.of_id(feed_id))


@router.delete(
    "/{feed_id}", status_code=204, operation_id="removeFeed", summary="Remove a feed", dependencies=[_WRITE],
    responses=errors(404),
)  # fmt: skip
def remove_feed(hub: TheHub, feed_id: FeedId) -> None:
    """Forget a feed and who read it; its address leads nowhere at once."""
    hub.feeds.remove(hub.feeds.of_id(feed_id).feed)


@router.get(
    "/{feed_id}/reads", operation_id="listReads", summary="List who read a feed", dependencies=[_READ],
    responses=errors(400, 404),
)  # fmt: skip
def list_reads(hub: TheHub, feed_id: FeedId, cursor: Cursor = None, limit: Limit = 100) -> ReadPage:
    """The readings of a feed, newest first. The newest thousand are kept."""
    feed = hub.feeds.of_id(feed_id).feed
    list_name = f"reads {feed_id}"
    found = hub.feeds.reads(feed, limit + 1, before=read_number(list_name, cursor))
    after = write_cursor(list_name, found[limit - 1].id or 0) if len(found) > limit else None
    return ReadPage(items=[_shown_read(read) for read in found[:limit]], next_cursor=after)


def shown(state: FeedState) -> FeedOut:
    """A feed as it travels."""
    feed = state.feed
    assert feed.id is not None
    channel: Any = feed.permission_channel
    return FeedOut(
        id=feed.id,
        name=feed.name,
        segment_id=feed.segment_id,
        segment=state.segment,
        view=state.view,
        columns=list(state.columns),
        permission=feed.permission,
        channel=channel,
        created_at=feed.created_at,
        rotated_at=feed.rotated_at,
        revoked_at=feed.revoked_at,
        last_read_at=state.last_read_at,
        problem=state.problem or None,
    )


def _issued(hub: Hub, issued: service.IssuedFeed) -> IssuedFeed:
    return IssuedFeed(
        feed=shown(hub.feeds.of_id(issued.feed.id or 0)),
        csv_address=issued.address(FeedForm.CSV, hub.settings.public_url),
        json_address=issued.address(FeedForm.JSON, hub.settings.public_url),
    )


def _shown_read(read: FeedRead) -> ReadOut:
    assert read.id is not None
    form: Any = read.form
    return ReadOut(
        id=read.id,
        at=read.at,
        address=read.address,
        agent=read.agent,
        form=form,
        status=read.status,
        members=read.members,
    )
