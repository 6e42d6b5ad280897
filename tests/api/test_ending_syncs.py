"""Syncs over HTTP: take people out, empty an audience, start over, and remove; and run by themselves on change."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from hub.core.app import Hub

Make = Callable[..., dict[str, Any]]
Ended = Callable[[int], dict[str, Any]]


def test_a_sync_that_only_removes_takes_out_and_never_adds(
    api: httpx.Client, make_sync: Make, ended: Ended, platform: Any
) -> None:
    sync = make_sync("kept out", "orders = 3", mode="remove_only", largest_removal_share=1.0)
    platform.held["of kept out"] = set(range(1, 8))
    assert api.get(f"/syncs/{sync['id']}/preview").json()["to_remove"] == 12
    run = ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])
    assert (run["status"], run["added"], run["removed"]) == ("succeeded", 0, 12)
    assert platform.held["of kept out"] == {1, 2, 4, 5, 6, 7}
    again = ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])
    assert (again["added"], again["removed"]) == (0, 0)


def test_an_audience_is_emptied_and_the_sync_removed(
    api: httpx.Client, make_sync: Make, ended: Ended, platform: Any
) -> None:
    sync = make_sync("ending", "orders = 3", schedule="every hour")
    path = f"/syncs/{sync['id']}"
    run = ended(api.post(f"{path}/runs").json()["id"])
    refused = api.delete(path)
    assert (refused.status_code, "holds 12 members" in refused.json()["detail"]) == (422, True)
    answer = api.post(f"{path}/empty")
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/v1/runs/{answer.json()['id']}"
    assert ended(answer.json()["id"])["removed"] == run["added"] == 12
    assert platform.held["of ending"] == set()
    assert api.get(path).json()["paused"] is True
    assert api.delete(path).status_code == 204
    assert [api.get(one).status_code for one in (path, f"{path}/runs", f"/runs/{run['id']}")] == [404, 404, 404]


def test_members_may_be_left_behind(api: httpx.Client, make_sync: Make, ended: Ended, platform: Any) -> None:
    sync = make_sync("leaving", "orders = 3")
    ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])
    assert api.delete(f"/syncs/{sync['id']}", params={"leave_members": True}).status_code == 204
    assert len(platform.held["of leaving"]) == 12


def test_what_is_at_work_is_neither_removed_nor_started_over(
    api: httpx.Client, make_sync: Make, ended: Ended, platform: Any
) -> None:
    path = f"/syncs/{make_sync('busy')['id']}"
    platform.opened.clear()
    run = api.post(f"{path}/runs").json()
    assert platform.entered.wait(60)
    assert api.delete(path, params={"leave_members": True}).status_code == 409
    assert [api.post(f"{path}/{verb}").status_code for verb in ("start-over", "empty")] == [409, 409]
    platform.opened.set()
    assert ended(run["id"])["status"] == "partial"


def test_an_audience_that_was_deleted_is_told_and_made_anew(
    api: httpx.Client, make_sync: Make, ended: Ended, platform: Any
) -> None:
    path = f"/syncs/{make_sync('deleted', 'orders = 3')['id']}"
    ended(api.post(f"{path}/runs").json()["id"])
    del platform.held["of deleted"]
    failed = ended(api.post(f"{path}/runs").json()["id"])
    assert (failed["status"], "was deleted there" in failed["message"]) == ("failed", True)
    assert api.post(f"{path}/start-over").json()["audience_id"] is None
    assert ended(api.post(f"{path}/runs").json()["id"])["added"] == 12
    assert len(platform.held["of deleted"]) == 12


def test_a_sync_runs_by_itself_when_something_changed(open_theatre: Callable[..., Hub], platform: Any) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    hub = open_theatre(lambda: now)
    hub.segments.create("Watched", "orders = 3")
    sync = hub.syncs.create("watched", "Watched", "mailing", permission=None, schedule="on change")
    now += timedelta(minutes=2)
    scheduler = hub.scheduler()
    scheduler.start()
    try:
        end = time.monotonic() + 30
        while time.monotonic() < end and not any(run.ended_at for run in hub.syncs.history(sync)):
            time.sleep(0.05)
    finally:
        scheduler.stop()
    (run,) = hub.syncs.history(sync)
    assert (run.status, run.added, len(platform.held["Watched"])) == ("succeeded", 12, 12)
