"""Changes of segments over HTTP: what they would do, what they reach, two editors at once, and the end of all."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Make = Callable[..., dict[str, Any]]


def test_a_segment_gets_another_definition_and_its_members_follow(api: httpx.Client, make_segment: Make) -> None:
    path = f"/segments/{make_segment('Often', 'orders >= 3')['id']}"
    changed = api.patch(
        path, json={"definition": {"criterion": "orders", "parameters": {"number": {"exactly": 4}}}}
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["text"], changed.json()["size"]) == ("orders = 4", 12)
    assert api.get(path).json() == changed.json()
    newest, first = api.get(f"{path}/history").json()["items"]
    assert (newest["cause"], newest["entered"], newest["departed"]) == ("definition_changed", 0, 12)
    assert first["cause"] == "first_evaluation"


def test_a_new_name_is_written_wherever_the_old_one_stands(api: httpx.Client, make_segment: Make) -> None:
    below = make_segment("Below", "orders >= 3")
    above = make_segment("Above", 'segment "Below"')
    assert api.patch(f"/segments/{below['id']}", json={"name": "Foundation"}).json()["name"] == "Foundation"
    assert api.get(f"/segments/{above['id']}").json()["text"] == 'segment "Foundation"'


def test_of_two_editors_the_second_is_told(api: httpx.Client, make_segment: Make) -> None:
    seen = make_segment("Contested", "orders >= 3")
    path = f"/segments/{seen['id']}"
    first = api.patch(path, json={"text": "orders = 1", "expected_changed_at": seen["changed_at"]})
    assert first.status_code == 200
    second = api.patch(path, json={"text": "orders = 2", "expected_changed_at": seen["changed_at"]})
    assert (second.status_code, second.json()["type"].rsplit(":")[-1]) == (409, "changed-meanwhile")
    assert api.get(path).json()["text"] == "orders = 1"
    again = api.patch(path, json={"text": "orders = 2", "expected_changed_at": first.json()["changed_at"]})
    assert again.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": None},
        {"expected_changed_at": "2026-01-31T09:30:00Z"},
        {"text": "everyone", "definition": {"all_of": []}},
        {"name": "x", "expected_changed_at": "2026-01-31"},
        {"name": "x", "expected_changed_at": 17},
        {"name": "x", "expected_changed_at": "2026-02-30T09:30:00Z"},
        {"name": "x", "kind": "manual"},
    ],
)
def test_a_body_that_is_no_change(api: httpx.Client, make_segment: Make, body: Any) -> None:
    found = [one for one in api.get("/segments").json()["items"] if one["name"] == "Unmoved"]
    segment = found[0] if found else make_segment("Unmoved")
    answer = api.patch(f"/segments/{segment['id']}", json=body)
    assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (422, "invalid")
    assert api.get(f"/segments/{segment['id']}").json() == segment


def test_a_circle_is_refused_with_its_path(api: httpx.Client, make_segment: Make) -> None:
    inner = make_segment("Inner")
    make_segment("Outer", 'segment "Inner"')
    path = f"/segments/{inner['id']}"
    for refused in (
        api.patch(path, json={"text": 'segment "Outer"'}),
        api.post(f"{path}/preview-change", json={"text": 'segment "Outer"'}),
    ):
        assert (refused.status_code, refused.json()["type"].rsplit(":")[-1]) == (422, "definition")
        assert "Inner → Outer → Inner" in refused.json()["detail"]


def test_a_change_is_looked_at_before_it_is_made(api: httpx.Client, make_segment: Make, make_sync: Make) -> None:
    sync = make_sync("watched", "orders >= 3")
    make_segment("Reader", f'segment "{sync["segment"]}" and orders = 4')
    path = f"/segments/{sync['segment_id']}"
    before = api.get(path).json()
    preview = api.post(f"{path}/preview-change", json={"text": "orders   between 2 and 3"}).json()
    uses = preview.pop("uses")
    assert preview == {
        "size_before": 24, "size_after": 24, "entering": 12, "leaving": 12, "text": "orders between 2 and 3",
        "definition": {"criterion": "orders", "parameters": {"number": {"between": [2, 3]}}},
    }  # fmt: skip
    assert {(use["kind"], use["name"]) for use in uses} == {("sync", "watched"), ("segment", "Reader")}
    assert api.get(f"{path}/uses").json()["items"] == uses
    assert api.get(path).json() == before
    assert {(use["kind"], use["name"]) for use in before["used_by"]} == {
        ("sync", "watched"),
        ("segment", "Reader"),
    }


def test_uses_are_told_with_the_way_to_them(api: httpx.Client, make_segment: Make) -> None:
    ground = make_segment("Ground")
    make_segment("First floor", 'segment "Ground"')
    make_segment("Second floor", 'segment "First floor"')
    uses = api.get(f"/segments/{ground['id']}/uses").json()["items"]
    assert [(use["name"], use["through"]) for use in uses] == [
        ("First floor", []),
        ("Second floor", ["First floor"]),
    ]
    refused = api.delete(f"/segments/{ground['id']}")
    assert (refused.status_code, "First floor" in refused.json()["detail"]) == (409, True)


def test_a_segment_is_deleted_for_good_once_it_is_put_away(api: httpx.Client, make_segment: Make) -> None:
    path = f"/segments/{make_segment('Doomed')['id']}"
    early = api.delete(path, params={"for_good": True})
    assert (early.status_code, early.json()["type"].rsplit(":")[-1]) == (409, "in-use")
    assert api.delete(path).status_code == 204
    assert api.delete(path, params={"for_good": True}).status_code == 204
    assert api.post(f"{path}/restore").status_code == 404
    make_segment("Doomed")  # the name is free again
