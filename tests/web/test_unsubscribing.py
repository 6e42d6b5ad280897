"""Unsubscribing over HTTP, as mail providers do it (RFC 8058) and as people do."""

import itertools
from collections.abc import Callable

import httpx
import pytest

from hub.core.access.signatures import Purpose
from hub.core.contracts.errors import TryAgain
from hub.core.messaging.unsubscribing import Unsubscribing
from hub.core.store.standing import consenting
from tests.messaging.links.post import Post

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
COUNT = itertools.count(1)

Leave = tuple[str, Callable[[], bool]]


@pytest.fixture
def leave(post: Post) -> Leave:
    """The path of unsubscribing of a message to somebody else each time, and whether they get more of them."""
    number = next(COUNT)
    token = post.signatures.sign(Purpose.UNSUBSCRIBE, post.message(post.newsletter(f"To {number}"), number))

    def stands() -> bool:
        with post.database.reading() as connection:
            return bool(consenting(connection, [number], "newsletter", "email"))

    return f"/u/{token}", stands


def test_one_click(web: httpx.Client, leave: Leave) -> None:
    path, stands = leave
    for _ in range(2):
        answer = web.post(path, data=ONE_CLICK)
        assert answer.status_code == 200
        assert not answer.is_redirect
        assert answer.text == "Unsubscribed.\n"
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "set-cookie" not in answer.headers
        assert not stands()


def test_one_click_in_parts(web: httpx.Client, leave: Leave) -> None:
    path, stands = leave
    assert web.post(path, files={"List-Unsubscribe": (None, "One-Click")}).text == "Unsubscribed.\n"
    assert not stands()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(web: httpx.Client, leave: Leave, method: str) -> None:
    path, stands = leave
    answer = web.request(method, path, params=ONE_CLICK)
    assert answer.status_code == 200
    assert stands()
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'self'; img-src 'self'"
    )


def test_other_methods_change_nothing(web: httpx.Client, leave: Leave) -> None:
    path, stands = leave
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert web.request(method, path).status_code == 405
    assert web.post(path, content=b"a" * 20_000).status_code == 413
    assert web.post(path + "/").status_code == 404
    assert stands()


@pytest.mark.parametrize("body", [b"", b"\xff=\xff", b"a=1&" * 30, b"--x\r\n"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_whoever_posts_is_unsubscribed(web: httpx.Client, leave: Leave, body: bytes, kind: str) -> None:
    path, stands = leave
    answer = web.post(path, content=body, headers={"Content-Type": kind})
    assert answer.status_code == 200
    assert "You are unsubscribed" in answer.text
    assert not stands()


def test_a_locked_store_is_told_and_nothing_is_claimed(
    web: httpx.Client, leave: Leave, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise TryAgain("the store sqlite:///secret is locked", 7)

    monkeypatch.setattr(Unsubscribing, "unsubscribe", locked)
    path, stands = leave
    answer = web.post(path, data=ONE_CLICK)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert "secret" not in answer.text
    assert stands()


def test_a_bug_says_no_more_than_that(web: httpx.Client, leave: Leave, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Unsubscribing, "read", lambda *_: 1 // 0)
    answer = web.get(leave[0])
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_style_sheet(web: httpx.Client) -> None:
    answer = web.get("/static/pages.css")
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert web.get("/static/../pages.py").status_code == web.get("/static/x").status_code == 404
