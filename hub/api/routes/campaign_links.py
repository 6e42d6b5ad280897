"""Operations on campaign links: list, make, change and remove them, with what they brought."""

from collections.abc import Sequence

from fastapi import APIRouter, Response

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_text, write_cursor
from hub.api.dependencies import CampaignLinkId, Cursor, Limit, TheHub
from hub.api.models.campaign_links import (
    CampaignLinkChange,
    CampaignLinkOut,
    CampaignLinkPage,
    LinkFiguresOut,
    NewCampaignLink,
)
from hub.api.routes.describing import LOCATION, errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.store.link_figures import LinkFigures
from hub.core.store.links import NamedLink

router = APIRouter(prefix="/campaign-links", tags=["campaign links"], route_class=GuardedRoute)

_READ = needs(Scope.MESSAGES_READ)
_WRITE = needs(Scope.MESSAGES_WRITE)


@router.get(
    "", operation_id="listCampaignLinks", summary="List campaign links", dependencies=[_READ],
    responses=errors(400),
)  # fmt: skip
def list_campaign_links(hub: TheHub, cursor: Cursor = None, limit: Limit = 100) -> CampaignLinkPage:
    """The campaign links by name, with what they brought."""
    found = hub.campaign_links.all(after=read_text("campaign-links", cursor), limit=limit + 1)
    after = write_cursor("campaign-links", found[limit - 1].link.name) if len(found) > limit else None
    return CampaignLinkPage(items=_shown(hub, found[:limit]), next_cursor=after)


@router.post(
    "", status_code=201, operation_id="createCampaignLink", summary="Make a campaign link", dependencies=[_WRITE],
    responses={201: {"headers": LOCATION}, **errors(404, 409, body=True)},
)  # fmt: skip
def create_campaign_link(hub: TheHub, asked: NewCampaignLink, response: Response) -> CampaignLinkOut:
    """Make a public address of an offer. In a newsletter it also tells which customers followed it."""
    made = hub.campaign_links.create(
        asked.name,
        asked.url,
        event=asked.event,
        production=asked.production,
        days=asked.days,
        valid_until=asked.valid_until,
    )
    response.headers["Location"] = f"/api/v1/campaign-links/{made.link.id}"
    return _shown(hub, [made])[0]


@router.get(
    "/{link_id}", operation_id="getCampaignLink", summary="Get a campaign link", dependencies=[_READ],
    responses=errors(404),
)  # fmt: skip
def get_campaign_link(hub: TheHub, link_id: CampaignLinkId) -> CampaignLinkOut:
    """A campaign link, with what it brought."""
    return _shown(hub, [hub.campaign_links.of_id(link_id)])[0]


@router.patch(
    "/{link_id}", operation_id="changeCampaignLink", summary="Change a campaign link", dependencies=[_WRITE],
    responses=errors(404, 409, body=True),
)  # fmt: skip
def change_campaign_link(hub: TheHub, link_id: CampaignLinkId, asked: CampaignLinkChange) -> CampaignLinkOut:
    """Change a campaign link. Its address stays, and leads to the new place at once, also from messages sent."""
    changed = hub.campaign_links.change(hub.campaign_links.of_id(link_id).link, **asked.values)
    return _shown(hub, [changed])[0]


@router.delete(
    "/{link_id}", status_code=204, operation_id="removeCampaignLink", summary="Remove a campaign link",
    dependencies=[_WRITE], responses=errors(404, 409),
)  # fmt: skip
def remove_campaign_link(hub: TheHub, link_id: CampaignLinkId) -> None:
    """Forget a campaign link and who followed it. One that a newsletter uses, or was sent with, stays."""
    hub.campaign_links.remove(hub.campaign_links.of_id(link_id).link)


def _shown(hub: Hub, found: Sequence[NamedLink]) -> list[CampaignLinkOut]:
    figures = hub.campaign_links.figures([one.link for one in found])
    shown = []
    for one in found:
        link = one.link
        assert link.id is not None
        brought = figures[link.id]
        shown.append(
            CampaignLinkOut(
                id=link.id,
                name=link.name,
                url=link.url,
                address=hub.campaign_links.address(link),
                event=one.event,
                production=one.production,
                days=link.days,
                valid_until=link.valid_until,
                created_at=link.created_at,
                figures=shown_figures(brought),
            )
        )
    return shown


def shown_figures(brought: LinkFigures) -> LinkFiguresOut:
    """What a link brought, as it travels."""
    return LinkFiguresOut(
        clicks=brought.clicks, people=brought.people, orders=brought.orders, revenue_minor=brought.revenue
    )
