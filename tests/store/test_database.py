"""The store says plainly what is wrong with it, waits for others, and loses nothing to a second SQLite."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub import Batch, CustomerRecord, TryAgain
from hub.core.contracts.errors import StoreError
from hub.core.ingest.ingest import Ingest
from hub.core.replica.following import copied_rows
from hub.core.store.database import Database
from hub.core.store.export import export
from hub.core.store.schema import HEAD, prepare, version_of
from hub.core.store.tables import Organisation, metadata

ROOT = Path(__file__).parents[2]


def test_a_new_store_has_every_table(database: Database) -> None:
    assert version_of(database) == HEAD
    with database.reading() as connection:
        there = set(sa.inspect(connection).get_table_names())
    assert set(metadata.tables) <= there


def test_migrations_and_models_agree(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_store_of_a_newer_version_is_refused(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version of Audience Hub"):
        prepare(database)


def test_a_locked_store_is_waited_for_and_then_named(sqlite_url: str) -> None:
    impatient = Database(sqlite_url, busy_seconds=0.2)
    other = Database(sqlite_url)
    with other.writing(), pytest.raises(TryAgain, match="locked by another process"), impatient.writing():
        pass
    impatient.close()
    other.close()


def test_a_row_another_holds_is_waited_for_and_then_named(postgres_url: str) -> None:
    impatient = Database(postgres_url, busy_seconds=0.2)
    other = Database(postgres_url)
    counter = sa.text("UPDATE revision SET value = value + 1")
    with other.writing() as holding:
        holding.execute(counter)
        with pytest.raises(TryAgain, match="locked by another process"), impatient.writing() as waiting:
            waiting.execute(counter)
    impatient.close()
    other.close()


def test_a_store_that_may_not_be_written_is_named(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    sa.event.listen(database.engine, "connect", lambda driver, _: driver.execute("PRAGMA query_only = ON"))
    with pytest.raises(StoreError, match="read-only"), database.writing() as connection:
        connection.execute(sa.text("UPDATE revision SET value = 1"))
    database.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:////nowhere/at/all/hub.sqlite", "can't be opened"),
        ("mysql://somewhere/hub", "can't be kept in 'mysql'"),
        ("no url at all", "can't be read"),
        ("postgresql://nobody:secret@127.0.0.1:1/hub", "can't be reached"),
    ],
)
def test_a_store_that_is_not_there_is_named(url: str, sentence: str) -> None:
    with pytest.raises((StoreError, TryAgain), match=sentence) as caught:
        version_of(Database(url))
    assert "secret" not in str(caught.value)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "hub.sqlite"
    file.write_bytes(b"no database at all" * 1000)
    with pytest.raises(StoreError, match="damaged"):
        version_of(Database(f"sqlite:///{file}"))


def test_bulk_reading_loses_no_committed_rows(
    sqlite_url: str, make_theatre: Callable[[Database], Organisation]
) -> None:
    """ADBC's own SQLite in this process would drop our locks and lose what is still in the write-ahead log."""
    database = Database(sqlite_url)
    theatre = make_theatre(database)
    ingest = Ingest(database, theatre, "test")
    with sqlite3.connect(database.path) as held:
        held.execute("BEGIN")
        for number in range(5):
            list(ingest.store([Batch.of(CustomerRecord(id=str(number), city="Öd\x01e", latitude=0.5))]))
            statement = copied_rows(theatre, 0)["customers"]
            ((_, rows),) = [
                (name, rows.read_all()) for name, rows in export(database, {"customers": statement}, many=True)
            ]
            assert rows.num_rows == number + 1
            assert rows["city"].to_pylist() == ["Öd\x01e"] * (number + 1)
            assert rows["longitude"].to_pylist() == [None] * (number + 1)
    held.close()
    database.close()
    count = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM customers'))"
    command = [sys.executable, "-c", count, str(database.path)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "(5,)"


def test_only_the_two_safe_places_load_a_second_sqlite() -> None:
    users = {path.name for path in (ROOT / "hub").rglob("*.py") if "import adbc_driver_sqlite" in path.read_text()}
    assert users == {"staging.py", "export_process.py"}


def test_a_reader_that_fails_in_its_process_says_why(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    wrong = sa.select(sa.column("nothing", sa.Integer)).select_from(sa.table("nowhere"))
    with pytest.raises(StoreError, match="nowhere"):
        list(export(database, {"wrong": wrong}, many=True))
    database.close()
