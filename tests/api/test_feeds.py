"""Feeds over HTTP: managed with a token, read by their address alone."""

import csv
import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub.core.app import Hub
from hub.core.contracts.errors import TryAgain
from hub.core.contracts.records import Batch, ConsentRecord, CustomerRecord
from hub.core.ingest.ingest import Ingest

Make = Callable[..., Any]


@pytest.fixture
def make_feed(api: httpx.Client, make_segment: Make) -> Make:
    """Makes a feed of a segment of its own; the answer."""

    def make(name: str, text: str = "everyone", **more: Any) -> dict[str, Any]:
        segment = make_segment(f"of {name}", text)
        asked = {"name": name, "segment": segment["name"], "permission": None, **more}
        answer = api.post("/feeds", json=asked)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        assert answer.headers["Location"] == f"/api/v1/feeds/{made['feed']['id']}"
        return made

    return make


def test_a_feed_is_made_listed_rotated_revoked_and_removed(
    api: httpx.Client, stranger: httpx.Client, make_feed: Make, make_segment: Make
) -> None:
    made = make_feed("shop", columns=["email"], permission="newsletter", channel="email")
    feed, path = made["feed"], f"/feeds/{made['feed']['id']}"
    assert made["json_address"] == made["csv_address"].removesuffix("csv") + "json"
    assert api.get(path).json() == feed
    assert feed in api.get("/feeds").json()["items"]
    assert "address" not in api.get("/feeds").text
    rotated = api.post(f"{path}/rotate").json()
    assert rotated["csv_address"] != made["csv_address"]
    assert stranger.get(made["csv_address"]).status_code == 404
    assert stranger.get(rotated["csv_address"]).status_code == 200
    assert api.post(f"{path}/revoke").json()["revoked_at"]
    assert stranger.get(rotated["csv_address"]).status_code == 404
    assert api.post(f"{path}/rotate").status_code == 422
    assert api.post("/feeds", json={"name": "shop", "segment": "of shop", "permission": None}).status_code == 409
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == api.get(f"{path}/reads").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"segment": "none"}, 404, "no segment 'none'"),
        ({"view": "none"}, 404, "no view 'none'"),
        ({"columns": ["iban"]}, 422, "no column 'iban'; choose from number, external_id"),
        ({"channel": "sms"}, 422, "a channel only makes sense with a permission"),
        ({"columns": "email"}, 422, "body.columns"),
    ],
)
def test_what_can_not_be_made_is_refused(api: httpx.Client, wrong: dict[str, Any], status: int, said: str) -> None:
    if not api.get("/segments").json()["items"]:
        api.post("/segments", json={"name": "wrong", "text": "everyone"})
    segment = api.get("/segments").json()["items"][0]["name"]
    answer = api.post("/feeds", json={"name": "wrong", "segment": segment, "permission": None, **wrong})
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert api.post("/feeds", json={"name": "wrong", "segment": segment}).status_code == 422  # consent unsaid


def test_it_is_read_as_csv_and_json_without_a_token(stranger: httpx.Client, make_feed: Make) -> None:
    made = make_feed("both", "orders >= 1", columns=["external_id", "first_name", "revenue_minor"])
    answer = stranger.get(made["csv_address"])
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert rows[0] == {"external_id": "C-1", "first_name": "'=1+1", "revenue_minor": "1250"}
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    told = stranger.get(made["json_address"])
    assert told.headers["Content-Type"] == "application/json"
    assert told.json()["members"][0] == {"external_id": "C-1", "first_name": "=1+1", "revenue_minor": 1250}
    assert (told.json()["count"], len(told.json()["members"]), len(rows)) == (48, 48, 48)
    for each, form in ((answer, "csv"), (told, "json")):
        headers = each.headers
        assert headers["Cache-Control"] == "private, no-cache"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Disposition"] == f'attachment; filename="feed-{made["feed"]["id"]}.{form}"'
        assert "Vary" not in headers
        assert "Access-Control-Allow-Origin" not in headers


def test_who_has_it_already_is_told_so(stranger: httpx.Client, make_feed: Make, hub: Hub) -> None:
    made = make_feed("tagged", columns=["external_id", "city"])
    address = made["csv_address"]
    tag = stranger.get(address).headers["ETag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        for method in ("GET", "HEAD"):
            answer = stranger.request(method, address, headers={"If-None-Match": known})
            assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
            assert answer.headers["Cache-Control"] == "private, no-cache"
    twice = [("If-None-Match", '"other"'), ("If-None-Match", tag)]
    assert stranger.get(address, headers=twice).status_code == 304
    for unknown in ("", '"other"', tag.strip('W/"'), "W/", '"'):
        assert stranger.get(address, headers={"If-None-Match": unknown}).status_code == 200
    change = CustomerRecord(id="C-9", email="customer9@example.com", city="Berlin")
    list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([Batch.of(change)]))
    changed = stranger.get(address, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.headers["ETag"] == tag) == (200, False)


def test_head_says_what_get_would(stranger: httpx.Client, make_feed: Make) -> None:
    address = make_feed("head")["json_address"]
    head, got = stranger.head(address), stranger.get(address)
    assert (head.status_code, head.content) == (200, b"")
    wanted = {"etag", "content-type", "content-disposition", "cache-control"}
    assert {name: head.headers[name] for name in wanted} == {name: got.headers[name] for name in wanted}
    assert "content-length" not in head.headers


def test_a_wrong_address_is_told_as_a_revoked_one(
    api: httpx.Client, stranger: httpx.Client, make_feed: Make
) -> None:
    made = make_feed("dead")
    address, secret = made["csv_address"], made["csv_address"].removeprefix("/feeds/").removesuffix(".csv")
    api.post(f"/feeds/{made['feed']['id']}/revoke")
    wrong = [
        address, made["json_address"], f"/feeds/{'x' * 43}.csv", f"/feeds/{secret}", f"/feeds/{secret}.txt",
        f"/feeds/{secret}.csv/", f"/feeds/x/{secret}.csv", "/feeds/", "/feeds/.csv", "/feeds/%00.csv",
        "/feeds/%ff%fe.json", f"/feeds/{'x' * 5000}.csv", f"/feeds/{secret[:-1]}.csv", f"/feeds/{secret}x.csv",
    ]  # fmt: skip
    answers = [stranger.get(path) for path in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["X-Robots-Tag"] for answer in answers} == {"noindex, nofollow"}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert secret not in answers[0].text
    assert stranger.post(address).status_code == 405
    assert stranger.head(address).status_code == 404


def test_who_withdraws_is_gone_with_the_next_reading(stranger: httpx.Client, make_feed: Make, hub: Hub) -> None:
    address = make_feed("consent", columns=["external_id"], permission="newsletter")["csv_address"]
    before = stranger.get(address)
    assert '"C-7"' in before.text
    withdrawn = ConsentRecord(customer="C-7", permission="newsletter", given=False, at=hub.clock())
    list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([Batch.of(withdrawn)]))
    after = stranger.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert '"C-7"' not in after.text
    assert len(after.text.splitlines()) == len(before.text.splitlines()) - 1


def test_who_read_is_listed_page_by_page(api: httpx.Client, stranger: httpx.Client, make_feed: Make) -> None:
    made = make_feed("read")
    tag = stranger.get(made["csv_address"]).headers["ETag"]
    told = {"If-None-Match": tag, "User-Agent": "a print shop", "X-Forwarded-For": "not an address"}
    stranger.get(made["json_address"], headers=told)
    path = f"/feeds/{made['feed']['id']}"
    page = api.get(f"{path}/reads", params={"limit": 1}).json()
    (newest,) = page["items"]
    assert (newest["agent"], newest["form"], newest["status"], newest["members"]) == (
        "a print shop", "json", 304, None,
    )  # fmt: skip
    last = api.get(f"{path}/reads", params={"cursor": page["next_cursor"]}).json()
    assert [(read["form"], read["status"], read["members"]) for read in last["items"]] == [("csv", 200, 60)]
    assert (last["items"][0]["address"], last["next_cursor"]) == ("127.0.0.1", None)
    assert api.get(path).json()["last_read_at"] == newest["at"]


def test_feeds_come_in_pages(api: httpx.Client, make_feed: Make) -> None:
    for name in ("page 1", "page 2"):
        make_feed(name)
    names, cursor = [], None
    while True:
        page = api.get("/feeds", params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == [item["name"] for item in api.get("/feeds").json()["items"]]
    assert api.get("/feeds", params={"cursor": "no cursor"}).status_code == 400


def test_what_can_not_be_answered_is_a_passing_problem(
    stranger: httpx.Client, make_feed: Make, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = make_feed("broken")["csv_address"]

    def fail(*_: Any, **__: Any) -> Any:
        raise TryAgain("the store postgresql://secret is locked")

    monkeypatch.setattr(hub.feed_reading, "_handout", fail)
    answer = stranger.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert answer.headers["Retry-After"]
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "postgresql" not in answer.text


def test_a_segment_stays_while_a_feed_is_read(api: httpx.Client, make_feed: Make) -> None:
    made = make_feed("keeps")
    path = f"/segments/{made['feed']['segment_id']}"
    refused = api.delete(path)
    assert (refused.status_code, "used by the feed 'keeps'; revoke that" in refused.json()["detail"]) == (
        409,
        True,
    )
    assert [use["kind"] for use in api.get(f"{path}/uses").json()["items"]] == ["feed"]
    api.post(f"/feeds/{made['feed']['id']}/revoke")
    assert api.delete(path).status_code == 204
