"""Looks up what a sink is sent of customers, piece by piece and column by column."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hub.core.contracts.sink import IdentifierKind
from hub.core.engines.engine import Engine
from hub.core.store import people
from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from hub.core.sync.guarded_sink import GuardedSink

_FIGURES = ("orders", "tickets", "revenue")
_EMAIL_FORM = r'[^@\s,;<>"()]+@[^@\s,;<>"()]+\.[^@\s,;<>"()]+'
"""What can be an address at all; whether it is one, the platform says."""


class Resolver:
    """Looks up customers for one sink.

    Args:
        database: the store's, which has their personal data.
        organisation: whose customers.
        engine: knows their figures.
        sink: says what it needs.
    """

    def __init__(self, database: Database, organisation: Organisation, engine: Engine, sink: GuardedSink) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._engine = engine
        self._sink = sink
        self._personal = sorted({name for name in sink.traits if name not in _FIGURES} | {"email", "phone"})
        self._figures = [name for name in sink.traits if name in _FIGURES]

    def resolve(self, columns: duckdb.DuckDBPyConnection, numbers: NDArray[np.uint32]) -> Iterator[pa.Table]:
        """Yield customers by number: those who exist and have an identifier that the sink accepts.

        Args:
            columns: a database in memory to work in.
            numbers: of the customers.

        Yields:
            Tables with the columns number, the identifiers (trimmed; null where there is none), the sink's traits
            under ``trait_…`` names, and digest (over all of them and the form in which they are sent).
        """
        if self._figures:
            columns.register("figures", self._engine.figures(numbers, self._figures))
        for piece in people.customers_in_pieces(self._database, self._organisation_id, numbers, self._personal):
            columns.register("known", piece)
            columns.execute(self._members())
            yield columns.sql(self._with_digest(columns)).to_arrow_table()
            columns.unregister("known")

    def _members(self) -> str:
        names = ", ".join([*self._identifiers(), *self._traits()])
        joined = "LEFT JOIN figures USING (number)" if self._figures else ""
        return f"CREATE OR REPLACE TEMP TABLE members AS SELECT known.number, {names} FROM known {joined}"

    def _identifiers(self) -> Iterator[str]:
        address = "lower(trim(known.email))"
        forms = {
            IdentifierKind.CUSTOMER: "CAST(known.number AS VARCHAR)",
            IdentifierKind.EMAIL: f"CASE WHEN regexp_full_match({address}, '{_EMAIL_FORM}') THEN {address} END",
            IdentifierKind.PHONE: "nullif(trim(known.phone), '')",
        }
        for kind in sorted(self._sink.accepted):
            yield f'{forms[kind]} AS "{kind.value}"'

    def _traits(self) -> Iterator[str]:
        for name in self._sink.traits:
            yield f'{"figures" if name in _FIGURES else "known"}."{name}" AS "trait_{name}"'

    def _with_digest(self, columns: duckdb.DuckDBPyConnection) -> str:
        described = columns.execute("DESCRIBE members").fetchall()
        content = ", ".join(
            f'coalesce(CAST("{name}" AS VARCHAR), chr(0))' for name, *_ in described if name != "number"
        )
        form = self._sink.form.replace("'", "''")
        digest = f"substr(sha256(concat_ws(chr(31), '{form}', {content})), 1, 32) AS digest"
        reachable = " OR ".join(f'"{kind.value}" IS NOT NULL' for kind in sorted(self._sink.accepted))
        return f"SELECT *, {digest} FROM members WHERE {reachable} ORDER BY number"


@contextmanager
def in_memory() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, for working on columns."""
    with duckdb.connect(":memory:") as columns:
        columns.execute("SET enable_progress_bar = false")
        yield columns
