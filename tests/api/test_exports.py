"""All customers as a file: with figures, or everything that is known of them."""

import csv
import io
import zipfile

import httpx
import pytest


def test_figures_of_everyone_in_each_form(api: httpx.Client) -> None:
    answer = api.get("/customers/export")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customers.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 60
    assert rows[0]["first_name"] == "'=1+1"
    assert len(api.get("/customers/export", params={"format": "jsonl"}).text.splitlines()) == 60
    answer = api.get("/customers/export", params={"format": "xlsx"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customers.xlsx"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == 61


def test_a_segment_and_a_view_as_a_workbook(api: httpx.Client) -> None:
    made = api.post("/segments", json={"name": "Of workbooks", "text": "orders >= 3"}).json()
    answer = api.get(f"/segments/{made['id']}/export", params={"format": "xlsx"})
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == 25


def test_all_data_as_a_zip_file(api: httpx.Client) -> None:
    answer = api.get("/customers/export", params={"contents": "data"})
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "tests/customers.csv", "tests/events.csv", "tests/orders.csv", "tests/order_lines.csv",
            "tests/consents.csv", "README.txt",
        ]  # fmt: skip
        assert archive.read("tests/customers.csv").count(b"\n") == 61
        assert b"hub import csv tests/orders.csv --kind orders --source tests" in archive.read("README.txt")
    without = api.get("/customers/export", params={"contents": "data", "purchases": False, "source": "tests"})
    with zipfile.ZipFile(io.BytesIO(without.content)) as archive:
        assert archive.namelist() == ["tests/customers.csv", "tests/consents.csv", "README.txt"]


def test_one_kind_as_csv(api: httpx.Client) -> None:
    asked = {"contents": "data", "format": "csv", "source": "tests", "kind": "consents"}
    answer = api.get("/customers/export", params=asked)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="consents.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 30
    assert (rows[0]["permission"], rows[0]["given"], rows[0]["at"]) == (
        "newsletter",
        "yes",
        "2025-01-01T00:00:00Z",
    )


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"contents": "data", "source": "shup"}, 404, "there is no source 'shup'"),
        ({"contents": "data", "format": "csv"}, 422, "give source and kind"),
        ({"contents": "data", "format": "xlsx"}, 422, "choose zip"),
        ({"contents": "data", "kind": "tags"}, 422, "a zip file holds all kinds"),
        ({"format": "zip"}, 422, "choose csv, jsonl or xlsx"),
        ({"source": "tests"}, 422, "go with contents=data"),
        ({"contents": "data", "format": "csv", "source": "tests", "kind": "pets"}, 422, "query.kind"),
    ],
)
def test_what_does_not_go_together_is_told(
    api: httpx.Client, query: dict[str, str], status: int, said: str
) -> None:
    answer = api.get("/customers/export", params=query)
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_it_needs_the_scope_to_see_customers(stranger: httpx.Client) -> None:
    assert stranger.get("/api/v1/customers/export").status_code == 401
