"""Segments over HTTP: list, make, count, history, remove and restore."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub.core.app import Hub
from hub.core.contracts.records import Batch, CustomerRecord, TagRecord
from hub.core.ingest.ingest import Ingest
from hub.core.store import segments as stored
from hub.core.store.tables import Segment

Make = Callable[..., dict[str, Any]]


def test_a_segment_is_made_from_a_text(api: httpx.Client) -> None:
    answer = api.post("/segments", json={"name": "Regulars", "text": "orders   >= 3", "description": "often"})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["description"], made["kind"]) == ("Regulars", "often", "dynamic")
    assert made["text"] == "orders >= 3"
    assert made["definition"] == {"criterion": "orders", "parameters": {"number": {"at_least": 3}}}
    assert made["size"] == 24  # numbers that leave 3 or 4 when divided by 5
    assert made["problem"] is None
    assert answer.headers["Location"] == f"/api/v1/segments/{made['id']}"
    assert api.get(f"/segments/{made['id']}").json() == made


def test_a_segment_is_made_from_a_definition(api: httpx.Client) -> None:
    definition = {
        "all_of": [
            {"criterion": "orders", "parameters": {"number": {"at_least": 3}}},
            {"none_of": [{"criterion": "orders", "parameters": {"number": {"exactly": 4}}}]},
        ]
    }
    made = api.post("/segments", json={"name": "Three", "definition": definition}).json()
    assert made["text"] == "orders >= 3 and not orders = 4"
    assert made["definition"] == definition
    assert made["size"] == 12


def test_segments_are_listed_by_name_page_by_page(api: httpx.Client, make_segment: Make) -> None:
    for name in ("page c", "Page A", "page b"):
        make_segment(name)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.get("/segments", params={"limit": 2, **cursor}).json()
        assert len(page["items"]) <= 2
        seen += [segment["name"] for segment in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == sorted(set(seen), key=str.casefold)
    assert [name for name in seen if name.lower().startswith("page")] == ["Page A", "page b", "page c"]
    assert seen == [segment["name"] for segment in api.get("/segments").json()["items"]]


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({"text": "orders = 4"}, 12),
        ({"text": "orders = 4", "as_of": "2026-01-12"}, 0),
        ({"text": "orders = 3", "as_of": "2026-01-12"}, 24),
        ({"definition": {"any_of": []}}, 0),
        ({"definition": {"all_of": []}}, 60),
    ],
)
def test_matches_are_counted(api: httpx.Client, asked: dict[str, Any], size: int) -> None:
    found = api.post("/segments/count", json=asked)
    assert found.status_code == 200, found.text
    assert found.json()["size"] == size
    assert found.json()["as_of"] == asked.get("as_of", found.json()["as_of"])
    again = api.post("/segments/count", json={**asked, "text": found.json()["text"], "definition": None})
    assert again.json() == found.json()


def test_a_count_is_told_as_text_tree_and_sentence(api: httpx.Client) -> None:
    found = api.post("/segments/count", json={"text": "orders > 2 and orders < 4"}).json()
    assert found["text"] == "orders > 2 and orders < 4"
    assert "orders" in found["sentence"]
    assert [one["criterion"] for one in found["definition"]["all_of"]] == ["orders", "orders"]
    each = {
        text: api.post("/segments/count", json={"text": text}).json()["size"]
        for text in ("orders > 2", "orders < 4")
    }
    assert found["criteria"] == [{"text": text, "size": size} for text, size in each.items()]


def test_history_tells_who_came_page_by_page(api: httpx.Client, hub: Hub, make_segment: Make) -> None:
    segment = make_segment("vip watchers", 'tag "vip"')
    for number in (1, 2, 3):
        batch = Batch.of(CustomerRecord(id=f"C-{number}"), TagRecord(customer=f"C-{number}", tag="vip"))
        list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([batch]))
        api.get(f"/segments/{segment['id']}/members")
    path = f"/segments/{segment['id']}/history"
    first = api.get(path, params={"limit": 3}).json()
    assert [(one["size"], one["entered"], one["departed"]) for one in first["items"]] == [
        (3, 1, 0),
        (2, 1, 0),
        (1, 1, 0),
    ]
    rest = api.get(path, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [one["size"] for one in rest["items"]] == [0]
    assert rest["next_cursor"] is None


def test_a_segment_is_removed_and_restored(api: httpx.Client, make_segment: Make) -> None:
    segment = make_segment("Away")
    path = f"/segments/{segment['id']}"
    assert api.delete(path).status_code == 204
    for gone in (api.get(path), api.delete(path), api.get(f"{path}/members"), api.get(f"{path}/history")):
        assert gone.status_code == 404
        assert "was removed; restore it" in gone.json()["detail"]
    removed = api.get("/segments", params={"removed": True}).json()["items"]
    assert [one["name"] for one in removed] == ["Away"]
    assert removed[0]["removed_at"] is not None
    taken = api.post("/segments", json={"name": "AWAY", "text": "everyone"})
    assert (taken.status_code, "restore it" in taken.json()["detail"]) == (409, True)
    back = api.post(f"{path}/restore")
    assert (back.status_code, back.json()) == (200, segment)
    assert api.post(f"{path}/restore").status_code == 404


def test_a_segment_that_a_sync_keeps_is_not_removed(api: httpx.Client, make_sync: Make) -> None:
    sync = make_sync("keeper")
    path = f"/segments/{sync['segment_id']}"
    assert api.get(path).json()["synced_to"] == ["keeper"]
    refused = api.delete(path)
    assert (refused.status_code, refused.json()["type"].rsplit(":")[-1]) == (409, "in-use")
    api.post(f"/syncs/{sync['id']}/pause")
    assert api.delete(path).status_code == 204


def test_a_segment_whose_plugin_is_gone_is_listed_with_its_problem(api: httpx.Client, hub: Hub) -> None:
    now = hub.clock()
    definition = {"criterion": "moonstruck", "parameters": {"phase": "full"}}
    with hub.database.session(write=True) as session:
        assert hub.organisation.id is not None
        segment = Segment(
            organisation_id=hub.organisation.id, name="Orphan", folded_name=stored.folded("Orphan"),
            definition=definition, created_at=now, changed_at=now,
        )  # fmt: skip
        session.add(segment)
    listed = {one["name"]: one for one in api.get("/segments").json()["items"]}
    assert listed["Orphan"]["problem"] == "there is no criterion `moonstruck`"
    assert listed["Orphan"]["text"] is None
    assert listed["Orphan"]["definition"] == definition
    path = f"/segments/{segment.id}"
    for refused in (
        api.get(f"{path}/members"),
        api.get(f"{path}/export"),
        api.get(f"{path}/customers/1"),
        api.post("/dashboard", json={"segment_id": segment.id}),
        api.post("/members", json={"segment_id": segment.id}),
        api.post("/tags/add", json={"segment_id": segment.id, "tag": "x"}),
        api.post("/segments/count", json={"text": 'segment "Orphan"'}),
    ):
        assert (refused.status_code, refused.json()["type"].rsplit(":")[-1]) == (422, "definition")
        assert "moonstruck" in refused.json()["detail"]
    assert api.get(f"{path}/history").json()["items"] == []
    preview = api.post(f"{path}/preview-change", json={"text": "orders = 4"}).json()
    assert (preview["size_before"], preview["size_after"]) == (0, 12)
    mended = api.patch(path, json={"text": "orders = 4"}).json()
    assert (mended["problem"], mended["size"]) == (None, 12)
