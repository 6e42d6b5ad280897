"""Deletes facts and leaves a tombstone for each, which is how the replica hears that a row went."""

import sqlalchemy as sa

from hub.core.store.tables import Tombstone, table_of


def bury(connection: sa.Connection, table: sa.Table, condition: sa.ColumnElement[bool], revision: int) -> int:
    """Delete the rows of a fact table that meet a condition; return how many there were."""
    (primary,) = table.primary_key.columns
    gone = sa.select(sa.literal(table.name), primary, sa.literal(revision)).where(condition)
    connection.execute(sa.insert(table_of(Tombstone)).from_select(["table_name", "row_id", "revision"], gone))
    return connection.execute(sa.delete(table).where(condition)).rowcount
