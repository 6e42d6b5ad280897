"""Queries over the outbox cost what waits in it, and not what ever was in it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.core.store import outbox
from hub.core.store.database import Database
from hub.core.store.schema import prepare

NOW = datetime(2026, 5, 6, tzinfo=UTC)


def test_what_waits_is_found_by_its_index(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    prepare(database)
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    sa.event.listen(database.engine, "before_cursor_execute", note)
    with database.writing() as connection:
        for newsletter in (1, None):
            outbox.waiting(connection, newsletter, 1, NOW, limit=5)
            outbox.next_due(connection, newsletter)
            outbox.open_connections(connection, newsletter)
            outbox.strand(connection, newsletter, 1, None, repeatable=False)
        outbox.cancel(connection, 1)
        of_messages = [one for one in asked if " messages" in one[0]]
        assert len(of_messages) == 9
        for statement, parameters in of_messages:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            assert "USING INDEX ix_messages_open" in plan[0][3], statement
    database.close()
