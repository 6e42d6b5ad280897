"""The loopback Mailchimp answers as the recorded exchanges and the specification say."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hub.testing.platforms.mailchimp import Contact, MailchimpServer, MergeField, subscriber_hash

from .conftest import KEY

Call = Callable[..., httpx.Response]


@pytest.fixture
def call(server: MailchimpServer) -> Iterator[Call]:
    with httpx.Client(base_url=server.url, auth=("anything", KEY), timeout=5) as client:

        def send(method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
            return client.request(method, path, json=body, params=query)

        yield send


@pytest.fixture
def ada(call: Call, list_id: str) -> str:
    body = {"email_address": "Ada@Example.com", "status": "subscribed"}
    assert call("POST", f"/lists/{list_id}/members", body).status_code == 200
    return f"/lists/{list_id}/members/{subscriber_hash('ada@example.com')}"


def test_hash_is_md5_of_lower_case() -> None:
    assert subscriber_hash("Urist.McVankab@freddiesjokes.com") == "62eeb292278cc15f5817cb78f7790b08"


def test_wrong_key_is_401(server: MailchimpServer, list_id: str) -> None:
    for auth in (("hub", "wrong-us3"), None):
        answer = httpx.get(f"{server.url}/lists/{list_id}", auth=auth, timeout=5)
        assert answer.status_code == 401
        assert answer.json()["title"] == "API Key Invalid"
        assert answer.headers["content-type"].startswith("application/problem+json")


def test_bearer_is_taken_too(server: MailchimpServer) -> None:
    answer = httpx.get(f"{server.url}/ping", headers={"Authorization": f"Bearer {KEY}"}, timeout=5)
    assert answer.json() == {"health_status": "Everything's Chimpy!"}


def test_number_field_wants_a_number(call: Call, ada: str) -> None:
    answer = call("PUT", ada, {"email_address": "ada@example.com", "merge_fields": {"LTV": "AAAAA"}})
    problem = answer.json()
    assert answer.status_code == 400
    assert (problem["title"], problem["detail"]) == ("Invalid Resource", "Your merge fields were invalid.")
    assert problem["errors"] == [{"field": "LTV", "message": "Please enter a number"}]


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("AAAAA", "Please provide a valid email address."),
        (
            "foo@fake.example",
            "foo@fake.example looks fake or invalid, please enter a real email address.",
        ),
    ],
)
def test_bad_addresses_are_400(call: Call, list_id: str, address: str, detail: str) -> None:
    answer = call("POST", f"/lists/{list_id}/members", {"email_address": address, "status": "subscribed"})
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)


def test_member_exists_has_no_type(call: Call, ada: str, list_id: str) -> None:
    other = f"/lists/{list_id}/members/{subscriber_hash('other@example.com')}"
    answer = call("PUT", other, {"email_address": "ada@example.com", "status_if_new": "subscribed"})
    assert (answer.status_code, answer.json()["title"]) == (400, "Member Exists")
    assert "type" not in answer.json()


def test_archiving_twice_is_405(call: Call, ada: str) -> None:
    assert call("DELETE", ada).status_code == 204
    answer = call("DELETE", ada)
    assert answer.status_code == 405
    assert answer.json()["detail"].startswith("This list member cannot be removed.")
    assert call("GET", ada).json()["status"] == "archived"


def test_tagging_an_unknown_member_is_404(call: Call, list_id: str) -> None:
    path = f"/lists/{list_id}/members/{'0' * 32}/tags"
    answer = call("POST", path, {"tags": [{"name": "Opera", "status": "active"}]})
    assert (answer.status_code, answer.json()["title"]) == (404, "Resource Not Found")


def test_deleted_for_good_can_not_come_back(call: Call, ada: str, list_id: str) -> None:
    assert call("POST", f"{ada}/actions/delete-permanent").status_code == 204
    answer = call("PUT", ada, {"email_address": "ada@example.com", "status_if_new": "subscribed"})
    assert (answer.status_code, answer.json()["title"]) == (400, "Forgotten Email Not Subscribed")


def test_patch_takes_neither_transactional_nor_archived(call: Call, ada: str) -> None:
    for status in ("transactional", "archived"):
        assert call("PATCH", ada, {"status": status}).status_code == 400
    assert call("PATCH", ada, {"status": "unsubscribed"}).json()["status"] == "unsubscribed"


def test_what_is_not_json_is_400(server: MailchimpServer, list_id: str) -> None:
    url = f"{server.url}/lists/{list_id}"
    for content in (b"", b"{", b"[]", b"\xff\xfe"):
        assert httpx.post(url, content=content, auth=("x", KEY), timeout=5).status_code == 400


def test_unknown_paths_and_methods(call: Call, list_id: str) -> None:
    assert call("GET", "/nothing").status_code == 404
    assert call("GET", "/lists/unknown/segments").status_code == 404
    assert call("PUT", f"/lists/{list_id}", {}).status_code == 405


def test_a_page_has_1000_rows_at_most(call: Call, list_id: str) -> None:
    assert call("GET", f"/lists/{list_id}/segments", count=1001).status_code == 400
    assert call("GET", f"/lists/{list_id}/segments", count=1000).status_code == 200


def test_batch_of_501_is_400(call: Call, list_id: str) -> None:
    items = [{"email_address": f"p{n}@example.com", "status": "subscribed"} for n in range(501)]
    assert call("POST", f"/lists/{list_id}", {"members": items}).status_code == 400
    assert call("POST", f"/lists/{list_id}", {"members": items[:500]}).json()["total_created"] == 500


def test_batch_needs_a_status(call: Call, list_id: str) -> None:
    answer = call("POST", f"/lists/{list_id}", {"members": [{"email_address": "a@example.com"}]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "members.item:0.status"


def test_batch_reports_rows_under_200(call: Call, ada: str, list_id: str) -> None:
    names = ("ada@example.com", "foo@fake.example", "b@example.com", "b@example.com")
    items = [{"email_address": name, "status_if_new": "subscribed"} for name in names]
    answer = call("POST", f"/lists/{list_id}", {"members": items})
    body = answer.json()
    assert answer.status_code == 200
    assert [row["email_address"] for row in body["new_members"]] == ["b@example.com"]
    assert [row["error_code"] for row in body["errors"]] == [
        "ERROR_CONTACT_EXISTS",
        "ERROR_GENERIC",
        "ERROR_GENERIC",
    ]
    assert body["error_count"] == 3


def test_status_subscribes_again_and_status_if_new_does_not(call: Call, ada: str, list_id: str) -> None:
    call("PATCH", ada, {"status": "unsubscribed"})
    for key, expected in (("status_if_new", "unsubscribed"), ("status", "subscribed")):
        items = [{"email_address": "ada@example.com", key: "subscribed"}]
        body = call("POST", f"/lists/{list_id}", {"members": items, "update_existing": True}).json()
        assert body["updated_members"][0]["status"] == expected


def test_sync_tags_replaces_all_tags(call: Call, ada: str, server: MailchimpServer, list_id: str) -> None:
    call("POST", f"{ada}/tags", {"tags": [{"name": "By hand", "status": "active"}]})
    item = {"email_address": "ada@example.com", "status_if_new": "subscribed", "tags": ["New"]}
    call("POST", f"/lists/{list_id}", {"members": [item], "update_existing": True, "sync_tags": True})
    assert server.tagged(list_id, "By hand") == set()
    assert server.tagged(list_id, "New") == {"ada@example.com"}


def test_required_fields_can_be_skipped(call: Call, server: MailchimpServer) -> None:
    strict = server.add_list("Strict", MergeField("SEAT", required=True))
    body = {"members": [{"email_address": "a@example.com", "status_if_new": "subscribed"}]}
    assert call("POST", f"/lists/{strict}", body).json()["error_count"] == 1
    assert call("POST", f"/lists/{strict}", body, skip_merge_validation="true").json()["error_count"] == 0


def test_contacts_are_listed_by_status_and_change(
    call: Call, ada: str, server: MailchimpServer, list_id: str
) -> None:
    members = f"/lists/{list_id}/members"
    moments = [datetime(2024, 5, 1, 12, 0, second, tzinfo=UTC) for second in (9, 1, 5)]
    for number, moment in enumerate(moments):
        contact = Contact(f"p{number}@example.com", "unsubscribed", changed_at=moment, unsubscribed_at=moment)
        server.list(list_id).contacts[contact.id] = contact
    query = {"status": "unsubscribed", "sort_field": "last_changed", "fields": "members.email_address"}

    def listed(**more: str) -> list[str]:
        rows = call("GET", members, **query, **more).json()["members"]
        assert all(set(row) == {"email_address"} for row in rows)
        return [row["email_address"][1] for row in rows]

    assert listed() == ["1", "2", "0"]
    assert listed(sort_dir="DESC") == ["0", "2", "1"]
    assert listed(since_last_changed="2024-05-01T12:00:01+00:00") == ["2", "0"]
    assert listed(before_last_changed="2024-05-01T14:00:05+02:00") == ["1"]
    assert listed(unsubscribed_since="2024-05-01T12:00:05+00:00") == ["0"]
    call("PATCH", ada, {"status": "unsubscribed"})
    shown = call("GET", ada).json()
    assert shown["unsubscribe_reason"] == "N/A (Unsubscribed by admin)"
    assert datetime.fromisoformat(shown["last_changed"]).tzinfo


@pytest.mark.parametrize(
    "query",
    [
        {"status": "gone"},
        {"count": 1001},
        {"sort_field": "email_address"},
        {"sort_dir": "asc"},
        {"since_last_changed": "yesterday"},
        {"status": "cleaned", "unsubscribed_since": "2024-05-01"},
    ],
)
def test_a_listing_that_asks_for_what_there_is_not_is_400(call: Call, list_id: str, query: dict[str, Any]) -> None:
    assert call("GET", f"/lists/{list_id}/members", **query).status_code == 400


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("Ring 1, Wien", "Data did not match any of the schemas described in anyOf."),
        ({"addr1": "Ring 1", "city": "Wien", "zip": "1010"}, "Data did not match"),
        ({"addr1": "Ring 1", "city": "", "state": "", "zip": "1010", "country": "AT"}, "complete address"),
        ({"addr1": "Ring 1", "city": "Wien", "state": "", "zip": "1010"}, "complete address"),
        ({"addr1": "Ring 1", "city": "Wien", "state": "", "zip": "1010", "country": "AT"}, ""),
        ("", ""),
    ],
)
def test_an_address_must_be_complete(call: Call, ada: str, value: Any, message: str) -> None:
    answer = call("PATCH", ada, {"merge_fields": {"ADDRESS": value}})
    assert answer.status_code == (400 if message else 200)
    assert message in json.dumps(answer.json())


def test_a_tag_has_100_characters_at_most(call: Call, ada: str) -> None:
    for length, status in ((100, 204), (101, 400)):
        tags = [{"name": "x" * length, "status": "active"}]
        assert call("POST", f"{ada}/tags", {"tags": tags}).status_code == status


def test_a_501st_batch_waiting_is_429(call: Call, server: MailchimpServer) -> None:
    body = {"operations": [{"method": "GET", "path": "/ping"}]}
    answers = {call("POST", "/batches", body).status_code for _ in range(500)}
    assert answers == {200}
    assert call("POST", "/batches", body).status_code == 429


def test_a_large_answer_does_not_count_as_under_way_while_it_is_sent(
    call: Call, server: MailchimpServer, list_id: str
) -> None:
    for number in range(1000):
        contact = Contact(f"person{number}@example.com", "subscribed")
        server.list(list_id).contacts[contact.id] = contact
    for _ in range(5):
        call("GET", f"/lists/{list_id}/members", count=1000)
    assert server.busiest == 1


def test_segments_ignore_unknown_addresses(call: Call, ada: str, list_id: str) -> None:
    made = call("POST", f"/lists/{list_id}/segments", {"name": "Opera", "static_segment": []}).json()
    path = f"/lists/{list_id}/segments/{made['id']}"
    body = call("POST", path, {"members_to_add": ["ADA@example.com", "nobody@example.com"]}).json()
    assert (body["total_added"], body["error_count"], body["errors"]) == (1, 0, [])
    assert call("GET", f"{path}/members").json()["total_items"] == 1
    assert call("POST", path, {"members_to_add": ["x@example.com"] * 501}).status_code == 400
    assert call("GET", f"/lists/{list_id}/tag-search", name="op").json()["tags"] == [
        {"id": made["id"], "name": "Opera"}
    ]
    assert call("POST", path, {"members_to_remove": ["ada@example.com"]}).json()["total_removed"] == 1
    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 404


def test_merge_fields_can_be_added(call: Call, list_id: str) -> None:
    path = f"/lists/{list_id}/merge-fields"
    assert call("POST", path, {"name": "Visits", "tag": "VISITS", "type": "number"}).status_code == 200
    assert call("POST", path, {"name": "Visits", "tag": "VISITS", "type": "number"}).status_code == 400
    assert call("POST", path, {"name": "X", "type": "poem"}).status_code == 400
    kinds = {row["tag"]: row["type"] for row in call("GET", path).json()["merge_fields"]}
    assert kinds["VISITS"] == "number"


def test_batch_body_must_be_text(call: Call, list_id: str) -> None:
    operation: dict[str, Any] = {"method": "POST", "path": f"/lists/{list_id}", "body": {"members": []}}
    assert call("POST", "/batches", {"operations": [operation]}).status_code == 400
    operation["body"] = json.dumps(operation["body"])
    assert call("POST", "/batches", {"operations": [operation] * 1001}).status_code == 400
    made = call("POST", "/batches", {"operations": [operation]}).json()
    assert made["status"] != "finished"
    assert call("GET", f"/batches/{made['id']}").json()["status"] == "finished"
