"""Consent over HTTP: a shop's token publishes, captures and proves, and nothing else; docs/consent.md is true."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.consents.capturing import CaptureOutcome
from hub.core.consents.places import ConsentPlace
from hub.core.contracts.errors import StoreError
from tests.api.test_documentation import differences, sent

PAGE = (Path(__file__).parents[2] / "docs" / "consent.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shop(stranger: httpx.Client, address: str, hub: Hub) -> Iterator[httpx.Client]:
    """A client with the token of a shop."""
    token = hub.tokens.create("shop", [Scope.CONSENTS_READ, Scope.CONSENTS_WRITE])
    with httpx.Client(
        base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=60
    ) as client:
        yield client


@pytest.fixture
def publish(shop: httpx.Client) -> Callable[..., dict[str, Any]]:
    """Publishes a text; the answer."""

    def made(permission: str, **more: Any) -> dict[str, Any]:
        answer = shop.post("/consents/texts", json={"permission": permission, "text": "May we?", **more})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return made


def ticked(permission: str, given: dict[str, bool], **more: Any) -> dict[str, Any]:
    customer = {"source": "shop", "external_id": permission, "email": f"{permission}@example.com"}
    asked = {"customer": customer, "permission": permission, "version": 1, "given": given, "place": "registration"}
    return {**asked, **more}


def test_the_examples_of_the_page_are_answered_as_it_says(stranger: httpx.Client, hub: Hub) -> None:
    token = hub.tokens.create("documentation of consent", [Scope.CONSENTS_READ, Scope.CONSENTS_WRITE])
    used = 0
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```\n(?:```json (\d+)\n(.*?)^```$)?", PAGE)
    for commands, status, promised in blocks:
        for command in re.findall(r"(?ms)^curl .*?(?<!\\)(?<!,)$", commands):
            answer = sent(stranger, command, token)
            used += 1
            if not status:
                assert answer.is_success, command
                continue
            assert answer.status_code == int(status), (command, answer.text)
            wrong = [
                one
                for one in differences(json.loads(promised), answer.json(), "answer", loosely=False)
                if not re.search(r"\.(published_at|asked_at|sent_at|expires_at)\b", one)
            ]
            assert wrong == [], command
    assert used == 10


def test_every_place_and_outcome_is_on_the_page() -> None:
    for heading, words in (("place", ConsentPlace), ("outcome", CaptureOutcome)):
        (table,) = re.findall(rf"(?s)\| {heading} \| [^\n]*\n\|---\|---\|\n(.*?)\n\n", PAGE)
        assert re.findall(r"(?m)^\| `(\w+)` \|", table) == [word.value for word in words]


def test_the_token_of_a_shop_captures_and_sees_no_customer(
    shop: httpx.Client, publish: Callable[..., Any]
) -> None:
    assert publish("scope")["version"] == 1
    assert publish("scope")["version"] == 1
    assert shop.post("/consents/captures", json=ticked("scope", {"email": True})).status_code == 200
    for path in ("/customers", "/segments", "/customers/1"):
        assert shop.get(path).status_code == 403
    assert shop.post("/segments", json={"name": "x", "text": "everyone"}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/consents/texts", "consents:read"),
        ("POST", "/consents/texts", "consents:write"),
        ("POST", "/consents/captures", "consents:write"),
        ("POST", "/consents/withdrawals", "consents:write"),
        ("GET", "/consents/requests", "consents:read"),
        ("GET", "/customers/1/consents", "consents:read"),
        ("GET", "/customers/1/consents/page", "consents:read"),
    ],
)
def test_nothing_works_without_its_scope(
    stranger: httpx.Client, hub: Hub, method: str, path: str, scope: str
) -> None:
    others = [one for one in Scope if one.value != scope]
    headers = {"Authorization": f"Bearer {hub.tokens.create(f'but {method} {path}', others)}"}
    answer = stranger.request(method, f"/api/v1{path}", headers=headers, json={} if method == "POST" else None)
    assert (answer.status_code, answer.json()["scope"]) == (403, scope)


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"version": 9}, 404, "the text of 'wrong' has no version 9"),
        ({"permission": "none"}, 404, "no consent text for 'none'"),
        ({"given": {"sms": True}}, 422, "version 1 of 'wrong' does not ask for sms"),
        ({"given": {}}, 422, "body.given"),
        ({"given": {"email": 1}}, 422, "body.given"),
        ({"given": {"fax": True}}, 422, "body.given"),
        ({"place": "elsewhere"}, 422, "body.place"),
        ({"guest": True}, 422, "only an order is placed as a guest"),
        ({"at": "2026-01-31T09:30:00"}, 422, "body.at"),
        ({"at": "2999-01-31T09:30:00Z"}, 422, "can't be in the future"),
        ({"customer": {"source": "shop", "external_id": "x", "phone": "1" * 50}}, 422, "the customer's phone"),
    ],
)
def test_what_can_not_be_recorded_is_refused(
    shop: httpx.Client, publish: Callable[..., Any], hub: Hub, wrong: dict[str, Any], status: int, said: str
) -> None:
    publish("wrong")
    answer = shop.post("/consents/captures", json={**ticked("wrong", {"email": True}), **wrong})
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert shop.post("/consents/withdrawals", json={"source": "shop", "external_id": "wrong"}).status_code == 404


def test_a_withdrawal_names_its_customer_in_one_way(shop: httpx.Client, publish: Callable[..., Any]) -> None:
    publish("away", channels=["email", "sms"])
    number = shop.post("/consents/captures", json=ticked("away", {"email": True, "sms": True})).json()["number"]
    for wrong in (
        {}, {"source": "shop"}, {"external_id": "away"}, {"number": number, "source": "shop"},
        {"number": number, "source": "shop", "external_id": "away"},
    ):  # fmt: skip
        answer = shop.post("/consents/withdrawals", json=wrong)
        assert (answer.status_code, "by number, or by source" in answer.json()["detail"]) == (422, True)
    answer = shop.post("/consents/withdrawals", json={"number": number, "channels": ["sms"], "place": "letter"})
    assert answer.json() == {"number": number, "withdrawn": 1}
    answer = shop.post("/consents/withdrawals", json={"source": "shop", "external_id": "away"})
    assert answer.json() == {"number": number, "withdrawn": 1}
    proof = shop.get(f"/customers/{number}/consents").json()
    assert [(one["channel"], one["given"], one["place"]) for one in proof["entries"]] == [
        ("email", True, "registration"),
        ("sms", True, "registration"),
        ("sms", False, "letter"),
        ("email", False, "profile"),
    ]
    assert shop.post("/consents/withdrawals", json={"number": 2**31 - 1}).status_code == 404


def test_the_proof_comes_as_a_page_to_be_kept(shop: httpx.Client, publish: Callable[..., Any]) -> None:
    publish("proven")
    customer = {"source": "shop", "external_id": "<b>x</b>", "first_name": "<script>alert(1)</script>"}
    asked = ticked("proven", {"email": True}, customer=customer)
    number = shop.post("/consents/captures", json=asked).json()["number"]
    answer = shop.get(f"/customers/{number}/consents/page", params={"language": "da"})
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="consents-{number}.html"'
    assert "Dokumentation for samtykke" in answer.text
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert shop.get(f"/customers/{number}/consents/page", params={"language": "fr"}).status_code == 422
    assert shop.get("/customers/999999/consents/page").status_code == 404


def test_requests_come_in_pages(shop: httpx.Client, publish: Callable[..., Any]) -> None:
    publish("paged", double_opt_in=True)
    for name in "abc":
        customer = {"source": "shop", "external_id": f"paged-{name}"}
        answer = shop.post("/consents/captures", json=ticked("paged", {"email": True}, customer=customer))
        assert answer.json()["outcomes"] == {"email": "asked"}
    seen: list[int] = []
    cursor = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = shop.get("/consents/requests", params=query).json()
        seen += [one["id"] for one in page["items"] if one["permission"] == "paged"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 3
    assert seen == sorted(seen, reverse=True)


def test_a_failure_to_ask_does_not_reach_the_shop(
    shop: httpx.Client,
    publish: Callable[..., Any],
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    publish("failing", double_opt_in=True)
    called: list[int] = []

    def fail() -> None:
        called.append(1)
        raise StoreError("the disk is full")

    monkeypatch.setattr(hub.confirming, "send_due", fail)
    answer = shop.post("/consents/captures", json=ticked("failing", {"email": True}))
    assert answer.json()["outcomes"] == {"email": "asked"}
    shop.get("/consents/texts")
    assert called == [1]
    assert "the disk is full" in caplog.text
    assert "example.com" not in caplog.text
