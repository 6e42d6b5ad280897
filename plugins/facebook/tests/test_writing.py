"""Members as rows: what Meta is to find, what the hub keeps of it, and that nothing is written down twice."""

import json
from typing import Any

import pytest
from hub_facebook import FacebookSettings
from hub_facebook import kept as module
from hub_facebook.kept import Kept
from hub_facebook.normalising import hashed
from hub_facebook.writing import RowWriter

from hub import IdentifierKind, Member, Removal

from .conftest import ACCOUNT, TOKEN, MakeSink, person


def writer(**values: Any) -> RowWriter:
    return RowWriter(FacebookSettings.model_validate({"access_token": TOKEN, "ad_account_id": ACCOUNT} | values))


def test_a_row_is_compact_json_and_begins_with_the_reference() -> None:
    made = writer(limited_data_use=True, data_processing_country=1, data_processing_state=1000)
    ada = person(1, "ada@example.com", "+4915112345678", gender="female", city="Köln", postcode="50667")
    rows, unusable = made.members([ada, person(2, "ada@example.com", "+4915112345678", gender="f", city="KÖLN ")])
    (payload,) = {rows.payload()}
    body = json.loads(payload)
    assert payload == json.dumps(body, separators=(",", ":"))
    assert unusable == []
    row = dict(zip(body["schema"], body["data"][0], strict=True))
    assert row["EXTERN_ID"] == made.reference(ada)[:33]
    assert (row["DATA_PROCESSING_OPTIONS"], row["DATA_PROCESSING_OPTIONS_STATE"]) == (["LDU"], 1000)
    assert (row["CT"], row["ZIP"]) == (hashed("köln"), hashed("50667"))


def test_customers_with_one_row_are_told_apart_by_number() -> None:
    rows, _ = writer().members([person(1, "both@example.com"), person(2, "both@example.com"), person(3)])
    (both, _) = rows.numbers
    assert len(rows) == 2
    assert rows.customers(both) == [1, 2]
    assert [part.customers(key) for part in rows.chunks(1) for key in part.numbers] == [[1, 2], [3]]


def test_a_phone_number_will_do() -> None:
    made = writer()
    bare = Member(1, {IdentifierKind.PHONE: "+4915112345678"}, {})
    found = hashed("4915112345678")
    assert made.reference(bare) == f"p{found}"
    assert list(made.removals([Removal(1, f"p{found}")]).numbers) == [f'["p{found[:32]}","","{found}"]']


@pytest.mark.parametrize("reference", ['e"]]', "x", "e\\", "eé"])
def test_whatever_the_reference_a_removal_is_json(reference: str) -> None:
    payload = json.loads(writer().removals([Removal(1, reference), Removal(2, "")]).payload())
    assert len(payload["data"]) == 1


def test_a_postcode_is_cut_in_the_united_states_alone() -> None:
    made = writer(details=["postcode"])
    members = [
        person(one, postcode="12345-678", country=land) for one, land in enumerate(["US", "PT", None, "us "])
    ]
    rows, _ = made.members(members)
    codes = [json.loads(key)[-1] for key in rows.numbers]
    assert codes == [hashed("12345"), hashed("12345678"), hashed("12345678"), hashed("12345")]


@pytest.mark.parametrize(
    "other",
    [
        {"details": ["city"]},
        {"details": []},
        {"limited_data_use": True},
        {"limited_data_use": True, "data_processing_country": 1},
        {"limited_data_use": True, "data_processing_country": 1, "data_processing_state": 1000},
    ],
)
def test_what_shapes_a_row_is_in_the_form(other: dict[str, Any]) -> None:
    assert writer(**other).form == writer(**other).form != writer().form


@pytest.mark.parametrize(
    "other",
    [
        {"access_token": "EAAanother"},
        {"timeout": 7.0},
        {"customer_file_source": "PARTNER_PROVIDED_ONLY"},
        {"details": ["country", "postcode", "region", "city", "gender", "last_name", "first_name"]},
    ],
)
def test_what_does_not_is_not(other: dict[str, Any]) -> None:
    assert writer(**other).form == writer().form


def test_nobody_is_foreseen_but_who_can_not_be_recognised(make_sink: MakeSink) -> None:
    sink = make_sink()
    nobody = Member(2, {IdentifierKind.EMAIL: " ", IdentifierKind.PHONE: "+00"}, {})
    (told,) = sink.foresee([person(1), nobody, person(3)])
    assert (told.number, told.permanent) == (2, True)
    assert list(sink.add("0", [nobody])) == [told]


def test_answers_are_kept_but_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 10)
    asked: list[str | None] = []

    def shout(value: str | None) -> str:
        asked.append(value)
        return (value or "nobody").upper()

    answers = Kept(shout)
    assert [answers["a"], answers["a"], answers[None], answers[7]] == ["A", "A", "NOBODY", "7"]
    assert asked == ["a", None, "7"]
    for number in range(100):
        assert answers[f"x{number}"] == f"X{number}"
        assert len(answers) <= 10
    assert "X99" not in repr(answers)
