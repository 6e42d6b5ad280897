"""Lists of any length within one statement, and rows that are inserted unless they are there."""

import json
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def numbers_in(connection: sa.Connection, numbers: Collection[int]) -> sa.Select[int]:
    """These numbers as a select, however many there are."""
    if connection.dialect.name == "sqlite":
        return sa.select(sa.func.json_each(json.dumps(list(numbers))).table_valued("value").c.value)
    listed = sa.literal(list(numbers), sa.ARRAY(sa.Integer))
    return sa.select(sa.func.unnest(listed).column_valued("number"))


def texts_in(connection: sa.Connection, texts: Collection[str]) -> sa.Select[str]:
    """These texts as a select, however many there are."""
    if connection.dialect.name == "sqlite":
        return sa.select(sa.func.json_each(json.dumps(list(texts))).table_valued("value").c.value)
    listed = sa.literal(list(texts), sa.ARRAY(sa.String))
    return sa.select(sa.func.unnest(listed).column_valued("text"))


def insert_into(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows ``ON CONFLICT`` on the database at hand."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
