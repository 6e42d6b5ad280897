"""Every query over campaign links, and over the addresses that newsletters lead to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.contracts.errors import NameTaken, NotFound
from hub.core.store.segments import folded
from hub.core.store.tables import (
    CampaignLink,
    Event,
    LinkClick,
    Newsletter,
    Production,
    TrackedLink,
    table_of,
)
from hub.core.store.texts import storable


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads."""

    url: str
    campaign_link_id: int | None
    valid_until: datetime | None
    """After that it leads nowhere."""


@dataclass(frozen=True)
class NamedLink:
    """A campaign link with the names of what it offers."""

    link: CampaignLink
    event: str | None
    """The event's id in its source; None: none, or it is gone."""
    production: str | None
    """The production's name; likewise."""


def add_campaign_link(session: Session, link: CampaignLink) -> None:
    """Store a new campaign link.

    Raises:
        NameTaken: one has that name.
    """
    check_name(session, link)
    session.add(link)
    session.flush()


def check_name(session: Session, link: CampaignLink) -> None:
    """See that no other campaign link has this one's name.

    Raises:
        NameTaken: one has.
    """
    same = select(CampaignLink).where(
        CampaignLink.organisation_id == link.organisation_id, CampaignLink.folded_name == link.folded_name
    )
    with session.no_autoflush:
        taken = session.scalars(same).one_or_none()
    if taken is not None and taken.id != link.id:
        raise NameTaken(f"a campaign link is called {taken.name!r} already; choose another name")


def campaign_link_named(session: Session, organisation_id: int, name: str) -> NamedLink:
    """The campaign link of that name, in any case.

    Raises:
        NotFound: there is none.
    """
    if storable(name):
        own = _named(organisation_id).where(col(CampaignLink.folded_name) == folded(name))
        for row in session.execute(own):
            return NamedLink(*row)
    raise NotFound(f"there is no campaign link {name!r}; `hub link list` shows those there are")


def campaign_link_of(session: Session, organisation_id: int, link_id: int) -> NamedLink:
    """The campaign link of that id.

    Raises:
        NotFound: there is none.
    """
    for row in session.execute(_named(organisation_id).where(col(CampaignLink.id) == link_id)):
        return NamedLink(*row)
    raise NotFound(f"there is no campaign link {link_id}")


def campaign_links(
    session: Session, organisation_id: int, *, after: str | None = None, limit: int | None = None
) -> Sequence[NamedLink]:
    """Campaign links by name, for paging from after a folded name."""
    query = _named(organisation_id)
    if after is not None:
        query = query.where(col(CampaignLink.folded_name) > after)
    rows = session.execute(query.order_by(col(CampaignLink.folded_name)).limit(limit))
    return [NamedLink(*row) for row in rows]


def newsletters_with(session: Session, link_id: int) -> Sequence[str]:
    """Names of the newsletters that use a campaign link, or whose messages lead to it."""
    tracked = select(TrackedLink.newsletter_id).where(TrackedLink.campaign_link_id == link_id)
    using = sa.or_(col(Newsletter.campaign_link_id) == link_id, col(Newsletter.id).in_(tracked))
    return session.scalars(select(Newsletter.name).where(using).order_by(col(Newsletter.name))).all()


def delete_campaign_link(session: Session, link_id: int) -> None:
    """Delete a campaign link that no newsletter uses, with its clicks."""
    session.execute(sa.delete(LinkClick).where(col(LinkClick.campaign_link_id) == link_id))
    session.execute(sa.delete(CampaignLink).where(col(CampaignLink.id) == link_id))


def event_known_as(session: Session, organisation_id: int, external_id: str) -> int:
    """The id of an event by its id in its source; of the source that came first, if several know it.

    Raises:
        NotFound: there is none.
    """
    own = select(Event.id).where(Event.organisation_id == organisation_id, Event.external_id == external_id)
    found = session.scalars(own.order_by(col(Event.id)).limit(1)).first() if storable(external_id) else None
    if found is None:
        raise NotFound(f"there is no event {external_id!r}; write its id in the ticket system, or import it first")
    return int(found)


def production_named(session: Session, organisation_id: int, name: str) -> int:
    """The id of a production.

    Raises:
        NotFound: there is none.
    """
    own = select(Production.id).where(Production.organisation_id == organisation_id, Production.name == name)
    found = session.scalars(own).one_or_none() if storable(name) else None
    if found is None:
        raise NotFound(f"there is no production {name!r}; write its name as the events have it")
    return int(found)


def campaigns_of_codes(connection: sa.Connection, organisation_id: int, codes: Iterable[str]) -> Mapping[str, int]:
    """The ids of campaign links, by their code; what leads nowhere is left out."""
    links = table_of(CampaignLink)
    own = sa.select(links.c.code, links.c.id).where(links.c.organisation_id == organisation_id)
    return {code: link_id for code, link_id in connection.execute(own.where(links.c.code.in_(list(codes))))}  # noqa: C416


def tracked(connection: sa.Connection, newsletter_id: int) -> Mapping[str, int]:
    """The ids of a newsletter's links, by address."""
    links = table_of(TrackedLink)
    own = sa.select(links.c.url, links.c.id).where(links.c.newsletter_id == newsletter_id)
    return {url: link_id for url, link_id in connection.execute(own)}  # noqa: C416 - rows are no pairs


def track(
    connection: sa.Connection, newsletter_id: int, urls: Mapping[str, int | None], most: int
) -> Mapping[str, int]:
    """Store which of these addresses a newsletter does not lead to yet, the first ones first; the ids of all.

    Args:
        connection: a transaction.
        newsletter_id: of which newsletter.
        urls: the addresses, each with the campaign link that it is.
        most: so many links a newsletter has.
    """
    newsletters, links = table_of(Newsletter), table_of(TrackedLink)
    # Two senders at once must not store more than the most.
    held = sa.select(newsletters.c.id).where(newsletters.c.id == newsletter_id)
    connection.execute(held.with_for_update(key_share=True))
    known = tracked(connection, newsletter_id)
    new = [url for url in urls if url not in known][: most - len(known)]
    if not new:
        return known
    insert = (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(links)
    rows = [{"newsletter_id": newsletter_id, "url": url, "campaign_link_id": urls[url]} for url in new]
    connection.execute(insert.on_conflict_do_nothing(), rows)
    return tracked(connection, newsletter_id)


def target_of_link(connection: sa.Connection, organisation_id: int, link_id: int) -> Target | None:
    """Where a newsletter's link leads; None where there is none."""
    links, campaigns, newsletters = table_of(TrackedLink), table_of(CampaignLink), table_of(Newsletter)
    joined = links.join(newsletters, newsletters.c.id == links.c.newsletter_id).outerjoin(
        campaigns, campaigns.c.id == links.c.campaign_link_id
    )
    url = sa.func.coalesce(campaigns.c.url, links.c.url)
    own = sa.select(url, links.c.campaign_link_id, campaigns.c.valid_until).select_from(joined)
    return _target(connection, own.where(links.c.id == link_id, newsletters.c.organisation_id == organisation_id))


def target_of_code(connection: sa.Connection, organisation_id: int, code: str) -> Target | None:
    """Where a campaign link's public address leads; None where there is none."""
    campaigns = table_of(CampaignLink)
    own = sa.select(campaigns.c.url, campaigns.c.id, campaigns.c.valid_until)
    return _target(connection, own.where(campaigns.c.code == code, campaigns.c.organisation_id == organisation_id))


def _target(connection: sa.Connection, asked: sa.Select[*tuple[Any, ...]]) -> Target | None:
    row = connection.execute(asked).one_or_none()
    return None if row is None else Target(*row)


def _named(organisation_id: int) -> sa.Select[CampaignLink, str | None, str | None]:
    joined = (
        sa.select(CampaignLink, col(Event.external_id), col(Production.name))
        .outerjoin(Event, col(Event.id) == CampaignLink.event_id)
        .outerjoin(Production, col(Production.id) == CampaignLink.production_id)
    )
    return joined.where(col(CampaignLink.organisation_id) == organisation_id)
