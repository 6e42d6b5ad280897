"""Whatever is sent to the operations on segments, none of it is a bug in the hub."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.api.cursors import write_cursor
from hub.api.listing import Listing
from hub.api.problems import Problem
from hub.core.segments.people.members import MemberOrder

OFTEN = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

WORDS = [
    "orders", "tickets", "revenue", "age", "city", "country", "tag", "bought", "consent", "registered", "everyone",
    "nobody", "and", "or", "not", "(", ")", ",", ">=", "<=", "=", "<", ">", "between", "in", "the", "last", "days",
    "since", "before", "after", "for", "on", "by", "years", "months", "3", "-1", "0.5", "12.50", "2026-01-31",
    "2026-02-30", "1000000000000", "99999999999999999999", '"vip"', '"', "'", "\\", "=", "unknown", "%", "\0", "é",
]  # fmt: skip

KEYS = [
    "number", "amount", "days", "date", "at_least", "at_most", "more_than", "less_than", "exactly", "between",
    "any_of", "none_of", "all_of", "criterion", "parameters", "text", "tag", "names", "event", "since", "before",
    "after", "within_days", "exactly_days_ago", "on", "is_in", "not_in", "permission", "channel", "kind",
    "known_only",
]  # fmt: skip

VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["vip", "2026-01-31", "0001-01-01", "9999-12-31", "DE", "email", "1e999999", "\0", "\ud800"])
)

JSON = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)

CRITERIA = [
    "age", "tickets", "orders", "revenue", "registered", "first_purchase", "last_purchase", "bought", "city",
    "country", "region", "postcode", "average_order", "tag", "consent", "unknown",
]  # fmt: skip

NODES = st.recursive(
    st.fixed_dictionaries(
        {"criterion": st.sampled_from(CRITERIA)},
        optional={"parameters": st.dictionaries(st.sampled_from(KEYS), JSON, max_size=2) | JSON},
    )
    | st.builds(
        lambda name, field, form, value: {"criterion": name, "parameters": {field: {form: value}}},
        st.sampled_from(CRITERIA),
        st.sampled_from(["number", "amount", "when", "tags", "codes", "names", "permission", "kind"]),
        st.sampled_from(KEYS),
        JSON,
    ),
    lambda inner: st.dictionaries(
        st.sampled_from(["all_of", "any_of", "none_of"]),
        st.lists(inner, max_size=3) | JSON,
        min_size=1,
        max_size=2,
    ),
    max_leaves=6,
)

BODIES = JSON | st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=10) | JSON,
        "text": st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join) | JSON,
        "definition": NODES | JSON,
        "description": JSON,
        "as_of": st.dates().map(str) | JSON,
        "segment_id": st.integers(0, 3) | JSON,
        "view_id": st.integers(0, 2) | JSON,
        "base": st.fixed_dictionaries({}, optional={"text": st.just("orders >= 1"), "definition": NODES | JSON}),
        "without_event": st.lists(st.text(max_size=5), max_size=3) | JSON,
        "tag": st.text(max_size=10) | JSON,
        "sort": st.sampled_from(["name", "email", "revenue", "number"]) | JSON,
        "cursor": st.text(max_size=20) | JSON,
        "kind": st.sampled_from(["dynamic", "manual"]) | JSON,
        "numbers": st.lists(st.integers(-1, 2**33), max_size=3) | JSON,
        "emails": st.lists(st.text(max_size=5), max_size=3) | JSON,
        "expected_changed_at": st.datetimes().map("{:%Y-%m-%dT%H:%M:%SZ}".format) | JSON,
        "values": st.dictionaries(st.sampled_from(["days", "city"]), VALUES, max_size=2) | JSON,
    },
)


QUESTIONS = ["/segments/count", "/dashboard", "/members", "/tags/count", "/customers/1/explain"]
CHANGES = [
    ("POST", "/segments"), ("PATCH", "/segments/1"), ("POST", "/segments/1/preview-change"),
    ("POST", "/segments/1/views"), ("PATCH", "/views/1"), ("POST", "/segments/1/members"),
    ("POST", "/segments/2/members/remove"), ("POST", "/tags/add"), ("POST", "/tags/remove"),
    ("POST", "/recipes/fill"),
]  # fmt: skip
LISTS = [
    "/segments", "/segments/1/members", "/segments/1/export", "/segments/1/history", "/segments/1/sizes",
    "/segments/1/history/1/changes", "/views/1/members", "/customers", "/customers/4/orders", "/customers/lookup",
    "/segments/1/customers/4", "/feeds", "/feeds/1/reads",
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def something_there(api: httpx.Client) -> None:
    """The segments 1 and 2, the latter by hand, and the view 1."""
    assert api.post("/segments", json={"name": "First", "text": "orders >= 1"}).json()["id"] == 1
    assert api.post("/segments", json={"name": "Second", "kind": "manual"}).json()["id"] == 2
    assert api.post("/segments/1/views", json={"name": "First", "text": "orders >= 3"}).json()["id"] == 1


def send(api: httpx.Client, path: str, body: Any, method: str = "POST") -> None:
    content = json.dumps(body).encode()  # a lone half of a character goes as an escape
    answer = api.request(method, path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500, (body, answer.text)
    if answer.status_code >= 400:
        assert Problem.model_validate_json(answer.text).status == answer.status_code


@OFTEN
@given(st.sampled_from(QUESTIONS), BODIES)
def test_any_question_is_answered_or_refused(api: httpx.Client, path: str, body: Any) -> None:
    send(api, path, body)


@OFTEN
@given(NODES, st.none() | st.sampled_from(["1900-01-01", "2025-12-31", "2199-12-31"]))
def test_any_definition_is_counted_or_refused(api: httpx.Client, definition: Any, as_of: str | None) -> None:
    send(api, "/segments/count", {"definition": definition, "as_of": as_of})


@OFTEN
@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join) | st.text(max_size=30))
def test_any_text_is_counted_or_refused(api: httpx.Client, text: str) -> None:
    send(api, "/segments/count", {"text": text})


@OFTEN
@given(st.sampled_from(CHANGES), BODIES)
def test_any_change_is_made_or_refused(api: httpx.Client, operation: tuple[str, str], body: Any) -> None:
    send(api, operation[1], body, operation[0])


@OFTEN
@given(st.binary(max_size=40))
def test_any_bytes_are_refused(api: httpx.Client, content: bytes) -> None:
    for path in ("/segments", "/segments/count"):
        answer = api.post(path, content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code in {400, 422}


@settings(parent=OFTEN, max_examples=80)
@given(
    st.sampled_from(LISTS),
    st.dictionaries(
        st.sampled_from(
            [
                "cursor",
                "limit",
                "as_of",
                "format",
                "removed",
                "sort",
                "descending",
                "search",
                "side",
                "since",
                "without_event",
                "source",
                "external_id",
            ]
        ),
        st.text(max_size=20),
    ),
)
def test_any_query_is_answered_or_refused(api: httpx.Client, path: str, query: dict[str, str]) -> None:
    encoded = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    assert api.get(path, params=encoded).status_code in {200, 400, 404, 422}


@settings(parent=OFTEN, max_examples=40)
@given(st.sampled_from(list(MemberOrder)), JSON, st.integers(-1, 2**32) | JSON)
def test_any_position_in_a_list_is_answered_or_refused(
    api: httpx.Client, order: MemberOrder, value: Any, number: Any
) -> None:
    listing = Listing("segment 1", order, False, "", None, 50)
    query = {"sort": order.value, "cursor": write_cursor(listing.name, [value, number])}
    assert api.get("/segments/1/members", params=query).status_code in {200, 400, 422}
