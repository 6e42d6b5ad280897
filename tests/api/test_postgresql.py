"""The same on PostgreSQL: what that database refuses to keep is refused before it gets there."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from hub.api.application import make_application
from hub.api.cursors import write_cursor
from hub.core.access.tokens import Scope
from hub.core.app import make_home, open_hub
from hub.core.contracts.records import Batch, CustomerRecord
from hub.core.ingest.ingest import Ingest
from hub.core.store.tables import Organisation


@pytest.fixture
def on_postgresql(
    postgres_url: str, tmp_path: Path, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> Iterator[httpx.Client]:
    """A client of a hub with three customers on PostgreSQL."""
    home = tmp_path / "home"
    make_home(
        home, Organisation(name="Kino", time_zone="Europe/Paris", currency="EUR", country="FR"), postgres_url
    )
    hub = open_hub(home)
    batch = Batch.of(*(CustomerRecord(id=f"C-{number}", first_name="=1") for number in range(3)))
    list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([batch]))
    headers = {"Authorization": f"Bearer {hub.tokens.create('tests', list(Scope))}"}
    with (
        serve(make_application(hub)) as address,
        httpx.Client(base_url=f"{address}/api/v1", headers=headers, trust_env=False, timeout=60) as client,
    ):
        yield client
    hub.close()


def test_segments_live_and_pages_turn(on_postgresql: httpx.Client) -> None:
    api = on_postgresql
    for name in ("b", "A", "ç"):
        assert api.post("/segments", json={"name": name, "text": "everyone"}).status_code == 201
    first = api.get("/segments", params={"limit": 2}).json()
    rest = api.get("/segments", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["name"] for one in first["items"] + rest["items"]] == ["A", "b", "ç"]
    path = f"/segments/{first['items'][0]['id']}"
    assert api.get(f"{path}/members").json()["size"] == 3
    assert api.get(f"{path}/export").text.count("'=1") == 3
    assert api.get(f"{path}/history").json()["items"][0]["entered"] == 3
    assert api.delete(path).status_code == 204
    assert api.post(f"{path}/restore").status_code == 200
    assert api.get("/health").status_code == 200


def test_segments_are_built_watched_and_tagged(on_postgresql: httpx.Client) -> None:
    api = on_postgresql
    assert api.post("/segments", json={"name": "By hand", "kind": "manual"}).json()["size"] == 0
    added = api.post("/segments/1/members", json={"source": "tests", "external_ids": ["C-0", "C-1", "C-9"]}).json()
    assert (added["changed"], added["size"], [one["id"] for one in added["unknown"]]) == (2, 2, ["C-9"])
    emails = api.post("/segments/1/members/remove", json={"emails": ["\0", "nobody@example.com"]}).json()
    assert (emails["changed"], len(emails["unknown"])) == (0, 2)
    assert api.post("/tags/add", json={"tag": "vip", "segment_id": 1}).json()["changed"] == 2
    counted = api.post("/tags/count", json={"text": "everyone"}).json()
    assert [(one["tag"], one["among"]) for one in counted["items"]] == [("vip", 2)]
    made = api.post("/segments", json={"name": "Tagged", "text": 'tag "vip"'}).json()
    state = api.post("/dashboard", json={"segment_id": 1, "text": 'tag "vip" and orders >= 1'}).json()
    assert (state["size"], state["base_size"], [one["size"] for one in state["criteria"]]) == (0, 2, [2, 0])
    view = api.post("/segments/1/views", json={"name": "V", "text": 'tag "vip"'}).json()
    page = api.get(f"/views/{view['id']}/members", params={"sort": "name", "descending": True, "limit": 1}).json()
    rest = api.get(
        f"/views/{view['id']}/members",
        params={"sort": "name", "descending": True, "limit": 1, "cursor": page["next_cursor"]},
    ).json()
    assert len({page["items"][0]["number"], rest["items"][0]["number"]}) == 2
    assert rest["next_cursor"] is None
    assert api.post("/tags/remove", json={"tag": "vip", "text": 'segment "Tagged"'}).json()["changed"] == 2
    changed = api.patch("/segments/2", json={"text": "everyone", "expected_changed_at": made["changed_at"]})
    assert (changed.status_code, changed.json()["size"]) == (200, 3)
    newest = api.get("/segments/2/history").json()["items"][0]
    assert newest["cause"] == "definition_changed"
    changes = api.get(f"/segments/2/history/{newest['id']}/changes").json()["items"]
    assert len(changes) == newest["entered"]
    assert api.get("/segments/2/sizes").json()["items"][0]["size"] == 3
    number = page["items"][0]["number"]
    assert api.get(f"/customers/{number}").json()["segments"][0]["name"] == "By hand"
    assert api.get(f"/segments/2/customers/{number}").json()["matches"] is True
    assert api.get("/customers", params={"search": "C-1"}).json()["found"] == 1
    assert api.get(f"/customers/{number}/orders").json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "\0", "text": "everyone"},
        {"name": "x", "text": "\0"},
        {"name": "x", "text": 'tag "\0"'},
        {"name": "x", "text": "everyone", "description": "\0"},
        {"name": "\ud800", "text": "everyone"},
        {"name": "x", "definition": {"criterion": "tag", "parameters": {"tags": {"any_of": ["\0"]}}}},
        {"name": "x", "definition": {"criterion": "tag", "parameters": {"tags": {"any_of": ["\ud800"]}}}},
        {"name": "x", "definition": {"criterion": "city", "parameters": {"names": {"is_in": ["a\0b"]}}}},
        {"name": "x", "definition": {"criterion": "\0"}},
    ],
)
def test_what_no_database_keeps_is_refused(on_postgresql: httpx.Client, asked: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json"}
    answer = on_postgresql.post("/segments", content=json.dumps(asked), headers=headers)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("thing", ["segments", "syncs", "runs", "views", "customers"])
def test_ids_and_cursors_at_the_brink(on_postgresql: httpx.Client, thing: str) -> None:
    assert on_postgresql.get(f"/{thing}/{2**31 - 1}").status_code == 404
    assert on_postgresql.get(f"/{thing}/{2**31}").status_code == 422
    made = on_postgresql.post("/segments", json={"name": thing, "text": "everyone"}).json()
    for number, status in ((2**31 - 1, 200), (2**31, 400)):
        cursor = write_cursor(f"results {made['id']}", number)
        answer = on_postgresql.get(f"/segments/{made['id']}/history", params={"cursor": cursor})
        assert answer.status_code == status
