"""Customers over HTTP: found, seen in full, and marked with tags, many at once."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from hub.core.app import Hub
from hub.core.contracts.records import (
    Batch,
    CartRecord,
    CustomerRecord,
    CustomFieldRecord,
    CustomValueRecord,
    SubscriptionRecord,
)
from hub.core.ingest.ingest import Ingest

Make = Callable[..., dict[str, Any]]


def test_customers_are_found_by_name_page_by_page(api: httpx.Client) -> None:
    everyone = api.get("/customers").json()
    assert (everyone["size"], everyone["found"], len(everyone["items"])) == (60, 60, 50)
    assert everyone["next_cursor"] is not None
    query: dict[str, Any] = {"search": "ADA 1", "sort": "name", "limit": 4}
    first = api.get("/customers", params=query).json()
    assert (first["size"], first["found"]) == (60, 10)
    names = [one["first_name"] for one in first["items"]]
    page = first
    while page["next_cursor"]:
        page = api.get("/customers", params={**query, "cursor": page["next_cursor"]}).json()
        names += [one["first_name"] for one in page["items"]]
    assert names == [f"Ada {number}" for number in range(10, 20)]
    assert api.get("/customers", params={"search": "nobody like that"}).json()["items"] == []


def test_a_cursor_fits_only_the_order_it_was_made_for(api: httpx.Client) -> None:
    query: dict[str, Any] = {"sort": "email", "limit": 1}
    cursor = api.get("/customers", params=query).json()["next_cursor"]
    assert api.get("/customers", params={**query, "cursor": cursor}).status_code == 200
    others: list[dict[str, Any]] = [{"sort": "orders"}, {"sort": "name"}, {"descending": True}, {"search": "ada"}]
    for other in others:
        answer = api.get("/customers", params={**query, **other, "cursor": cursor})
        assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (400, "bad-request")


@pytest.mark.parametrize(
    "query", [{"sort": "age"}, {"search": "x" * 201}, {"descending": "perhaps"}, {"limit": 0}]
)
def test_a_list_is_asked_for_rightly(api: httpx.Client, query: dict[str, Any]) -> None:
    assert api.get("/customers", params=query).status_code == 422


def test_all_that_is_known_of_a_customer(api: httpx.Client, hub: Hub, make_segment: Make) -> None:
    records = Batch.of(
        CustomerRecord(id="C-4"),
        CartRecord(
            id="K-1", customer="C-4", changed_at=datetime(2026, 2, 1, 9, tzinfo=UTC), total=Decimal("45.00")
        ),
        CustomFieldRecord(name="points", value_type="number"),
        CustomValueRecord(customer="C-4", field="points", value="12.50"),
        CustomFieldRecord(name="member", value_type="yes_no"),
        CustomValueRecord(customer="C-4", field="member", value="yes"),
        SubscriptionRecord(id="S-1", customer="C-4", name="Premieres", starts_on=date(2025, 9, 1)),
    )
    list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([records]))
    segment = make_segment("With a profile", "orders >= 4")
    api.post("/tags/add", json={"tag": "profiled", "segment_id": segment["id"]})
    profile = api.get("/customers/4").json()
    assert api.get("/customers/lookup", params={"source": "tests", "external_id": "C-4"}).json() == profile
    assert (profile["external_id"], profile["source"], profile["born_on"]) == ("C-4", "tests", "1990-05-17")
    assert (profile["orders"], profile["events"], profile["revenue_minor"], profile["currency"]) == (
        4, 2, 5000, "EUR",
    )  # fmt: skip
    assert profile["first_purchase_at"] == "2026-01-10T12:00:00Z"
    assert profile["last_purchase_at"] == "2026-01-13T12:00:00Z"
    assert profile["tags"] == ["profiled"]
    assert {"id": segment["id"], "name": "With a profile", "problem": None} in profile["segments"]
    assert profile["fields"] == [
        {"name": "member", "value_type": "yes_no", "value": True},
        {"name": "points", "value_type": "number", "value": "12.5"},
    ]
    assert [(cart["total_minor"], cart["abandoned"]) for cart in profile["carts"]] == [(4500, True)]
    assert [one["ends_on"] for one in profile["subscriptions"]] == [None]
    (consent,) = api.get("/customers/3").json()["consents"]
    assert (consent["permission"], consent["given"], consent["at"]) == ("newsletter", True, "2025-01-01T00:00:00Z")


def test_orders_come_newest_first_page_by_page(api: httpx.Client) -> None:
    first = api.get("/customers/4/orders", params={"limit": 3}).json()
    assert [order["external_id"] for order in first["items"]] == ["O-4-3", "O-4-2", "O-4-1"]
    (line,) = first["items"][0]["lines"]
    assert (line["quantity"], line["event"], line["title"], line["total_minor"]) == (2, "E-2", "Hamlet", 1250)
    rest = api.get("/customers/4/orders", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert ([order["external_id"] for order in rest["items"]], rest["next_cursor"]) == (["O-4-0"], None)
    assert api.get("/customers/3/orders", params={"cursor": first["next_cursor"]}).status_code == 400


def test_a_customer_who_is_not_there(api: httpx.Client) -> None:
    for path in ("/customers/61", f"/customers/{2**31 - 1}", "/customers/61/orders"):
        assert api.get(path).status_code == 404
    lookup = api.get("/customers/lookup", params={"source": "tests", "external_id": "c-4"})
    assert lookup.status_code == 404
    assert api.get("/customers/lookup", params={"source": "tests"}).status_code == 422
    assert api.get("/customers/0").status_code == 422


def test_all_customers_of_a_result_are_tagged_and_untagged(api: httpx.Client, make_segment: Make) -> None:
    segment = make_segment("To be tagged", "orders >= 3")
    added = api.post("/tags/add", json={"tag": " spring ", "segment_id": segment["id"], "text": "orders = 4"})
    assert added.status_code == 200, added.text
    assert (added.json()["tag"], added.json()["size"], added.json()["changed"]) == ("spring", 12, 12)
    again = api.post("/tags/add", json={"tag": "spring", "segment_id": segment["id"]}).json()
    assert (again["size"], again["changed"]) == (24, 12)

    def counted(**asked: Any) -> Any:
        found = api.post("/tags/count", json=asked).json()
        return found["size"], [(one["among"], one["in_all"]) for one in found["items"] if one["tag"] == "spring"]

    assert counted(text="orders = 4") == (12, [(12, 24)])
    assert counted(text="orders = 0") == (12, [(0, 24)])
    assert api.post("/segments/count", json={"text": 'tag "spring"'}).json()["size"] == 24
    removed = api.post("/tags/remove", json={"tag": "spring", "text": "orders = 3"}).json()
    assert (removed["size"], removed["changed"]) == (12, 12)
    assert counted(segment_id=segment["id"]) == (24, [(12, 12)])
    unknown = api.post("/tags/remove", json={"tag": "never heard of", "text": "everyone"}).json()
    assert (unknown["size"], unknown["changed"]) == (60, 0)


@pytest.mark.parametrize(
    "asked",
    [
        {"tag": "x"},
        {"text": "everyone"},
        {"tag": " ", "text": "everyone"},
        {"tag": "x" * 201, "text": "everyone"},
        {"tag": "a\nb", "text": "everyone"},
        {"tag": 7, "text": "everyone"},
        {"tag": "x", "base": {"text": "everyone"}},
    ],
)
def test_a_body_that_tags_nobody(api: httpx.Client, asked: Any) -> None:
    for path in ("/tags/add", "/tags/remove"):
        answer = api.post(path, json=asked)
        assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (422, "invalid")
