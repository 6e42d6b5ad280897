"""The tables that criteria read, in real databases, and both asked the same."""

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from hub.testing.criteria import relation_tables

Row = dict[str, Any]


class Engines:
    """The same tables in SQLite and DuckDB."""

    def __init__(self) -> None:
        self.metadata, self.relations = relation_tables()
        self._sqlite = sa.create_engine("sqlite://").connect()
        self._duckdb = duckdb.connect()
        self._dialect = postgresql.dialect(  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
            paramstyle="numeric_dollar"
        )
        for table in self.metadata.sorted_tables:
            table.create(self._sqlite)
            self._duckdb.execute(str(sa.schema.CreateTable(table).compile(dialect=self._dialect)))

    def fill(self, rows_by_table: Mapping[str, list[Row]]) -> None:
        """Replace the rows of every table; those left out are empty."""
        for table in self.metadata.sorted_tables:
            self._sqlite.execute(table.delete())
            self._duckdb.execute(f"DELETE FROM {table.name}")
            columns = [column.name for column in table.columns]
            rows = [{**dict.fromkeys(columns), **row} for row in rows_by_table.get(table.name, [])]
            if not rows:
                continue
            self._sqlite.execute(table.insert(), rows)
            places = ", ".join([f"({', '.join('?' for _ in columns)})"] * len(rows))
            values = [row[column] for row in rows for column in columns]
            self._duckdb.execute(f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES {places}", values)

    def ask(self, **conditions: sa.ColumnElement[bool]) -> Iterator[tuple[str, dict[str, set[int]]]]:
        """Who matches each condition, by engine; all in one statement, as answers of true or false."""
        columns = [condition.label(name) for name, condition in conditions.items()]
        statement = sa.select(self.relations.traits.c.number, *columns)
        rows = [tuple(row) for row in self._sqlite.execute(statement)]
        yield "sqlite", _matching(list(conditions), rows)
        compiled = statement.compile(dialect=self._dialect, compile_kwargs={"render_postcompile": True})
        named = compiled.params  # made anew each time it is asked for
        values = [named[name] for name in compiled.positiontup or ()]
        yield "duckdb", _matching(list(conditions), self._duckdb.execute(str(compiled), values).fetchall())

    def close(self) -> None:
        self._sqlite.close()
        self._sqlite.engine.dispose()
        self._duckdb.close()


def _matching(names: list[str], rows: list[tuple[Any, ...]]) -> dict[str, set[int]]:
    assert all(answer in (True, False) for row in rows for answer in row[1:]), "an answer is null"
    return {name: {row[0] for row in rows if row[place]} for place, name in enumerate(names, start=1)}


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    engines = Engines()
    yield engines
    engines.close()
