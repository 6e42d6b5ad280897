"""Syncs over HTTP: make, list, change, pause and resume."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Make = Callable[..., dict[str, Any]]
Ended = Callable[[int], dict[str, Any]]


def test_a_sync_is_made(api: httpx.Client, make_segment: Make) -> None:
    segment = make_segment("Readers")
    asked = {
        "name": "Letter list", "segment": "readers", "connection": "mailing", "audience": "Letters",
        "mode": "add_only", "permission": "newsletter", "channel": "email", "schedule": "every 15 minutes",
        "largest_removal_share": 0.25,
    }  # fmt: skip
    answer = api.post("/syncs", json=asked)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["segment_id"] == segment["id"]
    assert {name: made[name] for name in asked} == {**asked, "segment": "Readers"}
    assert (made["paused"], made["audience_id"]) == (False, None)
    assert answer.headers["Location"] == f"/api/v1/syncs/{made['id']}"
    assert api.get(f"/syncs/{made['id']}").json() == made


def test_what_is_left_out_has_its_default(make_sync: Make) -> None:
    made = make_sync("plain")
    assert (made["audience"], made["mode"], made["schedule"]) == ("of plain", "mirror", None)
    assert (made["permission"], made["channel"], made["largest_removal_share"]) == (None, None, 0.5)
    assert (made["view"], made["view_id"]) == (None, None)


def test_a_view_is_kept(api: httpx.Client, make_segment: Make, ended: Ended, platform: Any) -> None:
    segment = make_segment("Lookers")
    view = api.post(f"/segments/{segment['id']}/views", json={"name": "Often", "text": "orders >= 4"}).json()
    asked = {"name": "Lookers", "segment": "lookers", "view": "often", "connection": "mailing", "permission": None}
    made = api.post("/syncs", json=asked).json()
    assert (made["segment"], made["view"], made["view_id"]) == ("Lookers", "Often", view["id"])
    assert made["audience"] == "Often"
    run = ended(api.post(f"/syncs/{made['id']}/runs").json()["id"])
    assert (run["added"], run["rejected"]) == (12, 0)
    assert platform.held["Often"] == {number for number in range(1, 61) if number % 5 == 4}
    answer = api.delete(f"/views/{view['id']}")
    assert (answer.status_code, "the sync 'Lookers'" in answer.json()["detail"]) == (409, True)
    api.delete(f"/syncs/{made['id']}", params={"leave_members": True})
    assert api.delete(f"/views/{view['id']}").status_code == 204


@pytest.mark.parametrize(
    ("change", "status", "kind"),
    [
        ({"segment": "no such"}, 404, "not-found"),
        ({"view": "no such"}, 404, "not-found"),
        ({"mode": "remove_only", "permission": "newsletter"}, 422, "refused"),
        ({"channel": "email"}, 422, "refused"),
        ({"connection": "no such"}, 404, "not-found"),
        ({"name": "taken"}, 409, "name-taken"),
        ({"audience": "of taken"}, 409, "name-taken"),
        ({"schedule": "now and then"}, 422, "refused"),
        ({"schedule": "every 0 minutes"}, 422, "refused"),
        ({"mode": "wipe"}, 422, "invalid"),
        ({"channel": "pigeon"}, 422, "invalid"),
        ({"largest_removal_share": 1.5}, 422, "invalid"),
        ({"largest_removal_share": True}, 422, "invalid"),
        ({"largest_removal_share": "0.5"}, 422, "invalid"),
        ({"name": " \u0000"}, 422, "invalid"),
        ({"name": "   "}, 422, "refused"),
        ({"colour": "red"}, 422, "invalid"),
    ],
)
def test_a_sync_is_asked_for_rightly(
    api: httpx.Client, make_sync: Make, change: dict[str, Any], status: int, kind: str
) -> None:
    names = {sync["name"] for sync in api.get("/syncs").json()["items"]}
    if "taken" not in names:
        make_sync("taken")
    asked = {"name": "new", "segment": "of taken", "connection": "mailing", "permission": None, "audience": "new"}
    answer = api.post("/syncs", json={**asked, **change})
    assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (status, kind), answer.text


def test_whether_permission_is_needed_must_be_said(api: httpx.Client, make_segment: Make) -> None:
    make_segment("Unsaid")
    answer = api.post("/syncs", json={"name": "x", "segment": "Unsaid", "connection": "mailing"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "body.permission", "message": "this is needed"}]


def test_syncs_are_listed_by_name_page_by_page(api: httpx.Client, make_sync: Make) -> None:
    for name in ("list b", "list a", "list c"):
        make_sync(name)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.get("/syncs", params={"limit": 2, **cursor}).json()
        seen += [sync["name"] for sync in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == sorted(set(seen))
    assert {"list a", "list b", "list c"} <= set(seen)


def test_a_sync_is_paused_and_resumed(api: httpx.Client, make_sync: Make) -> None:
    sync = make_sync("breather")
    path = f"/syncs/{sync['id']}"
    assert api.post(f"{path}/pause").json() == {**sync, "paused": True}
    assert api.get(path).json()["paused"] is True
    assert api.post(f"{path}/resume").json() == sync
    assert api.get(path).json()["paused"] is False


def test_what_is_said_is_changed_and_the_rest_stays(api: httpx.Client, make_sync: Make) -> None:
    sync = make_sync("changing", permission="newsletter", channel="email", schedule="every hour")
    path = f"/syncs/{sync['id']}"
    said = {"name": "changed", "schedule": "on change", "largest_removal_share": 0.2, "channel": None}
    answer = api.patch(path, json=said)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**sync, **said, "changed_at": answer.json()["changed_at"]}
    assert answer.json()["changed_at"] > sync["changed_at"]
    assert api.patch(path, json={"schedule": None}).json()["schedule"] is None
    freed = api.patch(path, json={"permission": None}).json()
    assert (freed["permission"], freed["name"], freed["mode"]) == (None, "changed", "mirror")
    assert api.get(path).json() == freed


@pytest.mark.parametrize(
    ("said", "status", "kind"),
    [
        ({}, 422, "invalid"),
        ({"name": None}, 422, "invalid"),
        ({"mode": None}, 422, "invalid"),
        ({"largest_removal_share": None}, 422, "invalid"),
        ({"largest_removal_share": -0.1}, 422, "invalid"),
        ({"segment": "another"}, 422, "invalid"),
        ({"schedule": "on changes"}, 422, "refused"),
        ({"mode": "remove_only"}, 422, "refused"),
        ({"permission": None}, 422, "refused"),
        ({"name": "held by another"}, 409, "name-taken"),
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(
    api: httpx.Client, make_sync: Make, said: dict[str, Any], status: int, kind: str
) -> None:
    there = {sync["name"]: sync for sync in api.get("/syncs").json()["items"]}
    if "steadfast" not in there:
        make_sync("held by another")
        there["steadfast"] = make_sync("steadfast", permission="newsletter", channel="email")
    path = f"/syncs/{there['steadfast']['id']}"
    answer = api.patch(path, json=said)
    assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (status, kind), answer.text
    assert api.get(path).json() == there["steadfast"]


def test_a_sync_that_only_removed_is_not_made_to_send_by_oversight(api: httpx.Client, make_sync: Make) -> None:
    path = f"/syncs/{make_sync('suppressed', mode='remove_only')['id']}"
    answer = api.patch(path, json={"mode": "mirror"})
    assert (answer.status_code, "permission" in answer.json()["detail"]) == (422, True)
    assert api.patch(path, json={"mode": "mirror", "permission": "newsletter"}).json()["mode"] == "mirror"


def test_a_change_ends_a_run_that_is_at_work(
    api: httpx.Client, make_sync: Make, ended: Ended, platform: Any
) -> None:
    sync = make_sync("interrupted")
    platform.opened.clear()
    run = api.post(f"/syncs/{sync['id']}/runs").json()
    assert platform.entered.wait(60)
    assert api.patch(f"/syncs/{sync['id']}", json={"mode": "add_only"}).status_code == 200
    platform.opened.set()
    over = ended(run["id"])
    assert (over["status"], "its settings were changed" in over["message"]) == ("cancelled", True)
    rest = ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])
    assert over["added"] + rest["added"] == 54
