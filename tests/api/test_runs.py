"""Runs over HTTP: start, watch, cancel, approve, and see who was rejected."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from hub.core.app import Hub, open_hub
from hub.core.contracts.records import Batch, CustomerRecord, OrderRecord, TagRecord
from hub.core.ingest.ingest import Ingest

Make = Callable[..., dict[str, Any]]
Ended = Callable[[int], dict[str, Any]]


def test_a_run_goes_on_in_the_background(api: httpx.Client, make_sync: Make, ended: Ended, platform: Any) -> None:
    sync = make_sync("slow")
    platform.opened.clear()
    answer = api.post(f"/syncs/{sync['id']}/runs", json={})
    assert answer.status_code == 202
    started = answer.json()
    assert answer.headers["Location"] == f"/api/v1/runs/{started['id']}"
    assert platform.entered.wait(60)
    running = api.get(f"/runs/{started['id']}").json()
    assert (running["status"], running["ended_at"], running["to_add"], running["added"]) == (
        "running",
        None,
        60,
        0,
    )
    again = api.post(f"/syncs/{sync['id']}/runs")
    assert (again.status_code, again.json()["type"].rsplit(":")[-1]) == (409, "in-use")
    platform.opened.set()
    over = ended(started["id"])
    assert (over["status"], over["added"], over["rejected"]) == ("partial", 54, 6)
    assert over["ended_at"] is not None
    assert (over["duration_seconds"], over["withdrawn"]) == (_seconds(over), 0)
    assert len(platform.held["of slow"]) == 54
    assert api.get(f"/syncs/{sync['id']}").json()["audience_id"] == "of slow"


def test_of_two_that_start_a_run_at_once_one_is_refused(
    api: httpx.Client, make_sync: Make, ended: Ended, platform: Any
) -> None:
    sync = make_sync("contested")
    platform.opened.clear()
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: api.post(f"/syncs/{sync['id']}/runs"), range(4)))
    platform.opened.set()
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    (started,) = [answer.json() for answer in answers if answer.status_code == 202]
    assert ended(started["id"])["status"] == "partial"
    assert len(api.get(f"/syncs/{sync['id']}/runs").json()["items"]) == 1


def test_a_run_elsewhere_is_not_disturbed(
    api: httpx.Client, hub: Hub, make_sync: Make, ended: Ended, platform: Any
) -> None:
    sync = make_sync("shared")
    other = open_hub(hub.home)
    other.registry = hub.registry
    platform.opened.clear()
    with ThreadPoolExecutor(1) as thread:
        elsewhere = thread.submit(other.syncs.run, other.syncs.named("shared"))
        assert platform.entered.wait(60)
        answer = api.post(f"/syncs/{sync['id']}/runs")
        assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (409, "in-use")
        platform.opened.set()
        assert elsewhere.result().status == "partial"
    other.close()
    again = ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])
    assert (again["status"], again["added"]) == ("succeeded", 0)


def test_rejected_members_are_listed_page_by_page(api: httpx.Client, make_sync: Make, ended: Ended) -> None:
    sync = make_sync("picky")
    run = api.post(f"/syncs/{sync['id']}/runs").json()
    assert ended(run["id"])["status"] == "partial"
    path = f"/runs/{run['id']}/rejections"
    first = api.get(path, params={"limit": 4}).json()
    rest = api.get(path, params={"limit": 4, "cursor": first["next_cursor"]}).json()
    found = first["items"] + rest["items"]
    assert [one["number"] for one in found] == [10, 20, 30, 40, 50, 60]
    assert [one["external_id"] for one in found] == [f"C-{number}" for number in range(10, 61, 10)]
    assert {(one["reason"], one["permanent"]) for one in found} == {("the address bounced", True)}
    assert rest["next_cursor"] is None
    file = api.get(f"{path}.csv")
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    heading, *rows = file.text.splitlines()
    assert heading == "run,number,external_id,reason,permanent"
    assert rows[0] == f'{run["id"]},10,"C-10","the address bounced",true'
    assert len(rows) == 6


def test_a_file_of_rejections_without_any_is_a_heading(api: httpx.Client, make_sync: Make, ended: Ended) -> None:
    run = ended(api.post(f"/syncs/{make_sync('content', 'orders = 3')['id']}/runs").json()["id"])
    assert run["status"] == "succeeded"
    assert api.get(f"/runs/{run['id']}/rejections.csv").text == "run,number,external_id,reason,permanent\n"


def test_who_was_refused_is_sent_again_on_request(api: httpx.Client, make_sync: Make, ended: Ended) -> None:
    runs = f"/syncs/{make_sync('stubborn')['id']}/runs"
    assert ended(api.post(runs).json()["id"])["rejected"] == 6
    assert ended(api.post(runs).json()["id"])["rejected"] == 0
    assert ended(api.post(runs, json={"retry": True}).json()["id"])["rejected"] == 6


def test_everyone_is_sent_again_on_request(api: httpx.Client, make_sync: Make, ended: Ended) -> None:
    runs = f"/syncs/{make_sync('again', 'orders = 3')['id']}/runs"
    assert ended(api.post(runs).json()["id"])["added"] == 12
    afresh = ended(api.post(runs, json={"afresh": True}).json()["id"])
    assert (afresh["status"], afresh["added"] + afresh["updated"]) == ("succeeded", 12)


def test_a_run_is_cancelled_after_its_batch(
    api: httpx.Client, make_sync: Make, ended: Ended, platform: Any
) -> None:
    sync = make_sync("hasty")
    platform.opened.clear()
    run = api.post(f"/syncs/{sync['id']}/runs").json()
    assert platform.entered.wait(60)
    answer = api.post(f"/runs/{run['id']}/cancel")
    assert (answer.status_code, answer.json()["cancel_requested"]) == (202, True)
    platform.opened.set()
    over = ended(run["id"])
    assert (over["status"], over["added"] + over["rejected"]) == ("cancelled", 10)
    late = api.post(f"/runs/{run['id']}/cancel")
    assert (late.status_code, "ended as cancelled" in late.json()["detail"]) == (409, True)
    rest = ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])
    assert over["added"] + rest["added"] == 54


def test_a_run_that_would_remove_too_many_waits_for_approval(
    api: httpx.Client, hub: Hub, make_sync: Make, ended: Ended, platform: Any
) -> None:
    ingest = Ingest(hub.database, hub.organisation, "tests", hub.clock)
    numbers = range(100, 150)
    list(
        ingest.store(
            [
                Batch.of(
                    *(CustomerRecord(id=f"G-{one}", email=f"guest{one}@example.com") for one in numbers),
                    *(TagRecord(customer=f"G-{one}", tag="guest") for one in numbers),
                )
            ]
        )
    )
    sync = make_sync("guarded", 'tag "guest" and not orders >= 1')
    first = ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])
    assert first["added"] + first["rejected"] == 50
    _buy(ingest, [f"G-{one}" for one in numbers])
    held = ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])
    assert (held["status"], held["removed"]) == ("held", 0)
    assert len(platform.held["of guarded"]) == first["added"]
    approved = ended(api.post(f"/syncs/{sync['id']}/runs", json={"approved": True}).json()["id"])
    assert (approved["status"], approved["removed"]) == ("succeeded", first["added"])
    assert platform.held["of guarded"] == set()
    shown = [run["status"] for run in api.get(f"/syncs/{sync['id']}/runs").json()["items"]]
    assert shown == ["succeeded", "held", "partial"]


def test_runs_are_listed_newest_first_page_by_page(api: httpx.Client, make_sync: Make, ended: Ended) -> None:
    sync = make_sync("often", "orders = 99")
    ids = [ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])["id"] for _ in range(3)]
    path = f"/syncs/{sync['id']}/runs"
    first = api.get(path, params={"limit": 2}).json()
    rest = api.get(path, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [run["id"] for run in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None


def test_a_run_that_fails_tells_why(api: httpx.Client, make_sync: Make, ended: Ended, platform: Any) -> None:
    sync = make_sync("broken")
    platform.fault = ZeroDivisionError("customer17@example.com")
    run = ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])
    assert run["status"] == "failed"
    assert "ZeroDivisionError" in run["message"]
    assert "customer17" not in run["message"]
    platform.fault = None
    assert ended(api.post(f"/syncs/{sync['id']}/runs").json()["id"])["status"] == "partial"


def _seconds(run: dict[str, Any]) -> float:
    began, ended = (datetime.fromisoformat(run[name]) for name in ("started_at", "ended_at"))
    return (ended - began).total_seconds()


def _buy(ingest: Ingest, customers: list[str]) -> None:
    orders = (
        OrderRecord(id=f"O-{one}", customer=one, ordered_at=datetime(2026, 1, 2, tzinfo=UTC), total=Decimal(5))
        for one in customers
    )
    list(ingest.store([Batch.of(*orders)]))
