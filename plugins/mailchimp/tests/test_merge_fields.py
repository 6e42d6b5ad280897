"""Each column goes into a merge field in the form its type takes; what does not fit never costs a contact."""

import logging
from dataclasses import replace
from typing import Any

import pytest
from hub_mailchimp.fields import MergeField as Field
from hub_mailchimp.fields import fit_address
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import SettingsError
from hub.testing.platforms.mailchimp import MailchimpServer, MergeField

from .conftest import MakeSink, people, person

FITS = [
    ("text", "Ada", "Ada"),
    ("text", 12, "12"),
    ("number", 12, 12),
    ("number", "-3.50", "-3.50"),
    ("number", "twelve", None),
    ("number", "٣", None),
    ("zip", "10115", "10115"),
    ("zip", "1015 CJ", None),
    ("date", "2024-12-31", "2024-12-31"),
    ("date", "31.12.2024", None),
    ("url", "https://theatre.example/ada", "https://theatre.example/ada"),
    ("imageurl", "ftp://theatre.example", None),
    ("dropdown", "FEMALE", "Female"),
    ("radio", "other", None),
    ("phone", "+4915112345678", "+4915112345678"),
]


@pytest.mark.parametrize(("kind", "value", "fitting"), FITS)
def test_what_fits(kind: str, value: str | int, fitting: str | int | None) -> None:
    one = Field("ANY", kind, {"female": "Female", "male": "Male"})
    assert one.fit(value) == fitting


def test_a_field_for_us_phones_takes_no_others() -> None:
    one = Field("PHONE", "phone", takes_us_phones=True)
    assert one.fit("+12025550143") == "202-555-0143"
    assert one.fit("+4915112345678") is None


KINDS = {
    "NUM": MergeField("NUM", "number"),
    "ZIP": MergeField("ZIP", "zip"),
    "DAY": MergeField("DAY", "date"),
    "LINK": MergeField("LINK", "url"),
    "SEX": MergeField("SEX", "dropdown", choices=("Female", "Male")),
    "USPHONE": MergeField("USPHONE", "phone", phone_format="US"),
    "WHERE": MergeField("WHERE", "address"),
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_contact_is_refused_for_a_value(
    make_sink: MakeSink, server: MailchimpServer, data: st.DataObject
) -> None:
    texts = (
        st.none()
        | st.text(st.characters(codec="utf-8"), max_size=12)
        | st.sampled_from(["12", "10115", "2024-02-30", "https://x.example", "female", "+12025550143", "US"])
    )
    list_id = server.add_list("Strict", *KINDS.values())
    wanted = {tag: "address" if tag == "WHERE" else "title" for tag in KINDS}
    sink = make_sink(list_id=list_id, merge_fields=wanted, target="audience")
    member = replace(person(1), traits={name: data.draw(texts, name) for name in sink.traits})
    assert list(sink.add(list_id, [member])) == []


def test_what_is_left_out_is_counted_and_not_shown(
    make_sink: MakeSink, server: MailchimpServer, caplog: pytest.LogCaptureFixture
) -> None:
    list_id = server.add_list("Strict", *KINDS.values())
    sink = make_sink(list_id=list_id, merge_fields={"SEX": "gender", "FNAME": "first_name"}, target="audience")
    members = [person(1, gender="secret"), person(2, gender="secret"), person(3, gender="female"), person(4)]
    with caplog.at_level(logging.WARNING):
        assert list(sink.add(list_id, members)) == []
        sink.add(list_id, members[2:])
    assert [record.getMessage() for record in caplog.records] == [
        "2 values were left out: Mailchimp's merge field SEX does not take them"
    ]
    fields = [server.member(list_id, f"person{number}@example.com").merge_fields for number in (1, 3)]
    assert fields == [{"FNAME": "Ada"}, {"FNAME": "Ada", "SEX": "Female"}]


HOME: dict[str, Any] = {"street": "Ring 1", "postcode": "1010", "city": "Wien", "region": None, "country": "AT"}
SENT = {"addr1": "Ring 1", "city": "Wien", "state": "", "zip": "1010", "country": "AT"}


@pytest.mark.parametrize(
    ("known", "sent"),
    [
        (HOME, SENT),
        (HOME | {"country": None}, SENT | {"country": "DE"}),
        (HOME | {"country": "US"}, None),
        (HOME | {"country": "US", "region": "NY"}, SENT | {"country": "US", "state": "NY"}),
        (HOME | {"postcode": " "}, None),
        (HOME | {"street": None}, None),
        (HOME | {"city": ""}, None),
    ],
)
def test_an_address_is_sent_whole_or_not_at_all(
    make_sink: MakeSink, server: MailchimpServer, list_id: str, known: dict[str, Any], sent: dict[str, str] | None
) -> None:
    sink = make_sink(merge_fields={"ADDRESS": "address"}, target="audience")
    assert set(sink.traits) >= set(HOME)
    assert list(sink.add(list_id, [person(1, **known)])) == []
    assert server.member(list_id, "person1@example.com").merge_fields.get("ADDRESS") == sent
    assert fit_address(known, "DE") == sent


@pytest.mark.parametrize(
    ("tag", "kind", "column", "message"),
    [
        ("ADDRESS", "address", "street", "set ADDRESS = address"),
        ("HOME", "text", "address", "only a field of the type address"),
        ("BORN", "birthday", "title", "no column fits"),
    ],
)
def test_a_field_its_column_never_fits_is_a_wrong_setting(
    make_sink: MakeSink, server: MailchimpServer, tag: str, kind: str, column: str, message: str
) -> None:
    sink = make_sink(list_id=server.add_list("Odd", MergeField(tag, kind)), merge_fields={tag: column})
    for call in (sink.check, lambda: sink.add("1", people(1))):
        with pytest.raises(SettingsError, match=message):
            call()


def test_the_form_follows_the_settings_that_shape_a_contact(make_sink: MakeSink) -> None:
    usual = make_sink().form
    assert usual == make_sink(timeout=7.0, on_erasure="leave", status_if_new="pending").form
    others = {
        make_sink(target="audience").form,
        make_sink(merge_fields={"FNAME": "first_name"}).form,
        make_sink(merge_fields={"FNAME": "last_name", "LNAME": "first_name"}).form,
    }
    assert usual not in others
    assert len(others) == 3
    swapped = make_sink(merge_fields={"LNAME": "last_name", "FNAME": "first_name"})
    assert swapped.form == usual
