"""Which requests are repeated, how long the client waits, and what it lets out."""

import gzip
import logging
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from hub.core.http import client, retry_after

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


BROKEN = b""
BROKEN_HALF_WAY = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"

Make = Callable[..., httpx.Client]


@pytest.fixture
def make(waits: list[float]) -> Iterator[Make]:
    made: list[httpx.Client] = []

    def make_one(**options: Any) -> httpx.Client:
        made.append(client(**({"sleep": waits.append, "clock": lambda: NOW} | options)))
        return made[-1]

    yield make_one
    for one in made:
        one.close()


@pytest.mark.parametrize("fault", [BROKEN, BROKEN_HALF_WAY, *(answer(s) for s in (429, 500, 502, 503, 504))])
def test_a_repeatable_request_is_repeated_with_its_body(
    server: Any, make: Make, waits: list[float], fault: bytes
) -> None:
    server.script = [fault, fault]
    response = make(repeatable=True).post(server.url("/x"), json={"a": 1})
    assert (response.status_code, response.text) == (200, "fine")
    assert server.requests == [b'POST /x HTTP/1.1|{"a":1}'] * 3
    assert len(waits) == 2


@pytest.mark.parametrize("fault", [BROKEN, BROKEN_HALF_WAY])
def test_a_request_that_may_have_been_heard_is_not_repeated(
    server: Any, make: Make, waits: list[float], fault: bytes
) -> None:
    server.script = [fault]
    with pytest.raises(httpx.TransportError):
        make(repeatable=False).post(server.url(), content=b"x")
    assert len(server.requests) == 1
    assert waits == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_answer_to_what_must_not_be_repeated_is_returned(server: Any, make: Make, status: int) -> None:
    server.script = [answer(status, b"later", "Retry-After: 7")]
    response = make(repeatable=False).post(server.url())
    assert (response.status_code, response.text) == (status, "later")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 405, 409, 422, 501])
def test_an_answer_about_the_request_itself_is_returned_at_once(server: Any, make: Make, status: int) -> None:
    server.script = [answer(status, b"", "Location: http://127.0.0.1:1/")]
    assert make(repeatable=True).get(server.url()).status_code == status
    assert len(server.requests) == 1


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_connection_that_is_refused_is_tried_again_in_any_case(
    make: Make, waits: list[float], repeatable: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(httpx.ConnectError):
        make(repeatable=repeatable, attempts=4).post(f"http://127.0.0.1:{port}/", content=b"x")
    assert len(waits) == 3


def test_after_the_last_attempt_the_answer_is_returned_whole(server: Any, make: Make, waits: list[float]) -> None:
    server.script = [answer(503, b"one"), answer(503, b"two"), answer(503, b"three")]
    response = make(repeatable=True, attempts=3).get(server.url())
    assert (response.status_code, response.text) == (503, "three")
    assert len(waits) == 2


def test_after_the_last_attempt_the_error_is_raised_as_it_is(server: Any, make: Make) -> None:
    server.script = [BROKEN] * 3
    with pytest.raises(httpx.RemoteProtocolError):
        make(repeatable=True, attempts=3).get(server.url())
    assert len(server.requests) == 3


def test_a_body_that_can_be_read_only_once_is_sent_once(server: Any, make: Make) -> None:
    server.script = [answer(503)]
    assert make(repeatable=True).post(server.url(), content=iter([b"a", b"b"])).status_code == 503
    assert len(server.requests) == 1


def test_a_silent_server_is_given_up_and_asked_again(make: Make, waits: list[float]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(httpx.ReadTimeout):
            make(repeatable=True, attempts=2, read_timeout=0.05).get(url)
    assert len(waits) == 1


def test_compressed_answers_are_read(server: Any, make: Make) -> None:
    server.script = [answer(200, gzip.compress(b"much" * 100), "Content-Encoding: gzip")]
    response = make(repeatable=True).get(server.url())
    assert response.content == b"much" * 100
    assert response.elapsed.total_seconds() > 0


def test_usual_time_outs(make: Make) -> None:
    timeout = make(repeatable=True).timeout
    assert (timeout.connect, timeout.read) == (10.0, 120.0)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("12", 12.0),
        (format_datetime(NOW + timedelta(seconds=30), usegmt=True), 30.0),
        (format_datetime((NOW + timedelta(seconds=30)).replace(tzinfo=None)), 30.0),
    ],
)
def test_it_waits_as_long_as_it_is_asked_to(
    server: Any, make: Make, waits: list[float], said: str, expected: float
) -> None:
    server.script = [answer(429, b"", f"Retry-After: {said}")]
    assert make(repeatable=True).get(server.url()).status_code == 200
    assert waits == [expected]


@pytest.mark.parametrize("said", ["61", "86400", "9" * 400, "Fri, 31 Dec 2999 23:59:59 GMT"])
def test_a_wait_that_is_too_long_is_left_to_the_caller(
    server: Any, make: Make, waits: list[float], said: str
) -> None:
    server.script = [answer(503, b"see you", f"Retry-After: {said}")]
    response = make(repeatable=True, longest_wait=60).get(server.url())
    assert (response.status_code, response.text) == (503, "see you")
    assert (retry_after(response, NOW) or 0) > 60
    assert waits == []


@pytest.mark.parametrize("said", ["soon", "-5", "1.5", "", "0", "Thu, 01 Jan 1970 00:00:00 GMT", "²"])
def test_a_wait_that_makes_no_sense_leaves_the_usual_pauses(
    server: Any, make: Make, waits: list[float], said: str
) -> None:
    server.script = [answer(503, b"", f"Retry-After: {said}")] * 4
    assert make(repeatable=True, longest_wait=3).get(server.url()).status_code == 200
    assert len(waits) == 4
    assert all(0 <= wait <= 3 for wait in waits)


def test_pauses_grow_and_differ(server: Any, make: Make, waits: list[float]) -> None:
    one = make(repeatable=True, attempts=6, longest_wait=1000)
    for _ in range(30):
        server.script = [answer(503)] * 5
        one.get(server.url())
    by_attempt = [waits[attempt::5] for attempt in range(5)]
    assert all(max(pauses) <= 2**attempt for attempt, pauses in enumerate(by_attempt))
    assert sum(by_attempt[4]) > sum(by_attempt[0])
    assert len(set(waits)) == len(waits)


def test_nothing_of_an_address_or_header_is_logged(
    server: Any, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.script = [answer(503, b"", "Set-Cookie: session=hunter2"), BROKEN]
    make(repeatable=True).post(
        server.url("/lists/hunter2?access_token=hunter2"),
        headers={"Authorization": "Bearer hunter2"},
        content=b"hunter2",
    )
    assert len(server.requests) == 3
    assert [record.getMessage().split(",")[0] for record in caplog.records] == [
        "POST 127.0.0.1: 503", "POST 127.0.0.1: RemoteProtocolError",
    ]  # fmt: skip
    assert "hunter2" not in caplog.text


def test_the_environment_does_not_decide_where_data_goes(
    server: Any, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login eve password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    response = make(repeatable=True).get(server.url())
    assert response.status_code == 200
    assert "authorization" not in response.request.headers


def test_a_proxy_of_the_settings_is_used(server: Any, make: Make) -> None:
    response = make(repeatable=True, proxy=server.url()).get("http://platform.example/x")
    assert response.status_code == 200
    assert server.requests == [b"GET http://platform.example/x HTTP/1.1|"]
