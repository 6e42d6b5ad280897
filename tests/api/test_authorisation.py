"""Who may do what: a token for all but health and the reading of feeds, and a scope for each operation."""

import logging
import re
from typing import Any

import httpx
import pytest

from hub.core.access.tokens import Scope
from hub.core.app import Hub

Operation = tuple[str, str, frozenset[str]]

OPEN = {"/api/v1/health", "/api/v1/health/live", "/feeds/999999.csv", "/feeds/999999.json"}


@pytest.fixture(scope="module")
def operations(stranger: httpx.Client) -> list[Operation]:
    """Every operation: its method, its path with ids filled in, and the scopes it says it needs."""
    found = []
    for path, methods in stranger.get("/api/v1/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            scopes = frozenset(scope for one in operation.get("security", []) for scope in one["token"])
            found.append((method.upper(), re.sub(r"{\w+}", "999999", path), scopes))
    return found


def test_only_health_and_the_reading_of_feeds_need_no_token(operations: list[Operation]) -> None:
    assert {path for _, path, scopes in operations if not scopes} == OPEN
    assert {scope for *_, scopes in operations for scope in scopes} == {scope.value for scope in Scope}


@pytest.mark.parametrize("token", [None, "hub_nobody"])
def test_without_a_valid_token_every_operation_answers_401(
    stranger: httpx.Client, operations: list[Operation], token: str | None
) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    for method, path, scopes in operations:
        if scopes:
            answer = stranger.request(method, path, headers=headers, content=b"{ no json")
            assert answer.status_code == 401, (method, path)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Basic aHViOmh1Yg==", "hub_nobody", "Bearer x" + "y" * 5000, "Bearer hub_\xe4", "Bearer a b"],
)
def test_a_header_that_holds_no_valid_token(stranger: httpx.Client, header: str) -> None:
    answer = stranger.get("/api/v1/plugins", headers=[(b"Authorization", header.encode("latin-1"))])
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="Audience Hub"')
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "nobody" not in answer.text


def test_unknown_and_revoked_tokens_are_told_alike(stranger: httpx.Client, hub: Hub) -> None:
    revoked = hub.tokens.create("short-lived", list(Scope))
    path = "/api/v1/plugins"
    assert stranger.get(path, headers={"Authorization": f"Bearer {revoked}"}).status_code == 200
    hub.tokens.revoke("short-lived")
    answers = [
        stranger.get(path, headers={"Authorization": f"Bearer {token}"})
        for token in (revoked, "hub_" + "x" * 43, "something else")
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {
        'Bearer realm="Audience Hub", error="invalid_token"'
    }


def test_each_operation_needs_its_scopes(stranger: httpx.Client, hub: Hub, operations: list[Operation]) -> None:
    own: dict[str, str] = {}
    for scope in Scope:
        others = hub.tokens.create(f"all but {scope}", [other for other in Scope if other != scope])
        for method, path, needed in operations:
            if scope not in needed:
                continue
            name = f"only {' and '.join(sorted(needed))}"
            if name not in own:
                own[name] = hub.tokens.create(name, [Scope(one) for one in needed])
            lacking = stranger.request(method, path, headers={"Authorization": f"bearer {others}"})
            assert (lacking.status_code, lacking.json()["scope"]) == (403, scope.value), (method, path)
            assert f'scope="{scope}"' in lacking.headers["WWW-Authenticate"]
            having = stranger.request(method, path, headers={"Authorization": f"Bearer {own[name]}"})
            assert having.status_code not in {401, 403, 500}, (method, path)


def test_no_token_is_ever_logged(stranger: httpx.Client, hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    token = hub.tokens.create("quiet", [Scope.PLUGINS_READ])
    with caplog.at_level(logging.DEBUG):
        for path in ("/api/v1/plugins", "/api/v1/segments", "/nowhere"):
            answer: Any = stranger.get(path, headers={"Authorization": f"Bearer {token}"})
            assert token not in answer.text + str(answer.headers)
    own = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert token not in "".join(record.getMessage() for record in own)
