"""Connected sources and files over the API: what is imported, when, and what could not be taken."""

import csv
import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

import hub as public
from hub.api.body_limit import LARGEST_BODY
from hub.api.routes.csv_imports import _KIND
from hub.core.app import Hub
from hub.core.contracts.records import RECORDS
from hub.core.registry.reports import Kind

HEADER = "id,email,registered_at\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "guests.csv"
    path.write_text(f"{HEADER}g1,g1@example.com,2024-01-01\n")
    return path


@pytest.fixture
def source(api: httpx.Client, hub: Hub, file: Path) -> dict[str, Any]:
    """A connected source that reads the file."""
    name = f"desk {file.parent.name}"
    hub.connections.connect("csv", name, {"path": str(file), "kind": "customers"})
    found: dict[str, Any]
    (found,) = [one for one in api.get("/imports").json()["items"] if one["name"] == name]
    return found


def ended(api: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    while True:
        run: dict[str, Any] = api.get(answer.headers["Location"].removeprefix("/api/v1")).json()
        if run["status"] != "running":
            return run
        time.sleep(0.01)


def test_a_source_is_imported_in_the_background(api: httpx.Client, source: dict[str, Any], file: Path) -> None:
    assert source["last_import"] is None
    runs = f"/imports/{source['id']}/runs"
    first = ended(api, api.post(runs))
    assert (first["status"], first["message"]) == ("succeeded", "1 new, 0 changed, 0 deleted")
    file.write_text(f"{HEADER}g1,g1@example.com,2024-01-01\n" + "g2,g2@example.com,=never()\n" * 3)
    second = ended(api, api.post(runs, json={"approved": True}))
    assert (second["status"], second["rejected"]) == ("partial", 3)
    assert api.get(f"/imports/{source['id']}").json()["last_import"] == second

    page = api.get(runs, params={"limit": 1}).json()
    assert page["items"] == [second]
    assert api.get(runs, params={"limit": 1, "cursor": page["next_cursor"]}).json()["items"] == [first]

    rejected = f"/imports/runs/{second['id']}/rejections"
    page = api.get(rejected, params={"limit": 2}).json()
    assert [(one["line"], one["field"]) for one in page["items"]] == [(3, "registered_at"), (4, "registered_at")]
    assert page["not_kept"] == 0
    rest = api.get(rejected, params={"cursor": page["next_cursor"]}).json()
    assert [one["line"] for one in rest["items"]] == [5]
    assert rest["next_cursor"] is None
    download = api.get(f"{rejected}.csv")
    assert download.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(download.text)))
    assert [row["line"] for row in rows] == ["3", "4", "5"]


def test_a_source_that_can_not_be_read_is_told_by_its_run(
    api: httpx.Client, source: dict[str, Any], file: Path
) -> None:
    file.unlink()
    run = ended(api, api.post(f"/imports/{source['id']}/runs"))
    assert run["status"] == "failed"
    assert "guests.csv" in run["message"]
    over = api.post(f"/imports/runs/{run['id']}/cancel")
    assert (over.status_code, over.json()["detail"]) == (
        409,
        f"the import {run['id']} is over: it ended as failed",
    )


def test_one_at_a_time_and_cancelled(
    api: httpx.Client, hub: Hub, source: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, go_on = threading.Event(), threading.Event()

    class Slow:
        def check(self) -> None: ...

        def read(self, cursor: str | None) -> Iterator[public.Batch]:
            yield public.Batch.of(public.CustomerRecord(id="s1"))
            entered.set()
            assert go_on.wait(60)
            yield public.Batch.of(public.CustomerRecord(id="s2"))

    monkeypatch.setattr(hub.sources._puller, "_make_source", lambda _connection: Slow())
    monkeypatch.setattr(hub.imports, "_plugin_of", lambda _kind: "slow")
    started = api.post(f"/imports/{source['id']}/runs")
    assert entered.wait(60)
    assert api.post(f"/imports/{source['id']}/runs").status_code == 409
    cancelled = api.post(f"/imports/runs/{started.json()['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["cancel_requested"]) == (202, True)
    go_on.set()
    run = ended(api, started)
    assert (run["status"], run["new"]) == ("cancelled", 1)


def test_a_source_is_scheduled(api: httpx.Client, source: dict[str, Any]) -> None:
    path = f"/imports/{source['id']}"
    assert api.patch(path, json={"schedule": "every hour"}).json()["schedule"] == "every hour"
    both = api.patch(path, json={"paused": True}).json()
    assert (both["schedule"], both["paused"]) == ("every hour", True)
    assert api.patch(path, json={"schedule": None}).json()["schedule"] is None
    refused = api.patch(path, json={"schedule": "sometimes"})
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (422, "refused")
    assert api.patch(path, json={"name": "other"}).status_code == 422


def test_what_is_no_source_is_not_found(api: httpx.Client, hub: Hub) -> None:
    sink = hub.connections.connect("csv", "files", {}, kind=Kind.AUDIENCE_SINK)
    for path in (f"/imports/{sink.id}", "/imports/999", "/imports/runs/999", "/imports/runs/999/rejections.csv"):
        assert api.get(path).status_code == 404, path


def send(api: httpx.Client, content: bytes | Iterator[bytes], **query: Any) -> httpx.Response:
    return api.post("/imports/csv", params=query, content=content, headers={"Content-Type": "text/csv"})


def test_a_file_is_imported_with_a_report(api: httpx.Client, hub: Hub) -> None:
    content = b"Nummer;Mail;seit\nf1;f1@example.com;01.02.2024\nf2;f2@example.com;nie\n"
    query = {"kind": "customers", "map": ["id=Nummer", "email=Mail", "registered_at=seit"], "source": "upload"}
    tried = send(api, content, **query, dry_run=True).json()
    assert tried["dry_run"] is True
    assert tried["kinds"] == [{"kind": "customers", "new": 1, "changed": 0, "unchanged": 0}]
    done = send(api, content, **query).json()
    assert done["kinds"] == tried["kinds"]
    assert done["rejected"] == 1
    assert [(row["line"], row["field"]) for row in done["rejected_rows"]] == [(3, "registered_at")]
    assert done["detected"]["delimiter"] == ";"
    again = send(api, content.replace(b"f1@", b"other@"), **query).json()
    assert again["kinds"] == [{"kind": "customers", "new": 0, "changed": 1, "unchanged": 0}]


def test_a_large_file_is_taken_where_a_large_body_is_not(api: httpx.Client) -> None:
    rows = LARGEST_BODY // 40
    content = ("id,email\n" + "".join(f"big{n},big{n}@example.com{' ' * 20}\n" for n in range(rows))).encode()
    assert len(content) > LARGEST_BODY
    pieces = (content[place : place + 65_536] for place in range(0, len(content), 65_536))
    report = send(api, pieces, kind="customers", source="big", dry_run=True).json()
    assert report["kinds"][0]["new"] == rows


@pytest.mark.parametrize(
    ("content", "query", "status", "said"),
    [
        (b"", {"kind": "customers"}, None, ""),
        (b"id\n1\n", {}, 422, "kind"),
        (b"id\n1\n", {"kind": "elephants"}, 422, "kind"),
        (b"id\n1\n", {"kind": "customers", "map": "idd=id"}, 422, "no field 'idd'"),
        (b"id\n1\n", {"kind": "customers", "map": "id"}, 422, "FIELD=COLUMN"),
        (b"id\n1\n", {"kind": "customers", "encoding": "klingon"}, None, "klingon"),
        (b"\x00\x01\x02" * 50, {"kind": "customers"}, None, ""),
    ],
)
def test_a_file_that_can_not_be_read_is_told(
    api: httpx.Client, content: bytes, query: dict[str, str], status: int | None, said: str
) -> None:
    answer = send(api, content, **query)
    assert answer.status_code in ((400, 422) if status is None else (status,)), answer.text
    assert said in answer.json()["detail"]
    assert "/" not in answer.json()["detail"].replace("text/csv", "")
    assert "upload.csv" not in answer.text


def test_only_csv_is_taken(api: httpx.Client) -> None:
    answer = api.post("/imports/csv", params={"kind": "customers"}, json={})
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (415, "wrong-media-type")


def test_every_kind_can_be_sent() -> None:
    assert set(get_args(_KIND)) == set(RECORDS)


def test_scheduled_sources_are_jobs(hub: Hub, source: dict[str, Any]) -> None:
    found = hub.sources.of_id(source["id"])
    name = f"import {found.id}"
    assert name not in {job.name for job in hub.jobs.all()}
    hub.sources.schedule(found, "every 15 minutes")
    (job,) = [job for job in hub.jobs.all() if job.name == name]
    assert job.last_started == found.created_at
    job.work()
    (run,) = hub.sources.history(found)
    assert run.status == "succeeded"
    (job,) = [job for job in hub.jobs.all() if job.name == name]
    assert job.last_started == run.started_at
    hub.sources.pause(found, paused=True)
    assert name not in {job.name for job in hub.jobs.all()}
