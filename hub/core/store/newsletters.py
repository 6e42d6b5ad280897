"""Every query over newsletters, whom they are for, and who sends them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col, select

from hub.core.contracts.errors import NameTaken, NotFound
from hub.core.store.database import Database
from hub.core.store.segments import folded
from hub.core.store.tables import (
    CampaignLink,
    Company,
    Connection,
    MessageTemplate,
    Newsletter,
    NewsletterCompany,
    NewsletterSegment,
    NewsletterStatus,
    Segment,
    table_of,
)
from hub.core.store.texts import storable

_ENDED = (NewsletterStatus.SENT.value, NewsletterStatus.CANCELLED.value)


def newsletter_named(session: Session, organisation_id: int, name: str) -> Newsletter:
    """The newsletter of that name.

    Raises:
        NotFound: there is none.
    """
    found = None
    if storable(name):
        own = select(Newsletter).where(Newsletter.organisation_id == organisation_id)
        found = session.scalars(own.where(Newsletter.folded_name == folded(name))).one_or_none()
    if found is None:
        raise NotFound(f"there is no newsletter {name!r}; `hub newsletter list` shows those there are")
    return found


def newsletter_of(session: Session, organisation_id: int, newsletter_id: int) -> Newsletter:
    """The newsletter of that id, held still until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    own = select(Newsletter).where(Newsletter.id == newsletter_id).with_for_update(key_share=True)
    found = session.scalars(own).one_or_none()
    if found is None or found.organisation_id != organisation_id:
        raise NotFound(f"there is no newsletter {newsletter_id}")
    return found


def newsletters(
    session: Session, organisation_id: int, *, before: int | None = None, limit: int | None = None
) -> Sequence[Newsletter]:
    """Newsletters, newest first; for paging from before an id."""
    own = select(Newsletter).where(Newsletter.organisation_id == organisation_id)
    if before is not None:
        own = own.where(col(Newsletter.id) < before)
    return session.scalars(own.order_by(col(Newsletter.id).desc()).limit(limit)).all()


def check_newsletter_name(session: Session, newsletter: Newsletter) -> None:
    """See that no other newsletter has its name.

    Raises:
        NameTaken: one has.
    """
    same = select(Newsletter.id).where(
        Newsletter.organisation_id == newsletter.organisation_id,
        Newsletter.folded_name == newsletter.folded_name,
    )
    if any(found != newsletter.id for found in session.scalars(same)):
        raise NameTaken(f"a newsletter is called {newsletter.name!r} already; choose another name")


def set_audience(session: Session, newsletter_id: int, segments: Sequence[int], companies: Sequence[int]) -> None:
    """Say which segments and companies a newsletter is for, by id."""
    for model in (NewsletterSegment, NewsletterCompany):
        table = table_of(model)
        session.execute(sa.delete(table).where(table.c.newsletter_id == newsletter_id))
    session.add_all(NewsletterSegment(newsletter_id=newsletter_id, segment_id=one) for one in segments)
    session.add_all(NewsletterCompany(newsletter_id=newsletter_id, company_id=one) for one in companies)
    session.flush()


def segments_of(session: Session, newsletter_id: int) -> Sequence[Segment]:
    """The segments a newsletter is for, by name; those that were removed, too."""
    own = select(Segment).join(NewsletterSegment, col(NewsletterSegment.segment_id) == Segment.id)
    return session.scalars(
        own.where(NewsletterSegment.newsletter_id == newsletter_id).order_by(col(Segment.folded_name))
    ).all()


def companies_of(session: Session, newsletter_id: int) -> Sequence[Company]:
    """The companies a newsletter is for, by name."""
    own = select(Company).join(NewsletterCompany, col(NewsletterCompany.company_id) == Company.id)
    return session.scalars(
        own.where(NewsletterCompany.newsletter_id == newsletter_id).order_by(col(Company.name), col(Company.id))
    ).all()


def company_ids_of(session: Session, newsletter_id: int) -> list[int]:
    """The companies a newsletter is for, by id."""
    return [company.id for company in companies_of(session, newsletter_id) if company.id is not None]


def companies_named(session: Session, organisation_id: int, names: Sequence[str]) -> Sequence[Company]:
    """Companies of these names; where several have one name, all of them.

    Raises:
        NotFound: there is none of one of the names.
    """
    known = [name for name in names if storable(name)]
    own = select(Company).where(Company.organisation_id == organisation_id, col(Company.name).in_(known))
    found = session.scalars(own.order_by(col(Company.id))).all()
    missing = set(names) - {company.name for company in found}
    if missing:
        raise NotFound(f"there is no company {min(missing)!r}; write its name as it was imported")
    return found


def surroundings(
    session: Session, newsletters: Sequence[Newsletter]
) -> Mapping[int, tuple[str, str | None, dict[str, str], list[str], list[str]]]:
    """By id of each newsletter: the names of its template, campaign link, connections by channel, segments and
    companies.
    """
    ids = [one.id for one in newsletters]
    templates = _names(session, MessageTemplate, {one.template_id for one in newsletters})
    links = _names(session, CampaignLink, {one.campaign_link_id for one in newsletters})
    connections = _names(session, Connection, {id_ for one in newsletters for id_ in one.connections.values()})
    segments = _names_by_newsletter(session, Segment, NewsletterSegment, "segment_id", ids)
    companies = _names_by_newsletter(session, Company, NewsletterCompany, "company_id", ids)
    return {
        one.id or 0: (
            templates[one.template_id],
            links.get(one.campaign_link_id or 0),
            {channel: connections[id_] for channel, id_ in one.connections.items()},
            segments.get(one.id or 0, []),
            companies.get(one.id or 0, []),
        )
        for one in newsletters
    }


def _names(session: Session, model: type[SQLModel], ids: Collection[int | None]) -> Mapping[int, str]:
    table = table_of(model)
    found = session.execute(sa.select(table.c.id, table.c.name).where(table.c.id.in_(ids)))
    return {id_: name for id_, name in found}  # noqa: C416 - rows are no pairs


def _names_by_newsletter(
    session: Session,
    named: type[SQLModel],
    between: type[SQLModel],
    reference: str,
    ids: Collection[int | None],
) -> Mapping[int, list[str]]:
    table, links = table_of(named), table_of(between)
    query = (
        sa.select(links.c.newsletter_id, table.c.name)
        .join(table, table.c.id == links.c[reference])
        .where(links.c.newsletter_id.in_(ids))
        .order_by(table.c.name)
    )
    told: dict[int, list[str]] = {}
    for newsletter_id, name in session.execute(query):
        told.setdefault(newsletter_id, []).append(name)
    return told


def newsletters_of_segments(session: Session, segment_ids: Sequence[int]) -> Sequence[tuple[int, Newsletter]]:
    """The newsletters for any of these segments that have not ended, each with the segment's id."""
    own = (
        select(NewsletterSegment.segment_id, Newsletter)
        .join(Newsletter, col(Newsletter.id) == NewsletterSegment.newsletter_id)
        .where(col(NewsletterSegment.segment_id).in_(segment_ids), col(Newsletter.status).not_in(_ENDED))
    )
    rows = session.execute(own.order_by(col(Newsletter.folded_name)))
    return [(segment_id, newsletter) for segment_id, newsletter in rows]


def due(session: Session, organisation_id: int, now: datetime) -> Sequence[Newsletter]:
    """The newsletters that are to go out or go on now, the oldest first."""
    own = select(Newsletter).where(Newsletter.organisation_id == organisation_id)
    scheduled = sa.and_(
        col(Newsletter.status) == NewsletterStatus.SCHEDULED.value,
        sa.or_(col(Newsletter.send_at).is_(None), col(Newsletter.send_at) <= now),
    )
    going = col(Newsletter.status) == NewsletterStatus.SENDING.value
    return session.scalars(own.where(sa.or_(scheduled, going)).order_by(col(Newsletter.id))).all()


def take_lease(database: Database, newsletter_id: int, owner: str, now: datetime, lasting: timedelta) -> bool:
    """Become the only one to send a newsletter until the lease runs out; false when another has it."""
    table = table_of(Newsletter)
    free = sa.or_(table.c.lease_owner.is_(None), table.c.lease_until < now)
    with database.writing() as connection:
        taken = connection.execute(
            sa.update(table)
            .where(table.c.id == newsletter_id, free)
            .values(lease_owner=owner, lease_until=now + lasting)
        )
    return taken.rowcount == 1


def renew_lease(connection: sa.Connection, newsletter_id: int, owner: str, until: datetime) -> bool:
    """Prolong a lease; false when it was lost to another."""
    table = table_of(Newsletter)
    renewed = connection.execute(
        sa.update(table).where(table.c.id == newsletter_id, table.c.lease_owner == owner).values(lease_until=until)
    )
    return renewed.rowcount == 1


def release_lease(connection: sa.Connection, newsletter_id: int, owner: str) -> None:
    """Let others send the newsletter."""
    table = table_of(Newsletter)
    connection.execute(
        sa.update(table)
        .where(table.c.id == newsletter_id, table.c.lease_owner == owner)
        .values(lease_owner=None, lease_until=None)
    )
