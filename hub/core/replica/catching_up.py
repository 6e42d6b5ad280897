"""Brings a replica to the store's newest revision, touching only the customers that changed."""

import duckdb

from hub.core.replica.following import copied_rows, head, tombstones
from hub.core.replica.tables import COPIES, LAYOUT, TOUCHED, lines_sql, standing_consents_sql, traits_sql
from hub.core.store.database import Database
from hub.core.store.export import export
from hub.core.store.tables import Organisation

_KEPT_REVISIONS = 1000
"""How many revisions ``changes`` reaches back; whoever is older asks everything again."""

_OF_CUSTOMER = {
    "customers": "SELECT id FROM {table}",
    "orders": "SELECT customer FROM {table}",
    "consents": "SELECT customer FROM {table}",
    "customer_tags": "SELECT customer FROM {table}",
}
_OF_ORDER = {
    "orders": "SELECT id FROM {table}",
    "order_lines": "SELECT order_id FROM {table}",
    "events": "SELECT order_id FROM order_lines WHERE event_id IN (SELECT id FROM {table})",
    "products": "SELECT order_id FROM order_lines WHERE product_id IN (SELECT id FROM {table})",
}


def catch_up(
    replica: duckdb.DuckDBPyConnection, database: Database, organisation: Organisation, after: int, *, many: bool
) -> int:
    """Copy what changed after a revision and derive the rest anew for whom it concerns, in one transaction.

    Args:
        replica: a connection to the replica's tables.
        database: the store's.
        organisation: whose customers are copied.
        after: the revision the replica is at; 0 when it is empty.
        many: whether to expect many rows.

    Returns:
        The revision the replica is at now.
    """
    statements = {"head": head(), "tombstones": tombstones(after), **copied_rows(organisation, after)}
    replica.execute("BEGIN")
    try:
        for name, reader in export(database, statements, many=many):
            replica.register("incoming", reader)
            replica.execute(f"CREATE OR REPLACE TEMP TABLE new_{name} AS FROM incoming")
            replica.unregister("incoming")
        _apply(replica)
        _derive(replica)
        revision = _note_revision(replica, organisation, after)
        replica.execute("COMMIT")
    except BaseException:
        replica.execute("ROLLBACK")
        raise
    for name in statements:
        replica.execute(f"DROP TABLE IF EXISTS new_{name}")
    return revision


def _apply(replica: duckdb.DuckDBPyConnection) -> None:
    replica.execute("CREATE OR REPLACE TEMP TABLE touched_rows (number INTEGER)")
    replica.execute("CREATE OR REPLACE TEMP TABLE touched_orders (id INTEGER)")
    for table in COPIES:
        gone = f"SELECT row_id FROM new_tombstones WHERE table_name = '{table}'"
        replica.execute(
            f"CREATE OR REPLACE TEMP TABLE old AS FROM {table} "
            f"WHERE id IN (SELECT id FROM new_{table}) OR id IN ({gone})"
        )
        for source in ("old", f"new_{table}"):
            if table in _OF_CUSTOMER:
                replica.execute(f"INSERT INTO touched_rows {_OF_CUSTOMER[table].format(table=source)}")
            if table in _OF_ORDER:
                replica.execute(f"INSERT INTO touched_orders {_OF_ORDER[table].format(table=source)}")
        replica.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM old)")
        replica.execute(f"INSERT INTO {table} FROM new_{table}")


def _derive(replica: duckdb.DuckDBPyConnection) -> None:
    orders = "SELECT id FROM touched_orders"
    replica.execute(f"INSERT INTO touched_rows SELECT customer FROM orders WHERE id IN ({orders})")
    replica.execute(f"INSERT INTO touched_rows SELECT customer FROM lines WHERE order_id IN ({orders})")
    replica.execute("CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT number FROM touched_rows")
    replica.execute(f"DELETE FROM lines WHERE order_id IN ({orders})")
    replica.execute(f"INSERT INTO lines {lines_sql(f'o.id IN ({orders})')}")
    replica.execute(f"DELETE FROM standing_consents WHERE customer IN ({TOUCHED})")
    replica.execute(f"INSERT INTO standing_consents {standing_consents_sql(f'customer IN ({TOUCHED})')}")
    replica.execute(f"DELETE FROM traits WHERE number IN ({TOUCHED})")
    among = {
        name: f"{column} IN ({TOUCHED})"
        for name, column in {"customers": "c.id", "orders": "o.customer", "lines": "l.customer"}.items()
    }
    replica.execute(f"INSERT INTO traits {traits_sql(**among)}")


def _note_revision(replica: duckdb.DuckDBPyConnection, organisation: Organisation, after: int) -> int:
    row = replica.execute("SELECT revision, store FROM new_head").fetchone()
    assert row is not None
    revision, store = row
    changes_from = revision
    if after:
        oldest = max(revision - _KEPT_REVISIONS, 0)
        replica.execute("DELETE FROM changes WHERE revision <= ?", [oldest])
        replica.execute("INSERT INTO changes SELECT ?, number FROM touched", [revision])
        known = replica.execute("SELECT changes_from FROM meta").fetchone()
        changes_from = max(known[0] if known else revision, oldest)
    replica.execute("DELETE FROM meta")
    horizon = """
        SELECT greatest((SELECT max(ordered_at) FROM orders), (SELECT max(changed_at) FROM standing_consents))"""
    replica.execute(
        f"INSERT INTO meta VALUES (?, ?, ?, ?, ?, ?, ({horizon}))",
        [LAYOUT, store, organisation.id, organisation.currency, revision, changes_from],
    )
    return int(revision)
