"""Brings a database to this version's tables, and refuses one that a newer version wrote."""

from pathlib import Path

import sqlalchemy as sa

from hub.core.contracts.errors import StoreError
from hub.core.store.database import Database

HEAD = "0005"
"""The newest migration. Kept here so that opening a store that is up to date needs no alembic."""


def version_of(database: Database) -> str | None:
    """The migration a database is at, or None for an empty one."""
    with database.reading() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def prepare(database: Database) -> None:
    """Make or upgrade the tables, in one transaction.

    Raises:
        StoreError: a newer version of the hub wrote this store.
    """
    version = version_of(database)
    if version == HEAD:
        return
    from alembic import command  # here: 0.2 s that only a new or an old store needs
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise StoreError(
            f"this store was written by a newer version of Audience Hub (its tables are at {version}, this "
            f"version knows {HEAD}); upgrade audience-hub to open it"
        )
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
