"""Templates over HTTP: from their making to their end, and what is told of their mistakes."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub.core.access.tokens import Scope
from hub.core.app import Hub

Make = Callable[[str], str]


@pytest.fixture
def make_template(api: httpx.Client) -> Make:
    """Makes a template; its path."""

    def make(name: str) -> str:
        answer = api.post("/templates", json={"name": name})
        assert answer.status_code == 201, answer.text
        path = f"/templates/{answer.json()['id']}"
        assert answer.headers["Location"] == f"/api/v1{path}"
        return path

    return make


def words(text: str, **more: Any) -> dict[str, Any]:
    return {"channel": "sms", "text": text, **more}


def test_a_template_from_its_making_to_its_end(api: httpx.Client, make_template: Make) -> None:
    path = make_template("Monthly")
    assert api.get(path).json()["wordings"] == []
    kept = api.put(f"{path}/wordings", json=words("Hej {{ customer.first_name }}", language="DA"))
    assert kept.json() == {
        "channel": "sms", "language": "da", "subject": "", "text": "Hej {{ customer.first_name }}", "html": "",
    }  # fmt: skip
    api.put(f"{path}/wordings", json=words("Hi"))
    assert api.get(path).json()["wordings"] == [
        {"channel": "sms", "language": ""}, {"channel": "sms", "language": "da"},
    ]  # fmt: skip
    assert [one["text"] for one in api.get(f"{path}/wordings").json()["items"]] == ["Hi", kept.json()["text"]]
    (found,) = api.get(f"{path}/check").json()["items"]
    assert (found["language"], found["line"], found["column"], found["word"]) == (
        "da",
        1,
        8,
        "customer.first_name",
    )
    gone = {"channel": "sms", "language": "da"}
    assert api.post(f"{path}/wordings/remove", json=gone).status_code == 204
    assert api.post(f"{path}/wordings/remove", json=gone).status_code == 404
    assert api.patch(path, json={"name": "Weekly"}).json()["name"] == "Weekly"
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_a_mistake_is_told_with_its_place(api: httpx.Client, make_template: Make) -> None:
    path = make_template("wrong")
    answer = api.put(f"{path}/wordings", json=words("Hi\n {{ customer.fist_name }}"))
    assert answer.status_code == 422
    assert answer.json()["place"] == {"line": 2, "column": 14, "length": 9}
    assert "did you mean first_name?" in answer.json()["detail"]
    assert api.put(f"{path}/wordings", json=words("x", subject="y")).status_code == 422
    assert api.put(f"{path}/wordings", json=words("x" * 100_001)).status_code == 422
    assert api.put(f"{path}/wordings", json=words("x", language="xyzzy")).status_code == 422
    assert api.get(path).json()["wordings"] == []
    assert api.post("/templates", json={"name": "WRONG"}).status_code == 409


def test_a_preview_is_for_somebody_real_or_invented(api: httpx.Client, make_template: Make) -> None:
    path = make_template("preview")
    email = {
        "channel": "email", "subject": "For {{ customer.first_name }}",
        "html": "<p>{{ customer.first_name }} {{ customer.city }} {{ own_text }}</p>",
    }  # fmt: skip
    assert api.put(f"{path}/wordings", json=email).status_code == 200
    invented = api.post(f"{path}/preview", json={"channel": "email", "own_text": "<b>"}).json()
    assert invented == {
        "language": "", "subject": "For Ada", "text": "Ada Berlin <b>", "html": "<p>Ada Berlin &lt;b&gt;</p>",
        "fault": None, "measure": None,
    }  # fmt: skip
    real = api.post(f"{path}/preview", json={"channel": "email", "customer_number": 2}).json()
    assert real["text"] is None
    assert "`customer.city` is missing" in real["fault"]
    assert api.post(f"{path}/preview", json={"channel": "sms"}).status_code == 422
    assert api.post(f"{path}/preview", json={"channel": "email", "customer_number": 999}).status_code == 404
    measured = api.post("/templates/measure", json={"channel": "sms", "text": "Hi"})
    assert measured.json() == {"measure": None}  # nothing is connected


def test_templates_come_in_pages(api: httpx.Client, make_template: Make) -> None:
    for name in ("page B", "Page a", "page c"):
        make_template(name)
    names, cursor = [], None
    while True:
        page = api.get("/templates", params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [name for name in names if name.lower().startswith("page")] == ["Page a", "page B", "page c"]


def test_a_preview_needs_the_right_to_see_customers(stranger: httpx.Client, hub: Hub, make_template: Make) -> None:
    path = f"/api/v1{make_template('scopes')}"
    for scopes, status in (([Scope.MESSAGES_READ], 403), ([Scope.SEGMENTS_READ], 403)):
        headers = {"Authorization": f"Bearer {hub.tokens.create('tests', scopes)}"}
        assert stranger.post(f"{path}/preview", json={"channel": "sms"}, headers=headers).status_code == status
    headers = {"Authorization": f"Bearer {hub.tokens.create('tests', [Scope.MESSAGES_READ])}"}
    assert stranger.get(path, headers=headers).status_code == 200
    assert stranger.delete(path, headers=headers).status_code == 403
