"""Histories over HTTP: who entered and left, why, how large it was, and why a customer is in now."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub.core.app import Hub
from hub.core.contracts.records import Batch, CustomerRecord, TagRecord
from hub.core.ingest.ingest import Ingest

Make = Callable[..., dict[str, Any]]


def tag(hub: Hub, word: str, *numbers: int) -> None:
    records = [
        record
        for number in numbers
        for record in (CustomerRecord(id=f"C-{number}"), TagRecord(customer=f"C-{number}", tag=word))
    ]
    list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([Batch.of(*records)]))


def test_every_result_has_its_reasons_and_its_customers(api: httpx.Client, hub: Hub, make_segment: Make) -> None:
    segment = make_segment("Historic", 'tag "historic" and orders >= 3')
    path = f"/segments/{segment['id']}"
    tag(hub, "historic", 3, 4, 8, 10)  # 10 never ordered
    assert api.get(f"{path}/members").json()["size"] == 3
    newest = api.get(f"{path}/history").json()["items"][0]
    assert (newest["cause"], newest["entered"], newest["departed"]) == ("facts_changed", 3, 0)
    (reason,) = newest["reasons"]
    assert (reason["text"], reason["entered_matching"], reason["is_new"]) == ('tag "historic"', 3, False)
    assert reason["definition"] == {"criterion": "tag", "parameters": {"tags": {"any_of": ["historic"]}}}

    changes = f"{path}/history/{newest['id']}/changes"
    first = api.get(changes, params={"limit": 2}).json()
    assert [one["number"] for one in first["items"]] == [3, 4]
    assert first["items"][1]["external_id"] == "C-4"
    assert first["items"][0]["turned"] == [
        {"text": 'tag "historic"', "matches": True, "sentence": 'tag "historic" now matches'}
    ]
    assert first["items"][0]["reasons"] == ['tag "historic" now matches']
    rest = api.get(changes, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert ([one["number"] for one in rest["items"]], rest["next_cursor"]) == ([8], None)
    left = {"side": "left"}
    assert api.get(changes, params=left).json() == {"items": [], "next_cursor": None}
    assert api.get(changes, params={**left, "cursor": first["next_cursor"]}).status_code == 400

    api.post("/tags/remove", json={"tag": "historic", "text": "orders = 4"})
    api.get(f"{path}/members")
    newest = api.get(f"{path}/history").json()["items"][0]
    assert (newest["entered"], newest["departed"]) == (0, 1)
    (gone,) = api.get(f"{path}/history/{newest['id']}/changes", params=left).json()["items"]
    assert (gone["number"], gone["reasons"]) == (4, ['tag "historic" no longer matches'])


def test_a_result_belongs_to_its_segment(api: httpx.Client, make_segment: Make) -> None:
    one, other = make_segment("Own past"), make_segment("Other past")
    (result,) = api.get(f"/segments/{other['id']}/history").json()["items"]
    assert api.get(f"/segments/{other['id']}/history/{result['id']}/changes").status_code == 200
    for path in (f"/segments/{one['id']}/history/{result['id']}", f"/segments/{one['id']}/history/{2**31 - 1}"):
        assert api.get(f"{path}/changes").status_code == 404
    assert api.get(f"/segments/{one['id']}/history/1/changes", params={"side": "both"}).status_code == 422


def test_sizes_make_a_chart(api: httpx.Client, make_segment: Make) -> None:
    segment = make_segment("Charted", "orders >= 3")
    path = f"/segments/{segment['id']}"
    api.patch(path, json={"text": "orders >= 4"})
    (day,) = api.get(f"{path}/sizes").json()["items"]
    assert (day["size"], day["entered"], day["departed"]) == (12, 24, 12)
    assert api.get(f"{path}/sizes", params={"since": "2199-12-31"}).json()["items"] == [day]  # the last before it
    assert api.get(f"{path}/sizes", params={"since": "9999-12-31"}).status_code == 422


def test_why_a_customer_is_in_a_segment(api: httpx.Client, make_segment: Make) -> None:
    make_segment("Three or more", "orders >= 3")
    segment = make_segment("Explained", 'segment "Three or more" and not orders = 4')
    why = api.get(f"/segments/{segment['id']}/customers/3").json()
    assert (why["kind"], why["matches"]) == ("all_of", True)
    within, without = why["parts"]
    assert (within["kind"], within["text"], within["matches"]) == ("criterion", 'segment "Three or more"', True)
    assert [(part["text"], part["figures"]) for part in within["parts"]] == [("orders >= 3", {"orders": 3})]
    assert (without["kind"], without["matches"], without["text"]) == ("none_of", True, None)
    why_not = api.get(f"/segments/{segment['id']}/customers/4").json()
    assert (why_not["matches"], [part["matches"] for part in why_not["parts"]]) == (False, [True, False])
    before = api.get(f"/segments/{segment['id']}/customers/3", params={"as_of": "2026-01-10"}).json()
    assert before["matches"] is False


def test_why_a_customer_matches_a_definition(api: httpx.Client) -> None:
    asked = {"text": "revenue > 10 and last_purchase after 2026-01-01 and age > 20"}
    why = api.post("/customers/4/explain", json=asked).json()
    assert [part["matches"] for part in why["parts"]] == [True, True, True]
    figures = {name: value for part in why["parts"] for name, value in part["figures"].items()}
    assert figures["revenue"] == "50.00"
    assert figures["last_purchase_at"] == "2026-01-13T12:00:00Z"
    assert figures["born_day"] == "1990-05-17"
    tree = {"definition": {"criterion": "orders", "parameters": {"number": {"exactly": 5}}}}
    assert api.post("/customers/4/explain", json=tree).json()["matches"] is False


@pytest.mark.parametrize("number", [2**31 - 1, 61])
def test_nobody_is_explained(api: httpx.Client, make_segment: Make, number: int) -> None:
    segment = make_segment(f"without {number}")
    assert api.get(f"/segments/{segment['id']}/customers/{number}").status_code == 404
    assert api.post(f"/customers/{number}/explain", json={"text": "everyone"}).status_code == 404


def test_however_deep_the_explanation_goes(api: httpx.Client, make_segment: Make) -> None:
    def nested(text: str, levels: int) -> str:
        for level in range(levels):
            text = f'({text} {"or" if level % 2 else "and"} tag "nested")'
        return text

    make_segment("Deep", nested("orders >= 3", 95))
    deeper = make_segment("Deeper", nested('segment "Deep"', 95))
    assert api.get(f"/segments/{deeper['id']}/customers/3").status_code == 200
    answer = api.post("/customers/3/explain", json={"text": nested('segment "Deeper"', 95)})
    assert answer.status_code == 200, answer.text
    part, levels = answer.json(), 0
    while part:
        part, levels = next(iter(part["parts"]), None), levels + 1
    assert levels == 200
