"""A store of an older version is brought up with all that is in it, and can be taken back."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

import hub.core.store
from hub.core.store.database import Database
from hub.core.store.organisations import ensure_source
from hub.core.store.schema import HEAD, prepare, version_of
from hub.core.store.tables import Organisation, metadata

EVENT_AT_A_VENUE = (
    "INSERT INTO venues (organisation_id, name) VALUES (:organisation, 'Old Hall')",
    """INSERT INTO events (organisation_id, source_id, external_id, venue_id, revision)
    VALUES (:organisation, :source, 'e', (SELECT id FROM venues), 1)""",
)


def move(database: Database, go: str, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(hub.core.store.__file__).parent / "migrations"))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        getattr(command, go)(config, version)


@pytest.fixture
def old_store(database: Database, organisation: Organisation) -> Database:
    """A store as the first version left it, with an event at a venue."""
    assert organisation.id is not None
    move(database, "downgrade", "0001")
    with database.writing() as connection:
        source, _ = ensure_source(connection, organisation.id, "shop")
        for statement in EVENT_AT_A_VENUE:
            connection.execute(sa.text(statement), {"organisation": organisation.id, "source": source})
    return database


def test_an_old_store_is_brought_up_with_what_is_in_it(old_store: Database) -> None:
    assert version_of(old_store) == "0001"
    prepare(old_store)
    assert version_of(old_store) == HEAD
    events = sa.text("SELECT v.name, v.revision FROM events e JOIN venues v ON v.id = e.venue_id")
    with old_store.reading() as connection:
        assert [tuple(row) for row in connection.execute(events)] == [("Old Hall", 0)]
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
