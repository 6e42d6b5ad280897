"""Brings a replica to the store's newest revision, touching only the customers that changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from hub.core.replica.calendar_days import with_days
from hub.core.replica.following import changed_counts, copied_rows, head, tombstones
from hub.core.replica.tables import COPIES, DAYS, LAYOUT, TOUCHED, consents_sql, lines_sql, traits_sql
from hub.core.store.database import Database
from hub.core.store.export import Exported, export
from hub.core.store.tables import Organisation

_KEPT_REVISIONS = 1000
"""How many revisions ``changes`` reaches back; whoever is older asks everything again."""

_OF_CUSTOMER = {
    "customers": "SELECT id FROM {table}",
    "companies": "SELECT id FROM copies.customers WHERE company IN (SELECT id FROM {table})",
    **dict.fromkeys(
        (
            "orders", "consents", "customer_tags", "customer_group_members", "custom_values", "carts",
            "identities", "subscriptions",
        ),
        "SELECT customer FROM {table}",
    ),
}  # fmt: skip
"""For each table that has them: the customers whom some of its rows are about."""
_OF_ORDER = {
    "orders": "SELECT id FROM {table}",
    "order_lines": "SELECT order_id FROM {table}",
    "events": "SELECT order_id FROM copies.order_lines WHERE event_id IN (SELECT id FROM {table})",
    "products": "SELECT order_id FROM copies.order_lines WHERE product_id IN (SELECT id FROM {table})",
}
"""For each table that has them: the orders whom some of its rows are about."""
_OF_EVERYONE = ("venues",)
"""Tables of which any row may concern any customer: who asks about a distance asks everyone again."""

_OWN = dict.fromkeys(
    ("consents", "customer_tags", "customer_group_members", "custom_values", "subscriptions"),
    " SEMI JOIN copies.customers own ON own.id = customer",
)
"""For each copy whose rows come without regard to the organisation: how its own are told. Customers come first."""

_TOUCHED_ORDERS = "SELECT id FROM touched_orders"


@dataclass(frozen=True)
class Pending:
    """What is there to copy, as it was counted."""

    revision: int
    """The store's revision at which it was counted."""
    tables: Collection[str]
    """The copies in which rows changed or went."""
    many: bool
    """Whether there are many of them."""


class MovedOn(Exception):
    """The store was written to between counting and copying: a table that was left out may have changed."""


def pending(database: Database, after: int, many_rows: int) -> Pending:
    """Count what changed after a revision.

    Args:
        database: the store's.
        after: the revision the replica is at; 0 when it is empty.
        many_rows: from so many rows on, there are many.
    """
    counts = changed_counts(after, many_rows)
    columns = (count.scalar_subquery().label(name) for name, count in counts.items())
    with database.reading() as connection:
        revision = connection.execute(head()).one().revision
        found = dict(zip(counts, connection.execute(sa.select(*columns)).one(), strict=True))
    tables = [name for name in counts if found[name] or not after]
    return Pending(int(revision), tables, sum(found.values()) >= many_rows)


def catch_up(
    replica: duckdb.DuckDBPyConnection, database: Database, organisation: Organisation, after: int, todo: Pending
) -> None:
    """Copy what changed after a revision and derive the rest anew for whom it concerns, in one transaction.

    Args:
        replica: a connection to the replica's tables.
        database: the store's.
        organisation: whose customers are copied.
        after: the revision the replica is at; 0 when it is empty.
        todo: what was counted after that revision.

    Raises:
        MovedOn: the store is at another revision than when it was counted; nothing was done.
    """
    copied = copied_rows(organisation, after)
    statements = {"head": head(), "tombstones": tombstones(after), **{name: copied[name] for name in todo.tables}}
    replica.execute("BEGIN")
    try:
        exported = export(database, statements, many=todo.many)
        if after:
            _follow(replica, exported, organisation, todo.tables)
        else:
            _build(replica, exported, organisation)
        all_touched = not after or any(table in todo.tables for table in _OF_EVERYONE)
        revision = _note_revision(replica, organisation, all_touched=all_touched)
        if revision != todo.revision and len(todo.tables) < len(copied):
            raise MovedOn
        replica.execute("COMMIT")
    except BaseException:
        replica.execute("ROLLBACK")
        raise
    for name in statements:
        replica.execute(f"DROP TABLE IF EXISTS new_{name}")


# DuckDB 2.0 loses rows when one transaction inserts into a table many rows, then none, then a few:
# below, each table is inserted into once.


def _build(replica: duckdb.DuckDBPyConnection, exported: Exported, organisation: Organisation) -> None:
    """Fill an empty replica."""
    for name, reader in exported:
        replica.register("incoming", _dated(name, reader, organisation))
        if name in COPIES:
            replica.execute(f"INSERT INTO copies.{name} SELECT incoming.* FROM incoming{_OWN.get(name, '')}")
        else:
            replica.execute(f"CREATE OR REPLACE TEMP TABLE new_{name} AS FROM incoming")
        replica.unregister("incoming")
    # Sorted, because who asks for an event, or pages through customers, then reads a part only.
    replica.execute(f"INSERT INTO lines {lines_sql('true')} ORDER BY l.event_id")
    replica.execute(f"INSERT INTO consents {consents_sql('true')}")
    replica.execute(f"INSERT INTO traits {traits_sql('true', 'true', 'true')} ORDER BY c.id")


def _follow(
    replica: duckdb.DuckDBPyConnection, exported: Exported, organisation: Organisation, changed: Collection[str]
) -> None:
    """Apply what changed in some copies."""
    for name, reader in exported:
        replica.register("incoming", _dated(name, reader, organisation))
        replica.execute(f"CREATE OR REPLACE TEMP TABLE new_{name} AS FROM incoming")
        replica.unregister("incoming")
    for table in changed:
        replica.execute(
            f"CREATE OR REPLACE TEMP TABLE old_{table} AS FROM copies.{table} "
            f"WHERE id IN (SELECT id FROM new_{table} UNION ALL {_gone(table)})"
        )
        replica.execute(f"DELETE FROM copies.{table} WHERE id IN (SELECT id FROM old_{table})")
        new = f"new_{table}"
        replica.execute(f"INSERT INTO copies.{table} SELECT {new}.* FROM {new}{_OWN.get(table, '')}")
    _note_touched(replica, changed)
    _derive(replica)
    for table in changed:
        replica.execute(f"DROP TABLE old_{table}")


def _dated(name: str, reader: pa.RecordBatchReader, organisation: Organisation) -> pa.RecordBatchReader:
    return with_days(reader, DAYS[name], organisation.time_zone) if name in DAYS else reader


def _gone(table: str) -> str:
    return f"SELECT row_id FROM new_tombstones WHERE table_name = '{table}'"


def _note_touched(replica: duckdb.DuckDBPyConnection, changed: Collection[str]) -> None:
    """Name the orders and the customers whom changed rows are about, be it as they were or as they are."""
    orders = _concerned(_OF_ORDER, changed, "SELECT id FROM copies.orders WHERE false")
    replica.execute(f"CREATE OR REPLACE TEMP TABLE touched_orders AS SELECT DISTINCT * FROM ({orders}) AS t(id)")
    theirs = " UNION ALL ".join(
        f"SELECT customer FROM {table} WHERE {order} IN ({_TOUCHED_ORDERS})"
        for table, order in (("copies.orders", "id"), ("lines", "order_id"))
    )
    customers = _concerned(_OF_CUSTOMER, changed, theirs)
    replica.execute(f"CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT * FROM ({customers}) AS t(number)")


def _concerned(queries: Mapping[str, str], changed: Collection[str], more: str) -> str:
    both = (
        query.format(table=f"{state}_{table}")
        for table, query in queries.items()
        if table in changed
        for state in ("old", "new")
    )
    return " UNION ALL ".join([more, *both])


def _derive(replica: duckdb.DuckDBPyConnection) -> None:
    """Make what is derived anew for those who were touched."""
    replica.execute(f"DELETE FROM lines WHERE order_id IN ({_TOUCHED_ORDERS})")
    replica.execute(f"INSERT INTO lines {lines_sql(f'o.id IN ({_TOUCHED_ORDERS})')}")
    replica.execute(f"DELETE FROM consents WHERE customer IN ({TOUCHED})")
    replica.execute(f"INSERT INTO consents {consents_sql(f'customer IN ({TOUCHED})')}")
    replica.execute(f"DELETE FROM traits WHERE number IN ({TOUCHED})")
    among = {
        name: f"{column} IN ({TOUCHED})"
        for name, column in {"customers": "c.id", "orders": "o.customer", "lines": "l.customer"}.items()
    }
    replica.execute(f"INSERT INTO traits {traits_sql(**among)}")


def _note_revision(replica: duckdb.DuckDBPyConnection, organisation: Organisation, *, all_touched: bool) -> int:
    row = replica.execute("SELECT revision, store FROM new_head").fetchone()
    assert row is not None
    revision, store = row
    changes_from = revision
    if all_touched:
        replica.execute("DELETE FROM changes")
    else:
        oldest = max(revision - _KEPT_REVISIONS, 0)
        replica.execute("DELETE FROM changes WHERE revision <= ?", [oldest])
        replica.execute("INSERT INTO changes SELECT ?, number FROM touched", [revision])
        known = replica.execute("SELECT changes_from FROM meta").fetchone()
        changes_from = max(known[0] if known else revision, oldest)
    replica.execute("DELETE FROM meta")
    replica.execute(
        f"INSERT INTO meta VALUES (?, ?, ?, ?, ?, ?, ?, ({_HORIZON}), "
        "(SELECT coalesce(max(number), 0) FROM traits))",
        [
            LAYOUT, store, organisation.id, organisation.currency, organisation.time_zone, revision, changes_from,
        ],
    )  # fmt: skip
    return int(revision)


_HORIZON = """
    SELECT greatest((SELECT max(ordered_at) FROM copies.orders), (SELECT max(changed_at) FROM consents),
                    (SELECT max(registered_at) FROM traits), (SELECT max(changed_at) FROM carts))"""
"""The newest instant of any fact that a past day must not know."""
