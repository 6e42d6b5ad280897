"""Whatever is sent to the operations on messages and consents, none of it is a bug in the hub."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.api.problems import Problem
from tests.api.test_fuzz import JSON

OFTEN = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
TAGS = {"templates", "newsletters", "messages", "consents", "suppressions", "campaign links"}
SENDS = ("/check", "/preview", "/test", "/schedule", "/send", "/resume")
"""How paths end of what tries words out in a process of its own: a second each."""
TEXTS = [
    "First",
    "email",
    "sms",
    "newsletter",
    "registration",
    "de",
    "a@example.com",
    "https://example.com",
    "shop",
]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if TAGS & set(operation.get("tags", ())) and not path.endswith(SENDS):
                yield method.upper(), path, operation


def bodies(document: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Bodies that are often what a schema asks for, and often not."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    wrong = JSON
    if depth > 3:
        return wrong
    for joined in ("anyOf", "oneOf", "allOf"):
        if joined in schema:
            return st.one_of(*(bodies(document, one, depth) for one in schema[joined]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | st.sampled_from(schema["enum"]) | wrong
    match schema.get("type"):
        case "object" if "properties" in schema:
            fields = {name: bodies(document, one, depth + 1) for name, one in schema["properties"].items()}
            needed = {name: fields[name] for name in schema.get("required", ())}
            rest = {name: one for name, one in fields.items() if name not in needed}
            return st.fixed_dictionaries(needed, optional=rest) | st.fixed_dictionaries({}, optional=fields)
        case "array":
            return st.lists(bodies(document, schema.get("items", {}), depth + 1), max_size=3) | wrong
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(-1, 5) | st.integers(-(10**20), 10**20)
        case "string" if schema.get("format") == "date-time":
            return st.datetimes().map("{:%Y-%m-%dT%H:%M:%SZ}".format) | wrong
        case "string":
            return st.sampled_from(TEXTS) | st.text(max_size=12) | wrong
    return wrong


@pytest.fixture(scope="module")
def document(api: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = api.get("/openapi.json").json()
    return found


@pytest.fixture(scope="module", autouse=True)
def something_there(api: httpx.Client) -> None:
    """A consent text and a template."""
    text = {"permission": "newsletter", "text": "Yes, write to me.", "channels": ["email", "sms"]}
    assert api.post("/consents/texts", json=text).status_code in {200, 201}
    assert api.post("/templates", json={"name": "First"}).status_code == 201


def test_there_is_something_to_try(document: dict[str, Any]) -> None:
    assert len(list(operations(document))) > 30


@OFTEN
@given(data=st.data())
def test_any_request_is_answered_or_refused(
    api: httpx.Client, document: dict[str, Any], data: st.DataObject
) -> None:
    method, path, operation = data.draw(st.sampled_from(list(operations(document))))
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            given_as = data.draw(st.integers(0, 4).map(str) | st.sampled_from(TEXTS[:6]))
            path = path.replace(f"{{{parameter['name']}}}", given_as)
    names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    query = data.draw(st.dictionaries(st.sampled_from(names), st.text(max_size=10), max_size=2)) if names else {}
    encoded = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    content = None
    if "requestBody" in operation:
        (asked,) = operation["requestBody"]["content"].values()
        content = json.dumps(data.draw(bodies(document, asked["schema"]))).encode()
    answer = api.request(
        method,
        path.removeprefix("/api/v1"),
        content=content,
        params=encoded,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code < 500, (method, path, content, answer.text)
    if answer.status_code >= 400:
        assert Problem.model_validate_json(answer.text).status == answer.status_code
