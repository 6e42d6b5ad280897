"""Previews over HTTP: counts, objections, refusals, and who is concerned, page by page and as a file."""

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hub.api.cursors import write_cursor
from hub.core.app import Hub
from hub.core.contracts.records import Batch, ConsentRecord, CustomerRecord, Record, TagRecord
from hub.core.ingest.ingest import Ingest

Make = Callable[..., dict[str, Any]]
Ended = Callable[[int], dict[str, Any]]
WITHHELD = "it did not give the permission this sync asks for"


def bring(hub: Hub, *records: Record) -> None:
    list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([Batch.of(*records)]))


def paged(api: httpx.Client, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    """Everything that a list holds."""
    while True:
        answer = api.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= parameters.get("limit", 100)
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        parameters["cursor"] = page["next_cursor"]


def test_a_preview_tells_what_a_run_would_do_and_sends_nothing(
    api: httpx.Client, make_sync: Make, platform: Any
) -> None:
    sync = make_sync("preview", permission="newsletter")
    assert api.get(f"/syncs/{sync['id']}/preview").json() == {
        "to_add": 30, "to_update": 0, "to_remove": 0, "must_go": 0, "held": 0, "unreachable": 30,
        "objection": None, "rejections": [{"reason": WITHHELD, "count": 30}],
    }  # fmt: skip
    assert "of preview" not in platform.held


@pytest.fixture
def moved(api: httpx.Client, hub: Hub, make_sync: Make, ended: Ended) -> dict[str, Any]:
    """A sync that ran, before one came, one left, one changed name and one withdrew."""
    names = [f"M-{number}" for number in range(1, 8)]
    bring(
        hub,
        *(CustomerRecord(id=name, email=f"{name.lower()}@example.com") for name in names),
        *(TagRecord(customer=name, tag="moving") for name in names[:6]),
        *(ConsentRecord(customer=name, permission="moves", at=datetime(2025, 1, 1, tzinfo=UTC)) for name in names),
    )
    sync = make_sync("moved", 'tag "moving"', permission="moves")
    assert ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])["added"] >= 5
    bring(
        hub,
        TagRecord(customer="M-7", tag="moving"),
        TagRecord(customer="M-1", tag="moving", present=False),
        CustomerRecord(id="M-2", email="moved@example.com"),
        ConsentRecord(customer="M-3", permission="moves", given=False, at=datetime(2025, 2, 1, tzinfo=UTC)),
    )
    return sync


def test_who_is_concerned_is_listed_page_by_page_and_as_a_file(api: httpx.Client, moved: dict[str, Any]) -> None:
    path = f"/syncs/{moved['id']}/preview/changes"
    everything = list(paged(api, path))
    by_name = {(one["external_id"], one["change"]): one["reason"] for one in everything}
    assert by_name[("M-7", "add")] is None
    assert by_name[("M-1", "remove")] == "the customer left the segment"
    assert by_name[("M-3", "remove")] == "the customer may not be there any more"
    assert by_name[("M-3", "reject")] == WITHHELD
    assert [one["number"] for one in everything] == sorted(one["number"] for one in everything)
    for limit in (1, 2, 3):
        assert list(paged(api, path, limit=limit)) == everything
    for kind in ("add", "update", "remove", "reject"):
        assert list(paged(api, path, change=kind, limit=1)) == [one for one in everything if one["change"] == kind]
    file = api.get(f"{path}.csv")
    assert file.headers["Content-Disposition"] == f'attachment; filename="sync-{moved["id"]}-changes.csv"'
    rows = list(csv.DictReader(file.text.splitlines()))
    assert rows == [{name: str(value or "") for name, value in one.items()} for one in everything]
    only = csv.DictReader(api.get(f"{path}.csv", params={"change": "remove"}).text.splitlines())
    assert [row["external_id"] for row in only] == ["M-1", "M-3"]


def test_a_cursor_of_another_list_is_refused(api: httpx.Client, make_sync: Make) -> None:
    path = f"/syncs/{make_sync('cursors')['id']}/preview/changes"
    cursor = api.get(path, params={"limit": 1}).json()["next_cursor"]
    assert api.get(path, params={"cursor": cursor}).status_code == 200
    assert api.get(path, params={"cursor": cursor, "change": "add"}).status_code == 400
    of = path.split("/")[2]
    wrong: list[Any] = [[True, 0], [1, -1], [1, 1_001], [2**31, 0], [1], 1, "1", ["1", 0]]
    for place in wrong:
        assert api.get(path, params={"cursor": write_cursor(f"changes {of} None", place)}).status_code == 400
    assert api.get(path, params={"change": "wipe"}).status_code == 422
    assert api.get("/syncs/999999/preview/changes.csv").status_code == 404


def test_a_preview_tells_that_a_run_would_ask(api: httpx.Client, hub: Hub, make_sync: Make, ended: Ended) -> None:
    names = [f"E-{number}" for number in range(1, 4)]
    bring(
        hub,
        *(CustomerRecord(id=name, email=f"{name.lower()}@example.com") for name in names),
        *(TagRecord(customer=name, tag="emptied") for name in names),
    )
    sync = make_sync("emptied", 'tag "emptied"')
    run = f"/syncs/{sync['id']}/runs"
    first = ended(api.post(run).json()["id"])
    bring(hub, *(TagRecord(customer=name, tag="emptied", present=False) for name in names))
    told = api.get(f"/syncs/{sync['id']}/preview").json()
    assert told["objection"].startswith(f"the segment is empty, and all {first['added']} members would leave")
    held = ended(api.post(run).json()["id"])
    assert (held["status"], held["message"], held["removed"]) == ("held", told["objection"], 0)
    assert ended(api.post(run, json={"approved": True}).json()["id"])["removed"] == first["added"]


def test_a_sync_that_reaches_nobody_says_so(api: httpx.Client, make_sync: Make, ended: Ended) -> None:
    sync = make_sync("unreached", permission="telepathy")
    run = ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])
    assert (run["status"], run["added"]) == ("succeeded", 0)
    assert "none of its members can be sent" in run["message"]
