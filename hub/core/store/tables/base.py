"""What all tables share: one metadata with named constraints, and a way to the plain table."""

from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import SQLModel

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""The hub's tables. Constraints have names so that migrations can speak of them on both databases."""


class Stored(SQLModel):
    """Base of every stored model."""

    metadata: ClassVar[sa.MetaData] = metadata


def table_of(model: type[SQLModel]) -> sa.Table:
    """The plain table behind a model, for statements over many rows."""
    table: Any = sa.inspect(model).local_table
    assert isinstance(table, sa.Table)
    return table


AUTOINCREMENT = {"sqlite_autoincrement": True}
"""Table option: SQLite never hands out a deleted row's number again, as PostgreSQL never does."""
