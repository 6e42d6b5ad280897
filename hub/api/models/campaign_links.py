"""Campaign links and what they brought, as they travel."""

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from hub.api.models.base import Change, Instant, Model, Name, NextCursor, Text
from hub.core.messaging.links.campaigns import MOST_DAYS
from hub.core.messaging.links.tracking import LONGEST_URL

_FIGURES: dict[str, Any] = {"clicks": 412, "people": 287, "orders": 31, "revenue_minor": 186000}
_LINK: dict[str, Any] = {
    "id": 1, "name": "Hamlet, last evenings", "url": "https://theatre.example.com/hamlet?offer=spring",
    "address": "https://hub.example.com/c/k7wq2mzd", "event": None, "production": "Hamlet", "days": 7,
    "valid_until": "2026-03-31T20:00:00Z", "created_at": "2026-03-02T09:00:00Z", "figures": _FIGURES,
}  # fmt: skip
_URL = "where it leads: a whole web address"
_EVENT = "id in the ticket system of the event it offers: only orders of it count"
_PRODUCTION = "name of the production it offers: only orders of it count"
_DAYS = "for so many days after a click the customer's orders count as its"
_VALID_UNTIL = "after that its address leads nowhere; null: it stays"


class NewCampaignLink(Model):
    """A public address of an offer, to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Hamlet, last evenings", "url": "https://theatre.example.com/hamlet?offer=spring",
                    "production": "Hamlet", "valid_until": "2026-03-31T20:00:00Z",
                }
            ]
        }
    )  # fmt: skip

    name: Name = Field(description="what it is called")
    url: Text = Field(min_length=1, max_length=LONGEST_URL, description=_URL)
    event: Name | None = Field(None, description=_EVENT)
    production: Name | None = Field(None, description=_PRODUCTION)
    days: int = Field(7, ge=1, le=MOST_DAYS, description=_DAYS)
    valid_until: Instant | None = Field(None, description=_VALID_UNTIL)


class CampaignLinkChange(Change):
    """What is to be changed of a campaign link; what is left out stays as it is."""

    may_be_null = frozenset({"event", "production", "valid_until"})

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"url": "https://theatre.example.com/hamlet"}, {"valid_until": None}]}
    )

    name: Name | None = Field(None, description="its new name")
    url: Text | None = Field(None, min_length=1, max_length=LONGEST_URL, description=_URL)
    event: Name | None = Field(None, description=f"{_EVENT}; null for any")
    production: Name | None = Field(None, description=f"{_PRODUCTION}; null for any")
    days: int | None = Field(None, ge=1, le=MOST_DAYS, description=_DAYS)
    valid_until: Instant | None = Field(None, description=_VALID_UNTIL)


class LinkFiguresOut(Model):
    """What a link brought. Programs that follow links count for nothing."""

    model_config = ConfigDict(title="LinkFigures", json_schema_extra={"examples": [_FIGURES]})

    clicks: int = Field(description="how often people followed it")
    people: int = Field(description="how many customers did; who came by its public address is not known")
    orders: int = Field(description="orders of theirs, each put down to the campaign link followed last before it")
    revenue_minor: int = Field(description="what these came to, in minor units of the organisation's currency")


class FollowedLinkOut(Model):
    """A link of a newsletter with what it brought."""

    model_config = ConfigDict(
        title="FollowedLink",
        json_schema_extra={
            "examples": [{"url": "https://theatre.example.com/hamlet", "campaign_link_id": 1, "figures": _FIGURES}]
        },
    )

    url: str = Field(description="where it leads")
    campaign_link_id: int | None = Field(
        description="the campaign link it is; null for any other, which has no orders put down to it"
    )
    figures: LinkFiguresOut = Field(description="what it brought so far")


class FollowedLinkList(Model):
    """The links of a newsletter, the most clicked first."""

    items: list[FollowedLinkOut] = Field(description="the links; none if the newsletter tracks no clicks")


class CampaignLinkOut(Model):
    """A public address of an offer, whose clicks and orders are counted."""

    model_config = ConfigDict(title="CampaignLink", json_schema_extra={"examples": [_LINK]})

    id: int = Field(description="its id, which never changes")
    name: str = Field(description="what it is called")
    url: str = Field(description="where it leads")
    address: str = Field(
        description="its public address, to be shown anywhere; a path alone when the setting `public_url` is empty"
    )
    event: str | None = Field(description="the event it offers; null if none is named, or it is gone")
    production: str | None = Field(description="the production it offers; likewise")
    days: int = Field(description=_DAYS)
    valid_until: datetime | None = Field(description=_VALID_UNTIL)
    created_at: datetime = Field(description="when it was made")
    figures: LinkFiguresOut = Field(description="what it brought so far")


class CampaignLinkPage(Model):
    """A page of campaign links by name."""

    items: list[CampaignLinkOut] = Field(description="the campaign links of this page")
    next_cursor: NextCursor
