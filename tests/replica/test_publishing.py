"""What is published is whole, of one revision, and only ever replaced by something whole."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import filelock
import pyarrow.parquet as pq
import pytest

from hub import (
    Batch,
    ConsentRecord,
    CustomerRecord,
    EventRecord,
    OrderLineRecord,
    OrderRecord,
    Record,
    TagRecord,
)
from hub.core.contracts.errors import InputError, InUse, NotFound, StoreError
from hub.core.contracts.relations import COLUMNS
from hub.core.ingest.ingest import Ingest
from hub.core.replica.publication import CURRENT, MANIFEST, PUBLISHED, newest_publication
from hub.core.replica.publishing import publish
from hub.core.replica.replica import Replica
from hub.core.store.database import Database
from hub.core.store.tables import Organisation

NOON = datetime(2024, 6, 15, 10, tzinfo=UTC)
FACTS = (
    CustomerRecord(id="1", city="Köln", latitude=50.9),
    CustomerRecord(id="2", first_name="Ada"),
    OrderRecord(id="o1", customer="1", ordered_at=NOON, total=Decimal("12.50")),
    OrderLineRecord(id="1", order="o1", event="e1", quantity=2),
    EventRecord(id="e1", category="opera"),
    ConsentRecord(customer="1", permission="newsletter", at=datetime(2024, 1, 1, tzinfo=UTC)),
    ConsentRecord(customer="1", permission="newsletter", given=False, at=NOON),
    TagRecord(customer="2", tag="vip"),
)


class Publishing:
    """A store with facts, its replica, and a folder."""

    def __init__(self, database: Database, organisation: Organisation, folder: Path) -> None:
        self.database = database
        self.organisation = organisation
        self.folder = folder
        self.replica = Replica(database, organisation, None)

    def bring(self, *records: Record) -> None:
        list(Ingest(self.database, self.organisation, "test").store([Batch.of(*records)]))

    def publications(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir())


@pytest.fixture
def publishing(
    sqlite_url: str, make_theatre: Callable[[Database], Organisation], tmp_path: Path
) -> Iterator[Publishing]:
    database = Database(sqlite_url)
    made = Publishing(database, make_theatre(database), tmp_path / "it's published")
    made.bring(*FACTS)
    yield made
    made.replica.close()
    database.close()


def test_a_store_on_either_database_is_published(
    database: Database, organisation: Organisation, tmp_path: Path
) -> None:
    made = Publishing(database, organisation, tmp_path / "published")
    made.bring(*FACTS)
    rows = publish(made.replica, made.folder).manifest.rows
    made.replica.close()
    assert {name: count for name, count in rows.items() if count} == {
        "traits": 2, "orders": 1, "lines": 1, "events": 1, "consents": 1, "tags": 1, "consent_log": 2,
    }  # fmt: skip


def test_what_is_published_is_what_the_replica_holds(publishing: Publishing) -> None:
    told: dict[str, int] = {}
    made = publish(publishing.replica, publishing.folder, told.__setitem__, lambda: NOON)
    assert newest_publication(publishing.folder) == made
    assert told == made.manifest.rows
    for relation, columns in COLUMNS.items():
        table = pq.read_table(made.folder / relation)
        assert table.column_names == list(columns)
        expected = publishing.replica.rows(f"FROM {relation}")
        assert sorted(map(repr, zip(*table.to_pydict().values(), strict=True))) == sorted(map(repr, expected))
        assert made.manifest.rows[relation] == len(expected)
    said = made.manifest
    assert (said.organisation, said.currency, said.time_zone) == (
        publishing.organisation.id, "EUR", "Europe/Berlin",
    )  # fmt: skip
    assert said.revision == publishing.replica.revision
    assert said.horizon == int(NOON.timestamp())
    assert said.published_at == "2024-06-15T10:00:00+00:00"


def test_the_whole_log_of_consents_is_published(publishing: Publishing) -> None:
    made = publish(publishing.replica, publishing.folder)
    log = pq.read_table(made.folder / "consent_log").sort_by("position")
    assert log["given"].to_pylist() == [True, False]
    assert set(PUBLISHED) == {*COLUMNS, "consent_log"}


def test_a_large_relation_is_written_as_several_files(
    publishing: Publishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.core.replica.publishing._ROWS_A_GROUP", 2048)
    monkeypatch.setattr("hub.core.replica.publishing._GROUPS_A_FILE", 2)
    publishing.bring(*(CustomerRecord(id=f"c{number}") for number in range(9000)))
    made = publish(publishing.replica, publishing.folder)
    files = sorted((made.folder / "traits").glob("*.parquet"))
    assert len(files) > 1
    assert sum(pq.read_metadata(file).num_rows for file in files) == 9002
    assert pq.read_metadata(files[0]).row_group(0).column(0).compression == "ZSTD"


def test_the_newest_two_stay(publishing: Publishing) -> None:
    made = []
    for city in ("Bonn", "Jena", "Kiel", "Ulm"):
        publishing.bring(CustomerRecord(id="1", city=city))
        made.append(publish(publishing.replica, publishing.folder))
        assert newest_publication(publishing.folder) == made[-1]
        assert publishing.publications() == sorted(one.name for one in made[-2:])
    assert made[-1].manifest.revision > made[0].manifest.revision


def test_it_brings_the_replica_up_to_date(publishing: Publishing) -> None:
    first = publish(publishing.replica, publishing.folder)
    publishing.bring(CustomerRecord(id="3"))
    second = publish(publishing.replica, publishing.folder)
    assert (first.manifest.rows["traits"], second.manifest.rows["traits"]) == (2, 3)


def test_a_failure_leaves_the_publication_before(publishing: Publishing) -> None:
    before = publish(publishing.replica, publishing.folder)

    def full(relation: str, _rows: int) -> None:
        if relation == "lines":
            raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="No space left"):
        publish(publishing.replica, publishing.folder, full)
    assert newest_publication(publishing.folder) == before
    assert publishing.publications() == [before.name]
    publish(publishing.replica, publishing.folder)


KILLED = """
import os, sys
from pathlib import Path
from hub.core.replica.publishing import publish
from hub.core.replica.replica import Replica
from hub.core.store.database import Database
from hub.core.store.organisations import first_organisation
database = Database(sys.argv[1])
replica = Replica(database, first_organisation(database), None)
def die(relation, rows):
    if relation == "lines":
        os._exit(9)
publish(replica, Path(sys.argv[2]), die)
"""


@pytest.mark.parametrize("published_before", [False, True])
def test_a_crash_leaves_nothing_half_done_in_use(publishing: Publishing, *, published_before: bool) -> None:
    if published_before:
        before = publish(publishing.replica, publishing.folder)
    url = publishing.database.url.render_as_string(hide_password=False)
    ended = subprocess.run([sys.executable, "-c", KILLED, url, str(publishing.folder)], check=False, timeout=60)
    assert ended.returncode == 9
    if published_before:
        assert newest_publication(publishing.folder) == before
    else:
        with pytest.raises(NotFound, match="hub replica publish"):
            newest_publication(publishing.folder)
    after = publish(publishing.replica, publishing.folder)
    assert newest_publication(publishing.folder) == after
    assert publishing.publications() == sorted([after.name, *([before.name] if published_before else [])])


def test_a_folder_with_other_files_is_refused(publishing: Publishing) -> None:
    publishing.folder.mkdir()
    (publishing.folder / "letter.txt").write_text("Dear Ada")
    with pytest.raises(InputError, match="holds other files; name a new or empty folder"):
        publish(publishing.replica, publishing.folder)
    assert [path.name for path in publishing.folder.iterdir()] == ["letter.txt"]


def test_another_hubs_folder_is_refused(publishing: Publishing) -> None:
    publish(publishing.replica, publishing.folder)
    owner = publishing.folder / "audience-hub.json"
    owner.write_text(json.dumps({**json.loads(owner.read_text()), "store": "another"}))
    before = publishing.publications()
    with pytest.raises(InputError, match="another hub"):
        publish(publishing.replica, publishing.folder)
    assert publishing.publications() == before


def test_what_else_lies_in_the_folder_is_left_alone(publishing: Publishing) -> None:
    publish(publishing.replica, publishing.folder)
    (publishing.folder / "notes").mkdir()
    for _ in range(3):
        publish(publishing.replica, publishing.folder)
    assert (publishing.folder / "notes").is_dir()


def test_only_one_publishes_at_a_time(publishing: Publishing) -> None:
    publish(publishing.replica, publishing.folder)
    with filelock.FileLock(publishing.folder / ".lock"), pytest.raises(InUse, match="just now"):
        publish(publishing.replica, publishing.folder)


@pytest.mark.skipif(
    os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="an administrator may write anywhere"
)
def test_a_folder_that_cant_be_written_is_told(publishing: Publishing) -> None:
    publishing.folder.mkdir(mode=0o500)
    with pytest.raises(StoreError, match="Permission denied"):
        publish(publishing.replica, publishing.folder)


def test_a_file_in_the_folders_place_is_told(publishing: Publishing) -> None:
    publishing.folder.write_text("a file")
    with pytest.raises(StoreError, match="nothing can be published in"):
        publish(publishing.replica, publishing.folder)


def test_a_manifest_that_cant_be_read_is_told(publishing: Publishing) -> None:
    made = publish(publishing.replica, publishing.folder)
    manifest = made.folder / MANIFEST
    text = manifest.read_text()
    manifest.write_text(json.dumps({**json.loads(text), "layout": 99}))
    with pytest.raises(InputError, match="another version of the hub"):
        newest_publication(publishing.folder)
    manifest.write_text(text[:20])
    with pytest.raises(InputError, match="publish anew"):
        newest_publication(publishing.folder)
    (publishing.folder / CURRENT).write_text("{}")
    with pytest.raises(InputError, match="publish anew"):
        newest_publication(publishing.folder)


def test_a_change_meanwhile_is_not_in_it(publishing: Publishing) -> None:
    """All relations are of one revision, though the replica follows on while they are written."""

    def meanwhile(relation: str, _rows: int) -> None:
        if relation == "traits":
            publishing.bring(
                CustomerRecord(id="9"), OrderRecord(id="o9", customer="9", ordered_at=NOON, total=Decimal(1))
            )
            publishing.replica.refresh()

    made = publish(publishing.replica, publishing.folder, meanwhile)
    assert made.manifest.rows["orders"] == 1
    assert made.manifest.revision < publishing.replica.revision


def test_duckdb_reads_it_alike(publishing: Publishing) -> None:
    made = publish(publishing.replica, publishing.folder)
    pattern = str(made.folder / "lines" / "*.parquet").replace("'", "''")
    with duckdb.connect() as reader:
        assert reader.sql(f"SELECT quantity, category FROM '{pattern}'").fetchall() == [(2, "opera")]
