"""What campaign links and newsletters' links brought: clicks of people, and the orders that followed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hub.core.store.tables import (
    CampaignLink,
    Event,
    LinkClick,
    Order,
    OrderLine,
    Organisation,
    Source,
    TrackedLink,
    table_of,
)

_SECONDS_A_DAY = 86_400

Statement = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class LinkFigures:
    """What a link brought. Programs count for nothing."""

    clicks: int
    """How often people followed it."""
    people: int
    """How many customers did; those who came by the public address are not known."""
    orders: int
    """Orders of theirs that are put down to it."""
    revenue: int
    """What these came to, in minor units of the organisation's currency."""


@dataclass(frozen=True)
class FollowedLink:
    """A link of a newsletter with what it brought."""

    url: str
    campaign_link_id: int | None
    """The campaign link it is; only those have orders put down to them."""
    figures: LinkFigures


def campaign_figures(
    connection: sa.Connection,
    organisation: Organisation,
    counting: Sequence[str],
    link_ids: Sequence[int] | None = None,
) -> Mapping[int, LinkFigures]:
    """What campaign links brought, by id.

    Args:
        connection: a snapshot.
        organisation: whose links.
        counting: the states of an order that count as bought.
        link_ids: of which links; None: of all.
    """
    links = table_of(CampaignLink)
    own = [links.c.organisation_id == organisation.id]
    if link_ids is not None:
        own.append(links.c.id.in_(link_ids))
    clicked = _clicked(LinkClick.campaign_link_id).subquery()
    brought = _brought(organisation, counting, link_ids).subquery()
    by_link = _summed(brought, "campaign_link_id").subquery()
    joined = links.outerjoin(clicked, clicked.c.link == links.c.id).outerjoin(
        by_link, by_link.c.link == links.c.id
    )
    asked = sa.select(links.c.id, *_figures(clicked, by_link)).select_from(joined).where(*own)
    return {link_id: LinkFigures(*figures) for link_id, *figures in connection.execute(asked)}


def newsletter_figures(
    connection: sa.Connection, organisation: Organisation, counting: Sequence[str], newsletter_id: int
) -> Sequence[FollowedLink]:
    """What a newsletter's links brought, the most clicked first.

    Args:
        connection: a snapshot.
        organisation: whose newsletter.
        counting: the states of an order that count as bought.
        newsletter_id: which one.
    """
    links = table_of(TrackedLink)
    own = links.c.newsletter_id == newsletter_id
    campaigns = sa.select(links.c.campaign_link_id).where(own, links.c.campaign_link_id.is_not(None))
    clicked = _clicked(LinkClick.link_id).subquery()
    brought = _brought(organisation, counting, campaigns).subquery()
    by_link = _summed(brought, "link_id").subquery()
    joined = links.outerjoin(clicked, clicked.c.link == links.c.id).outerjoin(
        by_link, by_link.c.link == links.c.id
    )
    figures = _figures(clicked, by_link)
    asked = sa.select(links.c.url, links.c.campaign_link_id, *figures).select_from(joined).where(own)
    rows = connection.execute(asked.order_by(figures[0].desc(), links.c.id))
    return [FollowedLink(url, campaign, LinkFigures(*rest)) for url, campaign, *rest in rows]


def _figures(clicked: sa.Subquery, brought: sa.Subquery) -> list[sa.ColumnElement[int]]:
    values = (clicked.c.clicks, clicked.c.people, brought.c.orders, brought.c.revenue)
    return [sa.cast(sa.func.coalesce(value, 0), sa.BigInteger) for value in values]


def _clicked(key: Any) -> Statement:
    """Clicks of people, by link."""
    clicks = table_of(LinkClick)
    link = clicks.c[key.key]
    return (
        sa.select(
            link.label("link"),
            sa.func.count().label("clicks"),
            sa.func.count(sa.distinct(clicks.c.customer_number)).label("people"),
        )
        .where(link.is_not(None), ~clicks.c.is_robot)
        .group_by(link)
    )


def _summed(brought: sa.Subquery, key: str) -> Statement:
    """Orders by the link that they are put down to: the one that was followed last."""
    return (
        sa.select(
            brought.c[key].label("link"),
            sa.func.count().label("orders"),
            sa.func.sum(brought.c.total).label("revenue"),
        )
        .where(brought.c.place == 1)
        .group_by(brought.c[key])
    )


def _brought(organisation: Organisation, counting: Sequence[str], link_ids: Any) -> Statement:
    """Each order with each click it could be put down to, the last one in the first place.

    Only orders of who followed one of the links are looked at, but with all that these customers followed.
    """
    clicks, links, orders = table_of(LinkClick), table_of(CampaignLink), table_of(Order)
    sources, among = table_of(Source), table_of(LinkClick).alias("among")
    lines, line = table_of(OrderLine), table_of(OrderLine).alias("line")
    events = table_of(Event)
    of_event = sa.exists().where(lines.c.order_id == orders.c.id, lines.c.event_id == links.c.event_id)
    of_production = sa.exists().where(
        line.c.order_id == orders.c.id,
        line.c.event_id == events.c.id,
        events.c.production_id == links.c.production_id,
    )
    own_sources = sa.select(sources.c.id).where(sources.c.organisation_id == organisation.id)
    until = sa.type_coerce(clicks.c.at, sa.BigInteger) + links.c.days * _SECONDS_A_DAY
    last = sa.func.row_number().over(partition_by=orders.c.id, order_by=(clicks.c.at.desc(), clicks.c.id.desc()))
    total = sa.case((orders.c.currency == organisation.currency, orders.c.total), else_=0)
    brought = (
        sa.select(clicks.c.campaign_link_id, clicks.c.link_id, total.label("total"), last.label("place"))
        .select_from(
            clicks.join(links, links.c.id == clicks.c.campaign_link_id).join(
                orders, orders.c.customer_number == clicks.c.customer_number
            )
        )
        .where(
            links.c.organisation_id == organisation.id,
            ~clicks.c.is_robot,
            orders.c.ordered_at >= clicks.c.at,
            orders.c.ordered_at <= until,
            orders.c.status.in_(counting),
            (orders.c.source_id + 0).in_(own_sources),
            sa.or_(links.c.event_id.is_(None), of_event),
            sa.or_(links.c.production_id.is_(None), of_production),
        )
    )
    if link_ids is None:
        return brought
    some = sa.select(among.c.customer_number).where(among.c.campaign_link_id.in_(link_ids))
    return brought.where(clicks.c.customer_number.in_(some.where(among.c.customer_number.is_not(None))))
