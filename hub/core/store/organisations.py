"""Finds and makes organisations and their sources."""

import sqlalchemy as sa
from sqlmodel import select

from hub.core.contracts.errors import NotFound
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, Source, table_of


def add_organisation(database: Database, organisation: Organisation) -> Organisation:
    """Store a new organisation."""
    with database.session(write=True) as session:
        session.add(organisation)
    return organisation


def first_organisation(database: Database) -> Organisation:
    """The organisation a home was made for.

    Raises:
        NotFound: the store has none.
    """
    with database.session() as session:
        found = session.scalars(select(Organisation).order_by(sa.text("id")).limit(1)).first()
    if found is None:
        raise NotFound("this store has no organisation yet; make one with `hub init`")
    return found


def ensure_source(connection: sa.Connection, organisation_id: int, name: str) -> tuple[int, str | None]:
    """The id and the cursor of a source, which is made now if it is new."""
    sources = table_of(Source)
    find = sa.select(sources.c.id, sources.c.cursor).where(
        sources.c.organisation_id == organisation_id, sources.c.name == name
    )
    row = connection.execute(find).one_or_none()
    if row is None:
        connection.execute(sa.insert(sources).values(organisation_id=organisation_id, name=name))
        row = connection.execute(find).one()
    return row.id, row.cursor


def set_cursor(connection: sa.Connection, source_id: int, cursor: str) -> None:
    """Remember where a source goes on, in the transaction of the batch that brought it there."""
    sources = table_of(Source)
    connection.execute(sa.update(sources).where(sources.c.id == source_id).values(cursor=cursor))
