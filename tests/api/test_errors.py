"""Every class of error as a problem document."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

import hub as hub_for_plugins
from hub.api.application import make_application
from hub.api.headers import SECURITY_HEADERS
from hub.api.problems import Problem, kind_of
from hub.core.access.tokens import Scope
from hub.core.app import Hub, make_home, open_hub
from hub.core.contracts import errors
from hub.core.store.schema import HEAD
from hub.core.store.tables import Organisation

Serve = Callable[[FastAPI], AbstractContextManager[str]]


def problem(answer: httpx.Response) -> Problem:
    """A problem document, checked for its form."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    found = Problem.model_validate_json(answer.text)
    assert found.status == answer.status_code
    assert found.detail
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value
    return found


def kind(answer: httpx.Response) -> str:
    return problem(answer).type.removeprefix("urn:problem-type:audience-hub:")


def test_an_unknown_path(stranger: httpx.Client, api: httpx.Client) -> None:
    for answer in (
        stranger.get("/"),
        stranger.get("/api/v1/nothing"),
        api.get("/segments/1/"),
        api.get("/segments/"),
    ):
        assert (answer.status_code, kind(answer)) == (404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/segments", "GET, POST"),
        ("PUT", "/segments/1", "GET, PATCH, DELETE"),
        ("GET", "/segments/1/restore", "POST"),
        ("POST", "/health", "GET"),
        ("DELETE", "/syncs/1/runs", "GET, POST"),
    ],
)
def test_a_wrong_method_names_the_right_ones(api: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = api.request(method, path)
    assert (answer.status_code, kind(answer)) == (405, "wrong-method")
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("thing", ["segments", "syncs", "runs"])
def test_an_unknown_thing(api: httpx.Client, thing: str) -> None:
    answer = api.get(f"/{thing}/{2**31 - 1}")
    assert (answer.status_code, kind(answer)) == (404, "not-found")


@pytest.mark.parametrize("number", ["0", "-1", str(2**31), "1.5", "one", "%00", "9" * 400])
def test_an_id_is_a_positive_number(api: httpx.Client, number: str) -> None:
    answer = api.get(f"/segments/{number}")
    assert (answer.status_code, kind(answer)) == (422, "invalid")
    errors = problem(answer).errors
    assert errors is not None
    assert [one.field for one in errors] == ["path.segment_id"]


def test_every_wrong_field_is_named_and_no_value_repeated(api: httpx.Client) -> None:
    asked = {"name": 17, "text": False, "description": ["secret"], "secrecy": "secret"}
    found = problem(api.post("/segments", json=asked))
    assert found.status == 422
    assert found.errors is not None
    assert {one.field for one in found.errors} == {
        "body.name", "body.text", "body.description", "body.secrecy",
    }  # fmt: skip
    assert "secret" not in found.model_dump_json().replace("body.secrecy", "")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"},
        {"name": "x", "kind": "dynamic"},
        {"name": "x", "kind": "manual", "text": "everyone"},
        {"name": "x", "kind": "mixed"},
        {"name": "x", "text": "everyone", "definition": {"all_of": []}},
        {"name": "x", "text": None},
        {"name": "x", "text": ""},
        {"name": "", "text": "everyone"},
        {"name": "x" * 201, "text": "everyone"},
        {"name": "a\nb", "text": "everyone"},
        {"name": "x", "text": "everyone", "description": "\0"},
        {"name": "x", "definition": []},
        {"name": "x", "definition": "everyone"},
        ["everyone"],
        None,
        "everyone",
    ],
)
def test_a_body_that_is_no_segment(api: httpx.Client, body: Any) -> None:
    answer = api.post("/segments", json=body)
    assert (answer.status_code, kind(answer)) == (422, "invalid")


def test_a_mistake_in_a_text_has_its_place_and_a_hint(api: httpx.Client) -> None:
    found = problem(api.post("/segments/count", json={"text": "orders >= 3\nand ordrs = 1"}))
    assert (found.status, found.type.rsplit(":")[-1]) == (422, "definition")
    assert found.place is not None
    assert (found.place.line, found.place.column, found.place.length) == (2, 5, 5)
    assert found.hint is not None
    assert "orders" in found.hint


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"criterion": "ordrs"}, "there is no criterion"),
        ({"criterion": "orders", "parameters": {"number": {"at_least": False}}}, "`orders`"),
        ({"criterion": "orders", "parameters": {"number": {"at_least": 1, "at_most": 2}}}, "`orders`"),
        (
            {"criterion": "orders", "parameters": {"number": {"exactly": 1}, "colour": 1}},
            "there is no such parameter",
        ),
        ({"all_of": [{"any_of": [{"criterion": 5}]}]}, "all_of[0].any_of[0].criterion"),
        ({"all_of": [], "more": 1}, "more"),
        ({"all_of": {}}, "all_of"),
        ({}, "give one of all_of"),
    ],
)
def test_a_mistake_in_a_definition_is_named(api: httpx.Client, definition: Any, said: str) -> None:
    found = problem(api.post("/segments/count", json={"definition": definition}))
    assert (found.status, found.type.rsplit(":")[-1]) == (422, "definition")
    assert found.place is None
    assert said in found.detail


def test_a_definition_that_is_too_deep(api: httpx.Client) -> None:
    definition: dict[str, Any] = {"all_of": []}
    for _ in range(150):
        definition = {"any_of": [definition]}
    assert kind(api.post("/segments/count", json={"definition": definition})) == "definition"


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"text": NaN'])
def test_a_body_that_is_no_json(api: httpx.Client, content: bytes) -> None:
    answer = api.post("/segments/count", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, kind(answer)) == (400, "bad-request")


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "image/json"])
def test_a_body_that_is_not_sent_as_json(api: httpx.Client, media_type: str | None) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    answer = api.post("/segments/count", content=b'{"text": "everyone"}', headers=headers)
    assert (answer.status_code, kind(answer)) == (415, "wrong-media-type")


@pytest.mark.parametrize("whole", [True, False])
def test_a_body_that_is_too_large(api: httpx.Client, whole: bool) -> None:
    text = b'{"text": "' + b"x" * 1024 * 1024 + b'"}'
    content = text if whole else iter([text[:600_000], text[600_000:]])  # in pieces, without a length
    answer = api.post("/segments/count", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, kind(answer)) == (413, "too-large")


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "many"])
def test_a_limit_has_bounds(api: httpx.Client, limit: str) -> None:
    answer = api.get("/segments", params={"limit": limit})
    assert (answer.status_code, kind(answer)) == (422, "invalid")


@pytest.mark.parametrize("cursor", ["", "x", "W10", "bnVsbA", "ü", "\0", "WyJzZWdtZW50cyIsbnVsbF0"])
def test_a_cursor_is_one_that_was_given(api: httpx.Client, cursor: str) -> None:
    answer = api.get("/segments", params={"cursor": cursor})
    assert (answer.status_code, kind(answer)) == (400, "bad-request")


def test_a_cursor_belongs_to_its_list(api: httpx.Client, make_segment: Callable[..., dict[str, Any]]) -> None:
    one, other = make_segment("one"), make_segment("other")
    cursor = api.get(f"/segments/{one['id']}/members", params={"limit": 1}).json()["next_cursor"]
    for path in (f"/segments/{other['id']}/members", f"/segments/{one['id']}/history"):
        assert kind(api.get(path, params={"cursor": cursor})) == "bad-request"


@pytest.mark.parametrize(
    ("fault", "status", "name", "retry_after"),
    [
        (hub_for_plugins.NotAuthorised("the platform refuses the key"), 502, "platform", None),
        (hub_for_plugins.SettingsError("the setting list is wrong"), 422, "settings", None),
        (hub_for_plugins.TryAgain("the platform is busy", 7.2), 503, "try-again", "8"),
        (hub_for_plugins.TryAgain("the platform is busy"), 503, "try-again", "5"),
        (hub_for_plugins.FateUnknown("nobody knows"), 502, "platform", None),
        (hub_for_plugins.Rejected("no such member"), 502, "platform", None),
        (hub_for_plugins.NotFound("the audience is gone"), 404, "not-found", None),
        (KeyError("customer17@example.com"), 502, "plugin", None),
    ],
)
def test_a_fault_of_a_platform(
    api: httpx.Client, make_sync: Callable[..., dict[str, Any]], platform: Any,
    fault: Exception, status: int, name: str, retry_after: str | None,
) -> None:  # fmt: skip
    syncs = {sync["name"]: sync for sync in api.get("/syncs").json()["items"]}
    sync = syncs.get("faulty") or make_sync("faulty")
    platform.fault = fault
    answer = api.get(f"/syncs/{sync['id']}/preview")
    assert (answer.status_code, kind(answer)) == (status, name)
    assert answer.headers.get("Retry-After") == retry_after
    assert "customer17" not in answer.text
    if isinstance(fault, hub_for_plugins.HubError):
        assert problem(answer).detail == str(fault)


def test_every_error_class_has_a_kind() -> None:
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.HubError)]
    assert len(classes) >= 14
    special: dict[type, tuple[str, ...]] = {errors.IntegratorError: ("plugin", "text")}
    found = {one.__name__: kind_of(one(*special.get(one, ("text",)))).status for one in classes}
    assert found["StoreError"] == found["TryAgain"] == 503
    assert found["InputError"] == 400
    assert found["NameTaken"] == found["InUse"] == 409
    assert all(400 <= status <= 503 and status != 500 for status in found.values())


@pytest.fixture
def own_hub(tmp_path: Any) -> Iterator[tuple[Hub, list[Exception]]]:
    """A hub to be broken: it has little patience, and its clock raises what is put into the list."""
    faults: list[Exception] = []

    def clock() -> datetime:
        for fault in faults:
            raise fault
        return datetime.now(UTC)

    home = tmp_path / "home"
    make_home(home, Organisation(name="Kino", time_zone="Europe/Berlin", currency="EUR", country="DE"))
    with (home / "hub.toml").open("a") as settings:
        settings.write("busy_seconds = 0.1\n")
    opened = open_hub(home, clock)
    yield opened, faults
    opened.close()


def test_an_unexpected_error_gives_nothing_away(own_hub: tuple[Hub, list[Exception]], serve: Serve) -> None:
    hub, faults = own_hub
    headers = {"Authorization": f"Bearer {hub.tokens.create('t', list(Scope))}"}
    with serve(make_application(hub)) as address, httpx.Client(base_url=address, headers=headers) as client:
        faults.append(RuntimeError("password: hunter2"))
        answer = client.post("/api/v1/segments", json={"name": "x", "text": "everyone"})
        assert (answer.status_code, kind(answer)) == (500, "unexpected")
        assert "hunter2" not in answer.text
        assert "RuntimeError" not in answer.text


def test_a_locked_store_is_tried_again(own_hub: tuple[Hub, list[Exception]], serve: Serve) -> None:
    hub, _ = own_hub
    headers = {"Authorization": f"Bearer {hub.tokens.create('t', list(Scope))}"}
    with serve(make_application(hub)) as address, httpx.Client(base_url=address, headers=headers) as client:
        other = sqlite3.connect(hub.database.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = client.post("/api/v1/segments", json={"name": "x", "text": "everyone"})
        assert (answer.status_code, kind(answer)) == (503, "try-again")
        assert answer.headers["Retry-After"] == "5"
        other.rollback()
        other.close()
        assert client.post("/api/v1/segments", json={"name": "x", "text": "everyone"}).status_code == 201


def test_a_store_that_is_gone_is_told_without_its_address(
    own_hub: tuple[Hub, list[Exception]], serve: Serve
) -> None:
    hub, _ = own_hub
    headers = {"Authorization": f"Bearer {hub.tokens.create('t', list(Scope))}"}
    with serve(make_application(hub)) as address, httpx.Client(base_url=address, headers=headers) as client:
        hub.database.close()
        for file in hub.home.glob("hub.sqlite*"):
            file.unlink()
        (hub.home / "hub.sqlite").mkdir()
        for path in ("/api/v1/health", "/api/v1/segments"):
            answer = client.get(path)
            assert (answer.status_code, kind(answer)) == (503, "store")
            assert str(hub.home) not in answer.text
            assert answer.headers["Retry-After"] == "5"
        assert client.get("/api/v1/health/live").status_code == 200


def test_a_store_of_another_version_is_unfit(own_hub: tuple[Hub, list[Exception]], serve: Serve) -> None:
    hub, _ = own_hub
    with serve(make_application(hub)) as address, httpx.Client(base_url=address) as client:
        assert client.get("/api/v1/health").json() == {"status": "ok", "schema_version": HEAD}
        with hub.database.writing() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        answer = client.get("/api/v1/health")
        assert (answer.status_code, kind(answer)) == (503, "store")
        assert "9999" in answer.text


def test_a_store_that_refuses_is_told_with_its_reason(own_hub: tuple[Hub, list[Exception]], serve: Serve) -> None:
    hub, _ = own_hub
    headers = {"Authorization": f"Bearer {hub.tokens.create('t', list(Scope))}"}
    with serve(make_application(hub)) as address, httpx.Client(base_url=address, headers=headers) as client:
        with hub.database.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

        def limit(driver: sqlite3.Connection, _record: object) -> None:
            driver.execute(f"PRAGMA max_page_count = {pages}")

        hub.database.close()
        sa.event.listen(hub.database.engine, "connect", limit)
        asked = {"name": "x", "text": "everyone", "description": "long " * 2_000}
        for number in range(50):
            answer = client.post("/api/v1/segments", json={**asked, "name": f"x{number}"})
            if answer.status_code != 201:
                break
        assert (answer.status_code, kind(answer)) == (503, "store")
        assert "is full; make room" in answer.text
