"""Campaign links over HTTP."""

from typing import Any

import httpx
import pytest

from hub.core.app import Hub
from hub.core.messaging.links.robots import Visitor

PERSON = Visitor("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0")


def make(api: httpx.Client, name: str, **more: Any) -> dict[str, Any]:
    answer = api.post("/campaign-links", json={"name": name, "url": "https://x.example/offer", **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"/api/v1/campaign-links/{made['id']}"
    return made


def test_a_link_is_made_read_changed_and_removed(api: httpx.Client, hub: Hub) -> None:
    made = make(api, "Spring", production="Hamlet", days=3, valid_until="2099-03-31T20:00:00Z")
    assert made["address"].startswith("/c/")
    assert (made["event"], made["production"], made["days"]) == (None, "Hamlet", 3)
    assert made["figures"] == {"clicks": 0, "people": 0, "orders": 0, "revenue_minor": 0}
    path = f"/campaign-links/{made['id']}"
    assert api.get(path).json() == made
    changed = api.patch(path, json={"event": "E-2", "production": None, "valid_until": None}).json()
    assert changed == {**made, "event": "E-2", "production": None, "valid_until": None}
    hub.following.campaign(made["address"].rpartition("/")[2], PERSON)
    hub.following.flush()
    assert api.get(path).json()["figures"]["clicks"] == 1
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == api.delete(path).status_code == 404


def test_links_are_listed_in_pages(api: httpx.Client) -> None:
    names = ["Autumn", "äpfel", "Winter"]
    for name in names:
        make(api, name)
    listed: list[str] = []
    cursor: str | None = None
    while True:
        page = api.get("/campaign-links", params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        listed += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(listed) == sorted(names)


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"url": "x.example"}, 422, "no web address"),
        ({"name": "TAKEN"}, 409, "called 'Taken' already"),
        ({"event": "none"}, 404, "no event 'none'"),
        ({"production": "none"}, 404, "no production 'none'"),
        ({"days": 0}, 422, "days"),
        ({"valid_until": "2026-03-31"}, 422, "valid_until"),
    ],
)
def test_what_will_not_do(api: httpx.Client, wrong: dict[str, Any], status: int, said: str) -> None:
    if "name" in wrong:
        make(api, "Taken")
    answer = api.post("/campaign-links", json={"name": "Wrong", "url": "https://x.example", **wrong})
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text


@pytest.mark.parametrize("wrong", [{}, {"name": None}, {"url": None}, {"days": None}, {"code": "x"}])
def test_what_can_not_be_changed(api: httpx.Client, wrong: dict[str, Any]) -> None:
    assert api.patch("/campaign-links/1", json=wrong).status_code == 422
