"""Manual segments over HTTP: customers added and removed, by whatever they are known as, many at once."""

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from hub.api.body_limit import LARGEST_LIST

_names = count(1)


@pytest.fixture
def by_hand(api: httpx.Client) -> str:
    """The path of an empty manual segment."""
    made = api.post("/segments", json={"name": f"By hand {next(_names)}", "kind": "manual"})
    assert made.status_code == 201, made.text
    assert made.json()["size"] == 0
    assert (made.json()["kind"], made.json()["text"], made.json()["definition"]) == ("manual", None, None)
    return f"/segments/{made.json()['id']}"


def members(api: httpx.Client, path: str) -> list[int]:
    return [member["number"] for member in api.get(f"{path}/members").json()["items"]]


@pytest.mark.parametrize(
    ("asked", "unknown"),
    [
        ({"numbers": [1, 2, 2, 4_000_000_000]}, ["4000000000"]),
        ({"source": "tests", "external_ids": ["C-1", "C-2", "c-2", "Ω"]}, ["c-2", "Ω"]),
        ({"emails": ["CUSTOMER1@example.com", " customer2@example.com", "nobody@example.com"]},
         ["nobody@example.com"]),
    ],
)  # fmt: skip
def test_customers_are_added_and_removed(api: httpx.Client, by_hand: str, asked: Any, unknown: list[str]) -> None:
    added = api.post(f"{by_hand}/members", json=asked)
    assert added.status_code == 200, added.text
    assert (added.json()["changed"], added.json()["unchanged"], added.json()["size"]) == (2, 0, 2)
    assert [one["id"] for one in added.json()["unknown"]] == unknown
    assert all(one["reason"] for one in added.json()["unknown"])
    assert members(api, by_hand) == [1, 2]
    again = api.post(f"{by_hand}/members", json=asked).json()
    assert (again["changed"], again["unchanged"], again["size"]) == (0, 2, 2)
    removed = api.post(f"{by_hand}/members/remove", json=asked).json()
    assert (removed["changed"], removed["size"], len(removed["unknown"])) == (2, 0, len(unknown))
    assert members(api, by_hand) == []
    causes = [result["cause"] for result in api.get(f"{by_hand}/history").json()["items"]]
    assert causes[0] == "by_hand"


def test_a_long_list_fits(api: httpx.Client, by_hand: str) -> None:
    addresses = [f"somebody.of.a.long.list.{number:06}@example.com" for number in range(100_000)]
    answer = api.post(f"{by_hand}/members", json={"emails": [*addresses, "customer7@example.com"]})
    assert answer.status_code == 200, answer.text[:500]
    assert (answer.json()["changed"], len(answer.json()["unknown"])) == (1, 100_000)


def test_a_list_that_is_too_long_is_refused(api: httpx.Client, by_hand: str) -> None:
    content = b'{"emails": ["' + b"x" * LARGEST_LIST + b'"]}'
    headers = {"Content-Type": "application/json"}
    answer = api.post(f"{by_hand}/members", content=content, headers=headers)
    assert answer.status_code == 413
    assert "16 MiB" in answer.json()["detail"]
    assert api.post("/segments/count", content=content[:2_000_000], headers=headers).status_code == 413


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"numbers": [1], "emails": ["customer1@example.com"]},
        {"numbers": ["1"]},
        {"numbers": [0]},
        {"numbers": [True]},
        {"numbers": [2**32]},
        {"emails": [""]},
        {"emails": "customer1@example.com"},
        {"external_ids": ["C-1"]},
        {"source": "tests", "numbers": [1]},
        {"emails": [7] * 50_000},
    ],
)
def test_a_body_that_is_no_list(api: httpx.Client, by_hand: str, asked: Any) -> None:
    for path in (f"{by_hand}/members", f"{by_hand}/members/remove"):
        answer = api.post(path, json=asked)
        assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (422, "invalid")
        assert len(answer.json()["errors"]) <= 2


def test_an_unknown_source_names_those_there_are(api: httpx.Client, by_hand: str) -> None:
    answer = api.post(f"{by_hand}/members", json={"source": "elsewhere", "external_ids": ["1"]})
    assert (answer.status_code, "tests" in answer.json()["detail"]) == (404, True)


def test_what_no_database_keeps_is_nobody(api: httpx.Client, by_hand: str) -> None:
    odd = ["\0", "=1+1", "a\nb", "%", "' OR 1=1 --", "名前", "\u202eabc"]
    answer = api.post(f"{by_hand}/members", json={"emails": odd})
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()["unknown"]] == odd


def test_only_manual_segments_take_members(
    api: httpx.Client, by_hand: str, make_segment: Callable[..., dict[str, Any]]
) -> None:
    dynamic = make_segment(f"by criteria {next(_names)}")
    refused = api.post(f"/segments/{dynamic['id']}/members", json={"numbers": [1]})
    assert (refused.status_code, refused.json()["type"].rsplit(":")[-1]) == (422, "refused")
    for answer in (
        api.patch(by_hand, json={"text": "everyone"}),
        api.post(f"{by_hand}/preview-change", json={"text": "everyone"}),
    ):
        assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (422, "refused")


def test_a_manual_segment_with_members_is_not_deleted_for_good(api: httpx.Client, by_hand: str) -> None:
    api.post(f"{by_hand}/members", json={"numbers": [5]})
    assert api.delete(by_hand).status_code == 204
    assert api.delete(by_hand, params={"for_good": True}).status_code == 409
    api.post(f"{by_hand}/restore")
    assert members(api, by_hand) == [5]


def test_a_manual_segment_is_a_criterion_and_has_an_export(api: httpx.Client, by_hand: str) -> None:
    api.post(f"{by_hand}/members", json={"numbers": [3, 5]})
    name = api.get(by_hand).json()["name"]
    found = api.post("/segments/count", json={"text": f'segment "{name}" and orders = 3'}).json()
    assert (found["size"], [one["size"] for one in found["criteria"]]) == (1, [2, 12])
    assert len(api.get(f"{by_hand}/export").text.splitlines()) == 3
