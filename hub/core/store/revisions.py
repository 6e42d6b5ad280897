"""The revision the facts are at."""

import sqlalchemy as sa

from hub.core.store.database import Database
from hub.core.store.tables import Revision, table_of


def current_revision(database: Database) -> int:
    """The newest revision whose facts can be read."""
    counter = table_of(Revision)
    with database.reading() as connection:
        return int(connection.execute(sa.select(counter.c.value)).scalar_one())


def store_name(database: Database) -> str:
    """The random name of this store, which no other has."""
    counter = table_of(Revision)
    with database.reading() as connection:
        return str(connection.execute(sa.select(counter.c.store)).scalar_one())
