"""Views over HTTP: saved, opened, changed, and new customers in them by themselves."""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from hub.core.app import Hub
from hub.core.contracts.records import Batch, CustomerRecord, TagRecord
from hub.core.ingest.ingest import Ingest
from hub.core.store.tables import View

Make = Callable[..., dict[str, Any]]
_names = count(1)


@pytest.fixture
def segment(make_segment: Make) -> dict[str, Any]:
    """A segment of who ordered."""
    return make_segment(f"viewed {next(_names)}", "orders >= 1")


def make_view(api: httpx.Client, segment: dict[str, Any], name: str = "Often", text: str = "orders >= 3") -> Any:
    answer = api.post(f"/segments/{segment['id']}/views", json={"name": name, "text": text})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/views/{answer.json()['id']}"
    return answer.json()


def test_a_view_is_saved_and_opened(api: httpx.Client, segment: dict[str, Any]) -> None:
    made = make_view(api, segment, text="orders   >= 3")
    assert (made["name"], made["text"], made["segment"], made["problem"]) == (
        "Often", "orders >= 3", segment["name"], None,
    )  # fmt: skip
    assert made["definition"] == {"criterion": "orders", "parameters": {"number": {"at_least": 3}}}
    assert api.get(f"/views/{made['id']}").json() == made
    other = make_view(api, segment, "always", "everyone")
    assert api.get(f"/segments/{segment['id']}/views").json() == {"items": [other, made]}
    page = api.get(f"/views/{made['id']}/members", params={"limit": 10}).json()
    assert (page["size"], len(page["items"])) == (24, 10)
    assert all(member["orders"] >= 3 for member in page["items"])
    exported = api.get(f"/views/{made['id']}/export", params={"format": "jsonl", "without_event": "E-2"})
    assert exported.headers["Content-Disposition"] == f'attachment; filename="view-{made["id"]}.jsonl"'
    assert {json.loads(line)["orders"] for line in exported.text.splitlines()} == {3}


def test_who_comes_to_match_is_in_it_by_themselves(api: httpx.Client, hub: Hub, segment: dict[str, Any]) -> None:
    view = make_view(api, segment, text='tag "newcomer"')
    assert api.get(f"/views/{view['id']}/members").json()["size"] == 0
    batch = Batch.of(CustomerRecord(id="C-1"), TagRecord(customer="C-1", tag="newcomer"))
    list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([batch]))
    assert [one["number"] for one in api.get(f"/views/{view['id']}/members").json()["items"]] == [1]


def test_a_view_is_changed_and_removed(api: httpx.Client, segment: dict[str, Any]) -> None:
    view = make_view(api, segment)
    path = f"/views/{view['id']}"
    renamed = api.patch(path, json={"name": "Regulars"}).json()
    assert renamed == {**view, "name": "Regulars"}
    assert api.patch(path, json={"text": "orders = 4"}).json()["text"] == "orders = 4"
    assert api.get(f"{path}/members").json()["size"] == 12
    assert api.delete(path).status_code == 204
    for gone in (api.get(path), api.delete(path), api.patch(path, json={"name": "x"}), api.get(f"{path}/members")):
        assert gone.status_code == 404
    assert api.get(f"/segments/{segment['id']}").json()["size"] == 48


def test_a_view_has_a_name_of_its_own(api: httpx.Client, make_segment: Make, segment: dict[str, Any]) -> None:
    make_view(api, segment)
    taken = api.post(f"/segments/{segment['id']}/views", json={"name": "OFTEN", "text": "everyone"})
    assert (taken.status_code, taken.json()["type"].rsplit(":")[-1]) == (409, "name-taken")
    make_view(api, make_segment(f"viewed {next(_names)}"))


def test_a_view_goes_away_and_comes_back_with_its_segment(api: httpx.Client, segment: dict[str, Any]) -> None:
    view = make_view(api, segment)
    uses = api.get(f"/segments/{segment['id']}/uses").json()["items"]
    assert [(use["kind"], use["own"], use["hinders"]) for use in uses] == [("view", True, False)]
    assert api.delete(f"/segments/{segment['id']}").status_code == 204
    assert "restore it" in api.get(f"/views/{view['id']}").json()["detail"]
    api.post(f"/segments/{segment['id']}/restore")
    assert api.get(f"/views/{view['id']}").json() == view


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"name": "x"}, "invalid"),
        ({"text": "everyone"}, "invalid"),
        ({"name": "x", "text": "orders >= many"}, "definition"),
        ({"name": "x", "definition": {"criterion": "moonstruck"}}, "definition"),
        ({"name": "   ", "text": "everyone"}, "refused"),
    ],
)
def test_a_body_that_is_no_view(api: httpx.Client, segment: dict[str, Any], body: Any, kind: str) -> None:
    answer = api.post(f"/segments/{segment['id']}/views", json=body)
    assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (422, kind)
    assert api.get(f"/segments/{segment['id']}/views").json() == {"items": []}


def test_a_change_of_a_view_says_what(api: httpx.Client, segment: dict[str, Any]) -> None:
    path = f"/views/{make_view(api, segment)['id']}"
    for body in ({}, {"name": None}, {"text": "everyone", "definition": {"all_of": []}}):
        assert api.patch(path, json=body).status_code == 422


def test_a_view_whose_plugin_is_gone_is_listed_with_its_problem(
    api: httpx.Client, hub: Hub, segment: dict[str, Any]
) -> None:
    definition = {"criterion": "moonstruck", "parameters": {"phase": "full"}}
    view = View(segment_id=segment["id"], name="Orphan", folded_name="orphan", definition=definition)
    with hub.database.session(write=True) as session:
        session.add(view)
    (shown,) = api.get(f"/segments/{segment['id']}/views").json()["items"]
    assert (shown["problem"], shown["text"]) == ("there is no criterion `moonstruck`", None)
    assert shown["definition"] == definition
    for answer in (api.get(f"/views/{view.id}/members"), api.post("/dashboard", json={"view_id": view.id})):
        assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (422, "definition")
    assert api.patch(f"/views/{view.id}", json={"text": "everyone"}).status_code == 200
