"""The loopback Mailchimp answers as the recorded exchanges and the specification say."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from hub.testing.platforms.mailchimp import MailchimpServer, MergeField, subscriber_hash

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
