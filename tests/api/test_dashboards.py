"""Dashboards over HTTP: every number at once, of everyone, of a segment, of a view, less ticket holders."""

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest

from hub.api.routes.dashboards import shown
from hub.core.contracts.distribution import DistributionKind
from hub.core.segments.dashboard.distributions import Bucket, Histogram

Make = Callable[..., dict[str, Any]]


def opened(api: httpx.Client, **asked: Any) -> dict[str, Any]:
    answer = api.post("/dashboard", json=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_definition_has_all_its_numbers(api: httpx.Client) -> None:
    found = opened(api, text="orders >= 3 and tickets < 8", as_of="2026-11-22")
    assert (found["size"], found["base_size"], found["as_of"]) == (12, 60, "2026-11-22")
    assert found["text"] == "orders >= 3 and tickets < 8"
    assert [(one["text"], one["size"]) for one in found["criteria"]] == [("orders >= 3", 24), ("tickets < 8", 48)]
    for one in found["criteria"]:
        again = opened(api, definition=one["definition"], as_of="2026-11-22")
        assert (again["text"], again["size"], again["sentence"]) == (one["text"], one["size"], one["sentence"])


def test_criteria_that_have_a_histogram_show_one_unless_none_is_wanted(api: httpx.Client) -> None:
    having = {one["name"] for one in api.get("/criteria").json()["items"] if one["has_histogram"]}
    found = opened(api, text="orders >= 1 and revenue >= 1 and age >= 1 and last_purchase within 9000 days")
    for one in found["criteria"]:
        assert (one["histogram"] is not None) == (one["definition"]["criterion"] in having)
    counted = [one["histogram"] for one in found["criteria"] if one["text"] == "orders >= 1" and one["histogram"]]
    assert len(counted) == 1
    for histogram in counted:
        assert sum(bucket["size"] for bucket in histogram["buckets"]) + histogram["unknown"] == 60
    plain = opened(api, text="orders >= 1", histograms=False)
    assert [one["histogram"] for one in plain["criteria"]] == [None]


def test_a_distribution_is_shown_in_the_units_of_definitions() -> None:
    money = Histogram(DistributionKind.MONEY, 0, False, (Bucket(0, 5000, 3), Bucket(5000, None, 1)), 2, more=False)
    found = shown(money, "EUR").model_dump(by_alias=True)
    assert (found["kind"], found["unit"], found["unknown"]) == ("money", "EUR", 2)
    assert found["buckets"] == [
        {"from": "0.00", "to": "50.00", "size": 3},
        {"from": "50.00", "to": None, "size": 1},
    ]
    assert shown(money, "JPY").buckets[0].end == "5000"
    points = Histogram(DistributionKind.NUMBER, 4, False, (Bucket(125_000, 130_000, 1),), 0, more=False)
    assert (shown(points, "EUR").unit, shown(points, "EUR").buckets[0].start) == (None, "12.5000")
    ages = Histogram(DistributionKind.DAY, 0, True, (Bucket(20, 25, 1),), 0, more=False)
    assert (shown(ages, "EUR").kind, shown(ages, "EUR").unit) == ("number", "years")
    days = Histogram(
        DistributionKind.MOMENT, 0, False, (Bucket(date(2026, 1, 1), date(2026, 2, 1), 1),), 0, more=False
    )
    assert (shown(days, "EUR").kind, shown(days, "EUR").buckets[0].start) == ("day", "2026-01-01")
    choices = Histogram(DistributionKind.CHOICE, 0, False, (Bucket("DE", None, 1),), 0, more=True)
    assert (shown(choices, "EUR").buckets[0].start, shown(choices, "EUR").more) == ("DE", True)


def test_a_segment_is_what_there_is_to_choose_from(api: httpx.Client, make_segment: Make) -> None:
    segment = make_segment("At least two", "orders >= 2")
    whole = opened(api, segment_id=segment["id"])
    assert (whole["size"], whole["base_size"], whole["criteria"], whole["text"]) == (36, 36, [], "everyone")
    found = opened(api, segment_id=segment["id"], text="orders <= 3")
    assert (found["size"], found["base_size"], found["criteria"][0]["size"]) == (24, 36, 24)
    same = opened(api, base={"text": "orders >= 2"}, text="orders <= 3")
    assert same == found


def test_a_view_brings_its_own_filters_unless_others_are_set(api: httpx.Client, make_segment: Make) -> None:
    segment = make_segment("Seen through", "orders >= 2")
    view = api.post(f"/segments/{segment['id']}/views", json={"name": "Four", "text": "orders = 4"}).json()
    found = opened(api, view_id=view["id"])
    assert (found["text"], found["size"], found["base_size"]) == ("orders = 4", 12, 36)
    moved = opened(api, view_id=view["id"], text="orders >= 3")
    assert (moved["text"], moved["size"], moved["base_size"]) == ("orders >= 3", 24, 36)


def test_ticket_holders_are_left_out(api: httpx.Client, make_segment: Make) -> None:
    segment = make_segment("All to invite")
    without = {"without_event": ["E-2"]}
    assert opened(api, text="orders >= 3", **without)["size"] == 12
    found = opened(api, segment_id=segment["id"], text="orders >= 3", **without)
    assert (found["size"], found["base_size"]) == (12, 48)
    assert opened(api, text="everyone", without_production=["Hamlet"])["size"] == 12
    counted = api.post("/segments/count", json={"text": "orders >= 3", **without}).json()
    assert (counted["size"], counted["text"]) == (12, "orders >= 3")
    assert counted["criteria"] == [{"text": "orders >= 3", "size": 24}]
    path = f"/segments/{segment['id']}"
    assert api.get(f"{path}/members", params=without).json()["size"] == 48
    assert len(api.get(f"{path}/export", params={**without, "format": "jsonl"}).text.splitlines()) == 48
    both = {"without_event": ["E-2", "E-1"], "without_production": ["Othello"]}
    assert api.get(f"{path}/members", params=both).json()["size"] == 12


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"histograms": True},
        {"base": {"text": "everyone"}},
        {"text": "everyone", "definition": {"all_of": []}},
        {"text": "everyone", "segment_id": 1, "view_id": 1},
        {"text": "everyone", "segment_id": 1, "base": {"text": "everyone"}},
        {"segment_id": True},
        {"segment_id": "1"},
        {"segment_id": 2**31},
        {"text": "everyone", "base": {}},
        {"text": "everyone", "without_event": "E-1"},
        {"text": "everyone", "without_event": [""]},
        {"text": "everyone", "without_event": ["E-1"] * 101},
        {"text": "everyone", "without_production": ["\0"]},
        {"text": "everyone", "histograms": "yes"},
        {"text": "everyone", "as_of": "2026-02-30"},
    ],
)
def test_a_body_that_is_no_dashboard(api: httpx.Client, asked: Any) -> None:
    answer = api.post("/dashboard", json=asked)
    assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (422, "invalid"), answer.text


@pytest.mark.parametrize("asked", [{"segment_id": 2**31 - 1}, {"view_id": 2**31 - 1}])
def test_a_dashboard_of_nothing_that_is_there(api: httpx.Client, asked: Any) -> None:
    assert api.post("/dashboard", json=asked).status_code == 404
