"""Suppressed addresses over the API: listed without themselves, added, lifted."""

import httpx
import pytest

from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.suppressions import suppression_digest


def held(hub: Hub, address: str) -> bool:
    digest = suppression_digest(ConsentChannel.SMS, address)
    with hub.database.reading() as connection:
        return bool(hub.suppressions.held(connection, ConsentChannel.SMS, [digest]))


def test_an_address_is_added_listed_and_lifted(api: httpx.Client, hub: Hub) -> None:
    for _ in range(2):
        answer = api.post("/suppressions", json={"channel": "sms", "address": "030 1234567"})
        assert (answer.status_code, answer.content) == (204, b"")
    assert held(hub, "+49301234567")
    (listed,) = api.get("/suppressions").json()["items"]
    assert {**listed, "id": 0, "at": ""} == {
        "id": 0, "channel": "sms", "reason": "by_hand", "detail": "", "at": "",
    }  # fmt: skip
    lifting = {"channel": "sms", "address": "+49 30 1234567"}
    assert api.post("/suppressions/lift", json=lifting).status_code == 204
    assert not held(hub, "+49301234567")
    assert api.post("/suppressions/lift", json=lifting).status_code == 404
    assert api.get("/suppressions").json() == {"items": [], "next_cursor": None}


def test_they_come_in_pages(api: httpx.Client) -> None:
    for number in range(5):
        api.post("/suppressions", json={"channel": "email", "address": f"{number}@example.com"})
    seen: list[int] = []
    cursor = None
    while True:
        page = api.get("/suppressions", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5


@pytest.mark.parametrize("path", ["/suppressions", "/suppressions/lift"])
def test_what_is_no_address_is_told_without_it(api: httpx.Client, path: str) -> None:
    answer = api.post(path, json={"channel": "email", "address": "@hunter"})
    assert answer.status_code == 400
    assert "no email address" in answer.json()["detail"]
    assert "hunter" not in answer.text


def test_it_takes_the_scopes_of_consents(address: str, hub: Hub) -> None:
    def ask(scope: Scope, method: str) -> int:
        headers = {"Authorization": f"Bearer {hub.tokens.create(f'{scope} {method}', [scope])}"}
        body = {"channel": "email", "address": "a@example.com"}
        return httpx.request(
            method, f"{address}/api/v1/suppressions", json=body, headers=headers, trust_env=False
        ).status_code

    assert ask(Scope.MESSAGES_READ, "GET") == 200
    assert ask(Scope.MESSAGES_WRITE, "POST") == 204
    assert ask(Scope.MESSAGES_READ, "POST") == ask(Scope.MESSAGES_WRITE, "GET") == 403
