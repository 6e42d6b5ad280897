"""What is told of campaign links."""

from collections.abc import Sequence
from typing import Any

from hub.core.app import Hub
from hub.core.store.link_figures import FollowedLink
from hub.core.store.links import NamedLink


def link_data(hub: Hub, found: Sequence[NamedLink]) -> list[dict[str, Any]]:
    """Campaign links with what they brought, for programs."""
    figures = hub.campaign_links.figures([one.link for one in found])
    return [
        {
            "name": one.link.name,
            "url": one.link.url,
            "address": hub.campaign_links.address(one.link),
            "event": one.event,
            "production": one.production,
            "days": one.link.days,
            "valid_until": one.link.valid_until,
            "created_at": one.link.created_at,
            "clicks": brought.clicks,
            "people": brought.people,
            "orders": brought.orders,
            "revenue_minor": brought.revenue,
        }
        for one in found
        for brought in (figures[one.link.id or 0],)
    ]


def followed_data(found: Sequence[FollowedLink]) -> list[dict[str, Any]]:
    """A newsletter's links with what they brought, for programs."""
    return [
        {
            "url": one.url,
            "campaign_link_id": one.campaign_link_id,
            "clicks": one.figures.clicks,
            "people": one.figures.people,
            "orders": one.figures.orders,
            "revenue_minor": one.figures.revenue,
        }
        for one in found
    ]
