"""The loopback Facebook is as strict as the real one is known to be."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hub_facebook.normalising import hashed

from hub.testing.platforms.facebook import FacebookServer

from .conftest import ACCOUNT, TOKEN

HASH = hashed("a@example.com")
HASHED_BLANK = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
Call = Callable[..., httpx.Response]


@pytest.fixture
def call(server: FacebookServer) -> Call:
    server.account.secret = None

    def send(method: str, path: str, token: str = TOKEN, **body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.request(method, f"{server.url}/v25.0{path}", headers=headers, json=body or None, timeout=5)

    return send


@pytest.fixture
def node(call: Call) -> str:
    body = {"name": "Opera", "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY"}
    return f"/{call('POST', f'/act_{ACCOUNT}/customaudiences', **body).json()['id']}"


def payload(schema: list[str], *rows: list[Any]) -> dict[str, Any]:
    return {"schema": schema, "data": list(rows)}


def code(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error"]["code"]


def test_tokens(call: Call, server: FacebookServer) -> None:
    assert code(call("GET", f"/act_{ACCOUNT}", token="")) == (400, 104)
    assert code(call("GET", f"/act_{ACCOUNT}", token="another")) == (401, 190)
    server.account.secret = "secret"
    assert code(call("GET", f"/act_{ACCOUNT}")) == (400, 100)


@pytest.mark.parametrize(
    ("schema", "row", "reason"),
    [
        (["EXTERN_ID", "EMAIL"], ["", HASH], "empty external ID"),
        (["EMAIL"], ["a@example.com"], "invalid hash of EMAIL"),
        (["EMAIL"], [hashed(" ")[:-1]], "invalid hash of EMAIL"),
        (
            ["EMAIL", "FN"],
            [HASH, HASHED_BLANK],
            "hash of FN",
        ),
        (["EMAIL"], [""], "empty row"),
        (["EMAIL", "DATA_PROCESSING_OPTIONS"], [HASH, "LDU"], "data processing"),
    ],
)
def test_rows_it_refuses(call: Call, node: str, schema: list[str], row: list[Any], reason: str) -> None:
    body = call("POST", f"{node}/users", payload=payload(schema, row, ["x" * 3] * len(schema))).json()
    assert (body["num_received"], body["num_invalid_entries"]) == (2, 2)
    assert reason in body["invalid_entry_samples"][json.dumps(row, separators=(",", ":"))]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"payload": "{"},
        {"payload": payload(["EMAIL"])},
        {"payload": payload(["NAME"], [HASH])},
        {"payload": payload(["EMAIL", "FN"], [HASH])},
        {"payload": payload(["EMAIL"], *[[HASH]] * 10_001)},
        {"payload": payload(["EMAIL"], [HASH]), "session": {"session_id": 0, "batch_seq": 1}},
        {"payload": payload(["EMAIL"], [HASH]), "session": {"session_id": 2**63, "batch_seq": 1}},
        {"payload": payload(["EMAIL"], [HASH]), "session": {"session_id": 5, "batch_seq": 0}},
        {
            "payload": payload(["EMAIL"], [HASH]),
            "session": {"session_id": 5, "batch_seq": 1, "estimated_num_total": 0},
        },
        {
            "payload": payload(["EMAIL"], [HASH]),
            "session": {"session_id": 5, "batch_seq": 1, "last_batch_flag": "yes"},
        },
    ],
)
def test_requests_it_refuses(call: Call, node: str, wrong: dict[str, Any]) -> None:
    assert code(call("POST", f"{node}/users", **wrong)) == (400, 100)


def test_a_session_is_over_after_its_last_batch(call: Call, node: str) -> None:
    session = {"session_id": 5, "batch_seq": 1, "last_batch_flag": True}
    rows = payload(["EMAIL"], [HASH])
    assert call("POST", f"{node}/users", payload=rows, session=session).status_code == 200
    answer = call("POST", f"{node}/users", payload=rows, session=session)
    assert (code(answer), answer.json()["error"]["error_subcode"]) == ((400, 2650), 1870148)
    fields = "session_id,num_received,start_time,end_time"
    (row,) = call("GET", f"{node}/sessions?fields={fields}").json()["data"]
    assert (row["session_id"], row["num_received"]) == ("5", "1")
    assert int(row["start_time"]) <= int(row["end_time"])


def test_a_replacement_begins_with_its_first_batch_and_shuts_others_out(call: Call, node: str) -> None:
    rows = payload(["EMAIL"], [HASH])
    assert code(call("POST", f"{node}/usersreplace", payload=rows)) == (400, 100)
    late = {"session_id": 5, "batch_seq": 2, "last_batch_flag": False}
    answer = call("POST", f"{node}/usersreplace", payload=rows, session=late)
    assert answer.json()["error"]["error_subcode"] == 1870147
    first = late | {"batch_seq": 1}
    assert call("POST", f"{node}/usersreplace", payload=rows, session=first).status_code == 200
    assert code(call("POST", f"{node}/users", payload=rows)) == (400, 2650)
    assert code(call("POST", f"{node}/usersreplace", payload=rows, session=first | {"session_id": 6})) == (
        400,
        2650,
    )


def test_a_replacement_is_given_up_after_90_minutes(call: Call, node: str, server: FacebookServer) -> None:
    now = [1_700_000_000.0]
    server.account.clock = lambda: now[0]
    rows = payload(["EMAIL"], [HASH])
    session = {"session_id": 5, "batch_seq": 1, "last_batch_flag": False}
    call("POST", f"{node}/usersreplace", payload=rows, session=session)
    (row,) = call("GET", f"{node}/sessions?fields=start_time,end_time").json()["data"]
    assert row == {"start_time": "1700000000"}
    state = f"{node}?fields=operation_status"
    assert call("GET", state).json()["operation_status"]["code"] == 414
    now[0] += 90 * 60 - 1
    assert code(call("POST", f"{node}/users", payload=rows)) == (400, 2650)
    now[0] += 1
    assert call("GET", state).json()["operation_status"]["code"] == 200
    answer = call("POST", f"{node}/usersreplace", payload=rows, session=session | {"batch_seq": 2})
    assert answer.json()["error"]["error_subcode"] == 1870158
    assert call("POST", f"{node}/users", payload=rows).status_code == 200


@pytest.mark.parametrize(("people", "shown"), [(1, (1000, 1000, 1000)), (5000, (5000, 4900, 5100))])
def test_how_large_an_audience_is(call: Call, node: str, people: int, shown: tuple[int, ...]) -> None:
    call("POST", f"{node}/users", payload=payload(["EMAIL"], *([hashed(f"{one}")] for one in range(people))))
    names = ("approximate_count", "approximate_count_lower_bound", "approximate_count_upper_bound")
    body = call("GET", f"{node}?fields={','.join(names)}").json()
    assert tuple(body[name] for name in names) == shown


def test_deleted_audiences_and_unknown_paths(call: Call, node: str) -> None:
    assert call("DELETE", node).json() == {"success": True}
    answer = call("GET", node)
    assert (code(answer), answer.json()["error"]["error_subcode"]) == ((400, 100), 33)
    assert code(call("GET", "/nothing/at/all")) == (400, 2500)
    assert code(call("POST", "/debug_token", input_token=TOKEN)) == (400, 2500)
    assert code(call("POST", f"/act_{ACCOUNT}/customaudiences", name="x", subtype="LOOKALIKE")) == (400, 100)
