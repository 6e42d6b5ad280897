"""Syncs over HTTP: make, list, preview, pause and resume."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Make = Callable[..., dict[str, Any]]


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


@pytest.mark.parametrize(
    ("change", "status", "kind"),
    [
        ({"segment": "no such"}, 404, "not-found"),
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


def test_a_preview_tells_what_a_run_would_do_and_sends_nothing(
    api: httpx.Client, make_sync: Make, platform: Any
) -> None:
    sync = make_sync("preview", permission="newsletter")
    assert api.get(f"/syncs/{sync['id']}/preview").json() == {
        "to_add": 30, "to_update": 0, "to_remove": 0, "must_go": 0, "held": 0, "unreachable": 30,
    }  # fmt: skip
    assert "of preview" not in platform.held


def test_a_sync_is_paused_and_resumed(api: httpx.Client, make_sync: Make) -> None:
    sync = make_sync("breather")
    path = f"/syncs/{sync['id']}"
    assert api.post(f"{path}/pause").json() == {**sync, "paused": True}
    assert api.get(path).json()["paused"] is True
    assert api.post(f"{path}/resume").json() == sync
    assert api.get(path).json()["paused"] is False
