"""What goes over the wire, in which sessions, and how refused rows are found."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from hub_facebook import FacebookSink
from hub_facebook.normalising import hashed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import IdentifierKind, Member, TryAgain
from hub.testing.platforms.facebook import FacebookServer
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply

from .conftest import MakeSink, held, leaving, people, person, references, refuse


def row_of(server: FacebookServer, audience: str) -> Mapping[str, Any]:
    (row,) = server.people(audience)
    return row


def test_hashes_go_and_never_the_data(sink: FacebookSink, server: FacebookServer, audience: str) -> None:
    ada = person(
        1, "ada@example.com", "+4915112345678", gender="female", city="Köln", region="NRW", postcode="50667"
    )
    sink.add(audience, [ada])
    row = row_of(server, audience)
    expected = {
        "EMAIL": "ada@example.com", "PHONE": "4915112345678", "GEN": "f", "LN": "byron", "FN": "ada", "CT": "köln",
        "ST": "nrw", "ZIP": "50667", "COUNTRY": "de",
    }  # fmt: skip
    assert {key: row[key] for key in expected} == {key: hashed(value) for key, value in expected.items()}
    assert row.keys() - expected.keys() == {"EXTERN_ID"}


def test_what_is_unknown_is_blank_and_not_hashed(
    sink: FacebookSink, server: FacebookServer, audience: str
) -> None:
    bare = Member(1, {IdentifierKind.PHONE: "+4915112345678"}, dict.fromkeys(sink.traits))
    assert list(sink.add(audience, [bare])) == []
    row = row_of(server, audience)
    assert {key for key, value in row.items() if value} == {"EXTERN_ID", "PHONE"}


def test_only_the_details_asked_for_go(make_sink: MakeSink, server: FacebookServer) -> None:
    sparing = make_sink(details=["postcode"])
    assert sparing.traits == ("postcode", "country")
    audience = sparing.ensure_audience("Opera", None)
    sparing.add(audience, [person(1, postcode="98121-9431", country="US")])
    assert row_of(server, audience).keys() == {"EXTERN_ID", "EMAIL", "PHONE", "ZIP"}
    assert row_of(server, audience)["ZIP"] == hashed("98121")


@pytest.mark.parametrize(
    ("place", "columns"),
    [
        ({}, {"DATA_PROCESSING_OPTIONS": ["LDU"]}),
        (
            {"data_processing_country": 1, "data_processing_state": 1000},
            {
                "DATA_PROCESSING_OPTIONS": ["LDU"],
                "DATA_PROCESSING_OPTIONS_COUNTRY": 1,
                "DATA_PROCESSING_OPTIONS_STATE": 1000,
            },
        ),
    ],
)
def test_limited_data_use(
    make_sink: MakeSink, server: FacebookServer, place: dict[str, int], columns: dict[str, Any]
) -> None:
    sink = make_sink(limited_data_use=True, **place)
    audience = sink.ensure_audience("Opera", None)
    ghost = person(2)
    refuse(server, ghost)
    assert [one.number for one in sink.add(audience, [person(1), ghost])] == [2]
    row = row_of(server, audience)
    assert {key: value for key, value in row.items() if key.startswith("DATA")} == columns


def test_two_customers_with_one_row(sink: FacebookSink, server: FacebookServer, audience: str) -> None:
    twins = [person(1, "both@example.com"), person(2, "both@example.com")]
    assert list(sink.add(audience, twins)) == []
    assert held(server, audience) == references(sink, twins)
    refuse(server, twins[0])
    assert {one.number for one in sink.add(audience, twins)} == {1, 2}


def test_another_phone_number_is_not_another_person(sink: FacebookSink) -> None:
    assert sink.reference(person(1, phone="+4915100000001")) == sink.reference(person(1, phone="+4915100000002"))


def test_one_recognised_by_the_name_alone_leaves_too(
    sink: FacebookSink, server: FacebookServer, audience: str
) -> None:
    sink.add(audience, [person(1)])
    row = row_of(server, audience)
    recognised = server.account.audiences[audience].people
    recognised.take(row)
    recognised.put({"EXTERN_ID": row["EXTERN_ID"], "EMAIL": ""})
    sink.remove(audience, leaving(sink, person(1)))
    assert server.people(audience) == []


def test_one_without_any_identifier_is_refused_here(
    sink: FacebookSink, server: FacebookServer, audience: str
) -> None:
    nobody = Member(1, {IdentifierKind.PHONE: "+000"}, {})
    before = len(server.requests)
    (rejection,) = sink.add(audience, [nobody])
    assert rejection.number == 1
    assert "neither" in rejection.reason
    assert len(server.requests) == before


def test_many_go_in_one_session(sink: FacebookSink, server: FacebookServer, audience: str) -> None:
    many = people(10_001)
    assert list(sink.add(audience, many)) == []
    (session,) = server.account.audiences[audience].sessions.values()
    assert (session.batches, session.is_over, session.received) == ([1, 2], True, 10_001)
    assert list(sink.remove(audience, leaving(sink, *many))) == []
    assert server.people(audience) == []


def test_removals_are_in_the_body(sink: FacebookSink, server: FacebookServer, audience: str) -> None:
    sink.add(audience, people(50))
    sink.remove(audience, leaving(sink, *people(50)))
    request = server.requests[-1]
    assert (request.method, request.query) == ("DELETE", {})
    assert request.size > 50 * 64


@given(refused=st.sets(st.integers(0, 39), max_size=12), samples=st.integers(0, 4))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_refused_rows_are_found_though_few_are_shown(
    sink: FacebookSink, server: FacebookServer, refused: set[int], samples: int
) -> None:
    everyone = people(40)
    audience = sink.ensure_audience("Opera", None)
    server.account.most_samples = samples
    server.account.refused.clear()
    refuse(server, *(everyone[number] for number in refused))
    rejected = list(sink.add(audience, everyone))
    sure = {one.number for one in rejected if one.permanent}
    assert sure <= refused <= {one.number for one in rejected}
    gone = {one.number for one in rejected}
    assert held(server, audience) == references(sink, [one for one in everyone if one.number not in gone])


def test_who_can_not_be_told_apart_is_taken_back(
    sink: FacebookSink, server: FacebookServer, audience: str
) -> None:
    everyone = people(400)
    server.account.most_samples = 0
    refuse(server, *everyone[::2])
    rejected = {one.number: one for one in sink.add(audience, everyone)}
    assert {one.number for one in everyone[::2]} <= rejected.keys()
    assert any(not one.permanent for one in rejected.values())
    assert held(server, audience) == references(sink, [one for one in everyone if one.number not in rejected])


def test_reasons_show_no_hash(sink: FacebookSink, server: FacebookServer, audience: str) -> None:
    key = json.dumps(["a" * 64])
    body = {"num_received": 1, "num_invalid_entries": 1, "invalid_entry_samples": {key: f"bad {'b' * 64}"}}
    server.faults.add(Fault(Reply.of(body)))
    (rejection,) = sink.add(audience, [person(1)])
    assert "b" * 64 not in rejection.reason


@pytest.mark.parametrize("received", [0, None, "1"])
def test_what_is_not_confirmed_is_sent_again(
    sink: FacebookSink, server: FacebookServer, audience: str, received: object
) -> None:
    server.faults.add(Fault(Reply.of({"num_received": received, "num_invalid_entries": 0})), on="/users")
    with pytest.raises(TryAgain, match="confirm"):
        sink.add(audience, [person(1)])


def test_a_removal_that_is_refused_is_tried_again(
    sink: FacebookSink, server: FacebookServer, audience: str
) -> None:
    sink.add(audience, people(3))
    refuse(server, person(1))
    rejected = list(sink.remove(audience, leaving(sink, *people(3))))
    assert [(one.number, one.permanent) for one in rejected] == [(1, False)]
    assert held(server, audience) == references(sink, [person(1)])


def test_a_small_audience_keeps_its_members_for_now(
    sink: FacebookSink, server: FacebookServer, audience: str
) -> None:
    sink.add(audience, people(3))
    server.account.fewest = 100
    rejected = list(sink.remove(audience, leaving(sink, *people(2))))
    assert [one.number for one in rejected] == [0, 1]
    assert all("Audience Size too Low" in one.reason and not one.permanent for one in rejected)
    assert len(server.people(audience)) == 3


def test_the_server_takes_the_method_as_a_parameter(server: FacebookServer, audience: str) -> None:
    server.account.secret = None
    payload = json.dumps({"schema": "EMAIL", "data": [hashed("a@example.com")]})
    url = f"{server.url}/v25.0/{audience}/users"
    token = {"access_token": server.account.token.text}
    assert httpx.post(url, data=token | {"payload": payload}).json()["num_received"] == 1
    assert len(server.people(audience)) == 1
    assert httpx.post(url, data=token | {"payload": payload, "method": "delete"}).status_code == 200
    assert server.people(audience) == []
