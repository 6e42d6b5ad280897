"""Members over HTTP: pages and files."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from hub.api.models.members import MemberOut
from hub.core.segments.people.members import MemberOrder

Make = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def everyone(api: httpx.Client) -> str:
    """The path of a segment of everyone."""
    return f"/segments/{api.post('/segments', json={'name': 'All', 'text': 'everyone'}).json()['id']}"


def test_every_page_goes_on_where_the_one_before_ended(api: httpx.Client, everyone: str) -> None:
    numbers: list[int] = []
    cursor: str | None = None
    pages = 0
    while pages == 0 or cursor:
        page = api.get(f"{everyone}/members", params={"limit": 17} | ({"cursor": cursor} if cursor else {})).json()
        assert page["size"] == 60
        numbers += [member["number"] for member in page["items"]]
        cursor = page["next_cursor"]
        pages += 1
    assert (pages, len(numbers)) == (4, 60)
    assert numbers == sorted(set(numbers))


def test_a_page_that_ends_with_the_last_member_is_the_last(api: httpx.Client, everyone: str) -> None:
    assert api.get(f"{everyone}/members", params={"limit": 60}).json()["next_cursor"] is None
    assert api.get(f"{everyone}/members", params={"limit": 59}).json()["next_cursor"] is not None


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", list(MemberOrder))
def test_members_are_sorted_and_every_page_goes_on(
    api: httpx.Client, everyone: str, sort: MemberOrder, descending: bool
) -> None:
    query: dict[str, Any] = {"sort": sort.value, "descending": descending, "limit": 25}
    rows: list[dict[str, Any]] = []
    cursor: str | None = None
    while not rows or cursor:
        page = api.get(f"{everyone}/members", params=query | ({"cursor": cursor} if cursor else {})).json()
        rows += page["items"]
        cursor = page["next_cursor"]
    assert sorted(row["number"] for row in rows) == list(range(1, 61))
    field = {MemberOrder.REVENUE: "revenue_minor", MemberOrder.LAST_PURCHASE: "last_purchase_at"}.get(
        sort, sort.value
    )
    values = [row[field] for row in rows if field != "name" and row[field] is not None]
    assert values == sorted(values, reverse=descending)
    if field != "name":
        assert all(row[field] is None for row in rows[len(values) :])
    question = {key: value for key, value in query.items() if key != "limit"}
    asked = api.post("/members", json={"text": "everyone", "limit": 60, **question}).json()
    assert asked["items"] == rows


def test_the_first_fifty_are_shown_and_others_are_searched(api: httpx.Client, everyone: str) -> None:
    page = api.get(f"{everyone}/members").json()
    assert (len(page["items"]), page["size"], page["found"]) == (50, 60, 60)
    found = api.get(f"{everyone}/members", params={"search": "müller"}).json()
    assert [member["number"] for member in found["items"]] == [2]
    found = api.get(f"{everyone}/members", params={"search": "CUSTOMER59@"}).json()
    assert ([member["number"] for member in found["items"]], found["size"], found["found"]) == ([59], 60, 1)


def test_who_matches_a_definition_is_listed_page_by_page(api: httpx.Client) -> None:
    question = {"text": "orders >= 3", "sort": "revenue", "descending": True, "limit": 10}
    first = api.post("/members", json=question).json()
    assert (first["size"], {member["orders"] for member in first["items"]}) == (24, {4})
    second = api.post("/members", json={**question, "cursor": first["next_cursor"]}).json()
    third = api.post("/members", json={**question, "cursor": second["next_cursor"]}).json()
    assert (len(third["items"]), third["next_cursor"]) == (4, None)
    assert len({member["number"] for page in (first, second, third) for member in page["items"]}) == 24
    other = api.post("/members", json={**question, "text": "orders >= 2", "cursor": first["next_cursor"]})
    assert other.status_code == 400


@pytest.mark.parametrize(
    "asked",
    [{"sort": "age"}, {"limit": 0}, {"limit": True}, {"search": "\0"}, {"search": None}, {"descending": 1}],
)
def test_a_question_that_is_no_list(api: httpx.Client, asked: dict[str, Any]) -> None:
    answer = api.post("/members", json={"text": "everyone", **asked})
    assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (422, "invalid")


def test_a_member_is_shown_with_days_instants_and_minor_units(api: httpx.Client, everyone: str) -> None:
    page = api.get(f"{everyone}/members").json()
    (member,) = [one for one in page["items"] if one["external_id"] == "C-4"]
    assert (member["born_on"], member["registered_at"]) == ("1990-05-17", "2024-03-01T10:00:00Z")
    assert (member["orders"], member["tickets"], member["revenue_minor"]) == (4, 8, 5000)
    assert (member["gender"], member["phone"], page["currency"]) == ("female", None, "EUR")


def test_members_as_of_a_day(api: httpx.Client, make_segment: Make) -> None:
    segment = make_segment("Four times", "orders = 4")
    path = f"/segments/{segment['id']}/members"
    assert api.get(path).json()["size"] == 12
    past = api.get(path, params={"as_of": "2026-01-12"}).json()
    assert (past["size"], past["items"], past["as_of"]) == (0, [], "2026-01-12")


def test_the_csv_file_has_every_member_and_no_formula(api: httpx.Client, everyone: str) -> None:
    answer = api.get(f"{everyone}/export")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="segment-')
    rows = {row["external_id"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert len(rows) == 60
    assert rows["C-1"]["first_name"] == "'=1+1"
    assert rows["C-2"]["last_name"] == 'Müller, "von"'
    assert rows["C-3"]["phone"] == "'+4930123456"
    assert rows["C-4"]["born_on"] == "1990-05-17"
    assert rows["C-4"]["registered_at"] == "2024-03-01T10:00:00Z"
    assert rows["C-4"]["revenue_minor"] == "5000"
    assert list(rows["C-1"]) == list(MemberOut.model_fields)


def test_the_json_lines_are_the_members_of_the_pages(api: httpx.Client, everyone: str) -> None:
    answer = api.get(f"{everyone}/export", params={"format": "jsonl"})
    assert answer.headers["Content-Type"] == "application/jsonl"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    listed = api.get(f"{everyone}/members", params={"limit": 1000}).json()["items"]
    assert lines == [{name: member[name] for name in MemberOut.model_fields} for member in listed]
    TypeAdapter(list[MemberOut]).validate_json(json.dumps(lines))


def test_a_file_of_nobody(api: httpx.Client, make_segment: Make) -> None:
    path = f"/segments/{make_segment('Nobody', 'nobody')['id']}/export"
    assert api.get(path).text.splitlines() == [",".join(f'"{name}"' for name in MemberOut.model_fields)]
    assert api.get(path, params={"format": "jsonl"}).text == ""


def test_a_file_as_of_a_day(api: httpx.Client, make_segment: Make) -> None:
    path = f"/segments/{make_segment('Twice by then', 'orders = 2')['id']}/export"
    then = api.get(path, params={"as_of": "2026-01-11", "format": "jsonl"}).text
    assert len(then.splitlines()) == 36
    assert len(api.get(path, params={"format": "jsonl"}).text.splitlines()) == 12


@pytest.mark.parametrize(
    "query",
    [
        {"format": "xml"}, {"as_of": "yesterday"}, {"as_of": "0001-01-01"}, {"as_of": "9999-12-31"},
    ],
)  # fmt: skip
def test_a_file_is_asked_for_rightly(api: httpx.Client, everyone: str, query: dict[str, str]) -> None:
    answer = api.get(f"{everyone}/export", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == f"query.{next(iter(query))}"
