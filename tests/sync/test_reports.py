"""Reports on syncs: nobody is left out or told twice, whoever is gone has no external id, on both databases."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import Batch, CustomerRecord
from hub.core.app import Hub, make_home, open_hub
from hub.core.contracts.errors import InUse
from hub.core.ingest.ingest import Ingest
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, SyncRejection
from hub.core.sync import reports
from hub.core.sync.previewing import Change, ChangeGroup, Changes, Preview
from hub.core.sync.reports import SyncReports

GROUPS = st.lists(
    st.builds(
        lambda change, reason, numbers: ChangeGroup(change, reason, np.asarray(sorted(numbers), np.int64)),
        st.sampled_from(Change),
        st.sampled_from(["", "=1+1", 'a "reason"']),
        st.sets(st.integers(1, 12), max_size=12),
    ),
    max_size=4,
)


@pytest.fixture
def hub(store_url: str, tmp_path: Path) -> Iterator[Hub]:
    """A hub with four customers in a segment with a view, connected to a folder of files."""
    home = tmp_path / "home"
    make_home(home, Organisation(name="T", time_zone="Europe/Berlin", currency="EUR", country="DE"), store_url)
    opened = open_hub(home)
    records = (CustomerRecord(id=f"C-{number}", city="Graz" if number % 2 else "Linz") for number in range(1, 5))
    list(Ingest(opened.database, opened.organisation, "tests", opened.clock).store([Batch.of(*records)]))
    opened.views.create(opened.segments.create("All", "everyone"), "Graz", 'city = "Graz"')
    opened.connections.connect("csv", "files", {"folder": "out"})
    yield opened
    opened.close()


def test_a_sync_of_a_view_is_reported_and_keeps_the_view(hub: Hub) -> None:
    sync = hub.syncs.create("s", "All", "files", view="Graz", permission=None)
    found = b"".join(hub.sync_reports.changes(hub.syncs.preview(sync))).decode()
    assert found == 'number,external_id,change,reason\n1,"C-1","add",\n3,"C-3","add",\n'
    run = hub.syncs.run(sync)
    assert run.id is not None
    with hub.database.session(write=True) as session:
        session.add_all(
            SyncRejection(run_id=run.id, customer_number=number, reason="=no", permanent=number == 1)
            for number in (3, 1, 99)
        )
    rows = b"".join(hub.sync_reports.rejections([run, run])).decode().splitlines()
    own = [f'{run.id},3,"C-3","\'=no",false', f'{run.id},1,"C-1","\'=no",true', f'{run.id},99,,"\'=no",false']
    assert rows == ["run,number,external_id,reason,permanent", *own, *own]
    view = hub.views.of_id(sync.view_id or 0)
    with pytest.raises(InUse, match="used by the sync 's'; remove that first"):
        hub.views.remove(view)
    hub.syncs.remove(sync, leave_members=True)
    hub.views.remove(view)


@pytest.fixture
def nowhere(sqlite_url: str) -> Iterator[SyncReports]:
    """Reports of a store without customers."""
    organisation = Organisation(id=1, name="T", time_zone="Europe/Berlin", currency="EUR", country="DE")
    database = Database(sqlite_url)
    yield SyncReports(database, organisation)
    database.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GROUPS, st.none() | st.sampled_from(Change), st.integers(5, 30))
def test_every_change_is_written_once(
    nowhere: SyncReports,
    monkeypatch: pytest.MonkeyPatch,
    groups: list[ChangeGroup],
    kind: Change | None,
    piece: int,
) -> None:
    monkeypatch.setattr(reports, "_PIECE", piece)
    preview = Preview(0, 0, 0, 0, 0, 0, None, {}, Changes(groups))
    rows = list(csv.DictReader(b"".join(nowhere.changes(preview, kind)).decode().splitlines()))
    written = [(int(row["number"]), row["change"], row["reason"].removeprefix("'")) for row in rows]
    expected = [
        (int(number), group.change.value, group.reason)
        for group in groups
        for number in group.numbers
        if kind in (None, group.change)
    ]
    assert sorted(written) == sorted(expected)
    assert [number for number, *_ in written] == sorted(number for number, *_ in written)
